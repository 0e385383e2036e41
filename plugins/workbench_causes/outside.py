"""Causes outside of the code: a host that we call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.api import CauseClass, Evidence, Hypothesis, LogError, Upstream, fisher_exact_greater
from workbench_causes.scene import Scene, brief, cause, short, text_of, unexplained

LEAST, SHARE, CHANCE = 3, 0.05, 0.01
"""A host fails when this many calls, and this share of them, failed; more than before the onset at this chance."""

_NETWORK = re.compile(
    r"ReadTimeout|ConnectTimeout|ConnectError|ConnectionError|HTTPError|RequestException|BadGateway|upstream|https?://"
    r"|gaierror|RemoteDisconnected|ClientConnector|URLError|HTTPStatusError|ServiceUnavailable|GatewayTimeout",
    re.I,
)
_ADDRESS = re.compile(r"https?://\w|host=")


def failing(scene: Scene) -> list[Upstream]:
    """The hosts that fail: enough calls, and more than before where a time before is known."""
    return [host for host in scene.upstreams if _fails(host)]


def _fails(host: Upstream) -> bool:
    if host.failures < LEAST or host.failures < SHARE * host.calls:
        return False
    if not host.before or not host.after or not host.before[0] or not host.after[0]:
        return True
    (calls, failed), (later, more) = host.before, host.after
    scale = max(1, (calls + later) // 4000)
    return fisher_exact_greater(more // scale, later // scale, failed // scale, calls // scale) < CHANCE


def speaks_of(error: LogError, host: Upstream) -> bool:
    """Whether an error is about calls to ``host``: it names it, or is of the network and names no other."""
    text = text_of(error)
    if host.host.partition(":")[0] in text:
        return True
    return bool(_NETWORK.search(text)) and not _ADDRESS.search(text)


def upstream(scene: Scene) -> Iterator[Hypothesis]:
    """One cause for every host that fails."""
    bad = failing(scene)
    if len(bad) > 2 and len(bad) == len(scene.upstreams):
        return
    for host in bad:
        spoken = [error for error in scene.errors if speaks_of(error, host)]
        yield _host(scene, host, spoken)
    if not bad:
        told = [error for error in scene.errors if _NETWORK.search(f"{error.type} {error.cause} {error.message}")]
        if told:
            yield _untold(scene, told)


def _host(scene: Scene, host: Upstream, spoken: list[LogError]) -> Hypothesis:
    ref = f"upstream:{host.host}"
    since = f", first {host.first_failure:%H:%M:%S}" if host.first_failure else ""
    before = f"; before the onset {host.before[1]} of {host.before[0]}" if host.before and host.before[0] else ""
    supporting: list[Evidence | None] = [Evidence(ref, f"{host.failures} of {host.calls} calls failed{since}{before}")]
    if host.timeouts:
        slow = f", p95 {host.p95:.1f} s" if host.p95 else ""
        supporting.append(Evidence(ref, f"{host.timeouts} of them timed out{slow}"))
    supporting += [Evidence(e.id, f"{short(e.type)} ({e.count}) speaks of it: {brief(e.message)}") for e in spoken[:2]]
    well = [each for each in scene.upstreams if each is not host and not _fails(each) and each.calls >= LEAST]
    if well:
        other = well[0]
        answers = f"{other.host} answers: {other.failures} of {other.calls} calls failed"
        supporting.append(Evidence(f"upstream:{other.host}", answers))
    unchanged = scene.unchanged()
    if unchanged:
        supporting.append(Evidence(ref, unchanged))
    place = next((error.place for error in spoken if error.place), None)
    check = f"call {host.host} by hand from the same host, and look at its own status; then what our retries add"
    where = (place.path, place.line) if place else ("", 0)
    statement = f"{host.host} fails: {host.failures / host.calls:.0%} of calls"
    key = f"external:{host.host}"
    against = [*ours_before(scene), *unexplained(scene.errors, spoken)]
    return cause(key, statement, CauseClass.EXTERNAL_SERVICE, supporting, against, check, where)


def _untold(scene: Scene, told: list[LogError]) -> Hypothesis:
    """Errors of the network where no log tells the calls."""
    supporting = [Evidence(e.id, f"{short(e.type)} ({e.count}): {brief(e.message)}") for e in told[:3]]
    against = [*ours_before(scene), *unexplained(scene.errors, told)]
    if scene.upstreams:
        host = max(scene.upstreams, key=lambda each: each.calls)
        text = f"{host.host} fails no more than before: {host.failures} of {host.calls}"
        against.append(Evidence(f"upstream:{host.host}", text))
    place = next((error.place for error in told if error.place), None)
    where = (place.path, place.line) if place else ("", 0)
    check = "its own status, and one call to it by hand from the same host"
    return cause(
        "external", "a service that we call fails", CauseClass.EXTERNAL_SERVICE, supporting, against, check, where
    )


def ours_before(scene: Scene) -> list[Evidence]:
    """That a deploy of ours came just before."""
    deploy = scene.deploy_before()
    return [Evidence(deploy.id, f"our own {brief(deploy.summary, 50)} came just before")] if deploy else []
