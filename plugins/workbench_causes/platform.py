"""What the program stands on: a host, a disk, memory, the network. Unrelated endpoints that fail alike speak for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.api import CauseClass, Evidence, Hypothesis
from workbench_causes.outside import failing, ours_before
from workbench_causes.scene import Scene, brief, cause, short, text_of, unexplained

_GROUND = re.compile(
    r"No space left|Read-only file system|Too many open files|MemoryError|Cannot allocate memory|OOM|out of memory"
    r"|Input/output error|Name or service not known|Temporary failure in name resolution|No route to host",
    re.I,
)


def platform(scene: Scene) -> Iterator[Hypothesis]:
    """Errors of unrelated endpoints that share a host, a disk or the network."""
    ground = [e for e in scene.errors if _GROUND.search(text_of(e))]
    bad = failing(scene)
    network = len(bad) > 2 and len(bad) == len(scene.upstreams)
    host = _one_host(scene)
    ends = {endpoint for error in (ground or scene.errors) for endpoint, _ in error.endpoints}
    if not ground and not network and not (host and len(ends) > 1):
        return
    supporting = [Evidence(e.id, f"{short(e.type)} ({e.count}): {brief(e.message or e.cause)}") for e in ground[:3]]
    if network:
        supporting.append(Evidence(f"upstream:{bad[0].host}", f"all {len(bad)} hosts that we call fail at once"))
    if len(ends) > 1:
        shared = f"{len(ends)} endpoints fail that share no code place: {', '.join(sorted(ends)[:3])}"
        supporting.append(Evidence((ground or scene.errors)[0].id, shared))
    if host:
        supporting.append(Evidence("hosts", host))
    if unchanged := scene.unchanged():
        supporting.append(Evidence("changes", unchanged))
    against = [*ours_before(scene), *unexplained(scene.errors, ground)] if ground else ours_before(scene)
    told = _GROUND.search(text_of(ground[0])) if ground else None
    statement = f"what it runs on fails: {told[0]}" if told else "what it runs on fails"
    check = "df -h, free -m and dmesg on the host; the same request served by another host"
    yield cause("platform", statement, CauseClass.PLATFORM, supporting, against, check)


def _one_host(scene: Scene) -> str:
    """That nearly all errors come from one of several hosts; empty where they do not."""
    hosts = scene.impact.hosts if scene.impact else ()
    total = sum(count for _, count in hosts)
    if len(hosts) < 2 or hosts[0][1] < 0.8 * total or total < 5:
        return ""
    return f"{hosts[0][1]} of {total} error records come from {hosts[0][0]}, one of {len(hosts)} hosts"
