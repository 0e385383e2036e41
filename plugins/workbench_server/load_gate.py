"""The running server under load, base and head in turns, base as control."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from workbench.api import (
    ChangeSubject,
    Chart,
    Chunk,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    Known,
    Step,
    concluded,
)
from workbench_server.drive.figures import FEWEST, in_nearly_every_turn, times_slower
from workbench_server.mix import count_requests, drafted, left_out
from workbench_server.plan import NoServerError, ServerPlan, config, drive, server_plan

HELD = ("memory", "threads", "handles", "connections")

GROWTH = 1.5
"""Times what the servers held before that they may hold after, once the load is over."""


class LoadGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True
    exclusive = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where a server is known, and requests to load it with."""
        settings = _settings(subject)
        if not settings.get("host"):
            try:
                server_plan(subject)
            except NoServerError as why:
                return str(why)
        logs = subject.settings.get("logs")
        known = settings.get("locustfile") or settings.get("requests") or logs or drafted(subject)
        return "" if known else "no request is known: set load.requests in workbench.toml, or give the case a log"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The mix of the access log where none is set, then one run of the driver over both sides; over a host that the
        settings name only where its user confirmed it."""
        settings = _settings(subject)
        target = settings.get("host", "")
        if target and target not in subject.settings.get("confirmed", ()):
            said = f"load.host names {target}, which nobody confirmed: --confirm-host {target}, or answer on screen"
            yield Known(({"error": said},))
            return
        requests, notes = settings.get("requests", []), []
        if not requests and not settings.get("locustfile"):
            logged = await _logged(subject, host)
            requests = drafted(subject, logged)
            notes = [f"as often as in the log: {', '.join(name for name, _ in logged[:3])}"] if logged else []
            notes += [f"left out, as it changes something: {name}" for name in left_out(logged)[:5]]
        if not requests and not settings.get("locustfile"):
            yield Known(({"error": "the log tells of no request that only reads: set load.requests"},))
            return
        yield Known(({"notes": notes},))
        load = {**settings, "requests": requests}
        plan = ServerPlan() if target else server_plan(subject)
        yield drive(subject, "load", plan, load=load, accounts=config(subject).get("accounts", {}))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on an unhandled error, a broken invariant, a slower tail or what is not given back."""
        *told, document = results
        if "error" in document:
            return GateResult("load", "load", GateStatus.INCONCLUSIVE, str(document["error"]))
        head, base = document["head"], document.get("base")
        settings, n = _settings(subject), head["requests"]
        evidence = [
            Evidence(where, f"{where}: {', '.join(f'{count} {what}' for what, count in answers.items() if count)}")
            for where, answers in head["endpoints"].items()
        ]
        if (slower := _slower(head, base)) and not in_nearly_every_turn(head, base):
            evidence.append(Evidence("turns", f"{slower}, and not so in nearly every turn: that is the machine"))
        evidence += [Evidence("held", text) for text in _course_of(head["held"])]
        evidence += [Evidence("draft", note) for each in told for note in each["notes"]]
        return concluded(
            "load",
            f"{n} requests, none unhandled, p95 {_ms(head['p95'])}",
            list(_wrong(head, base)),
            list(_open(head, base, settings.get("host", ""))),
            figures=tuple(_figures(head, base)),
            examined=n,
            evidence=tuple(evidence),
            tool="locust" if settings.get("locustfile") else "own driver",
            charts=_charts(head, base or {}),
        )


def _settings(subject: ChangeSubject) -> Mapping[str, Any]:
    found: Mapping[str, Any] = config(subject).get("load", {})
    return found


async def _logged(subject: ChangeSubject, host: GateHost) -> list[tuple[str, int]]:
    """What the case's logs tell of requests."""
    feeds = [await host.feed(location) for location in subject.settings.get("logs", ())]
    paths = tuple(file.path for feed in feeds for file in feed.files)
    return await host.run(Chunk(count_requests, (paths,), 60.0)) if paths else []


def _course_of(looks: Sequence[Mapping[str, int] | None]) -> list[str]:
    """What the servers held before, at most, and after."""
    first, most, last = looks
    if not first or not most or not last:
        return []
    return [f"{name}: {first[name]} before, {most[name]} during, {last[name]} after" for name in HELD]


def _wrong(head: Mapping[str, Any], base: Mapping[str, Any] | None) -> list[str]:
    found = []
    answers = head["answers"]
    if answers["failed"]:
        before = f" (base {base['answers']['failed']} of {base['requests']})" if base else ""
        found.append(f"{answers['failed']} of {head['requests']} requests were answered 500{before}")
    if lost := answers["lost"] + answers["timeout"]:
        found.append(f"{lost} of {head['requests']} requests were not answered")
    found += [f"{each['name']}: {each['value']}" for each in head["invariants"] if each["value"]]
    if answers.get("wrong"):
        found.append(f"{answers['wrong']} of {head['requests']} requests failed a check of the locustfile")
    slower = _slower(head, base)
    if slower and in_nearly_every_turn(head, base):
        found.append(slower)
    found += _kept(head)
    return found


def _slower(head: Mapping[str, Any], base: Mapping[str, Any] | None) -> str:
    """In words, that head's tail is longer than it may be; empty where it is not."""
    times = times_slower(head, base)
    return f"p95 {_ms(head['p95'])}, {times:.1f} × base" if times else ""


def _open(head: Mapping[str, Any], base: Mapping[str, Any] | None, host: str) -> list[str]:
    found = [f"{each['name']}: {each['error']}" for each in head["invariants"] if each["value"] is None]
    if head["requests"] < FEWEST:
        found.append(f"only {head['requests']} requests were answered: too few to say anything")
    if host:
        found.append(f"{host} was loaded, not this tree: there is no control, and nobody knows what runs there")
    elif base is None:
        found.append("base did not start: there is no control")
    return found


def _kept(head: Mapping[str, Any]) -> list[str]:
    """What the servers still hold after the load and did not before (memory is only shown)."""
    before, _, after = head["held"]
    if not before or not after:
        return []
    return [
        f"{after[name]} {name} after the load, {before[name]} before"
        for name in ("threads", "handles", "connections")
        if after[name] > GROWTH * before[name] + 5
    ]


def _figures(head: Mapping[str, Any], base: Mapping[str, Any] | None) -> list[Figure]:
    n = head["requests"]
    before = base or {"answers": {}, "per_second": None, "p50": None, "p95": None, "p99": None}
    figures = [
        Figure(f"p{share}", head[f"p{share}"], "s", baseline=before[f"p{share}"], n=n) for share in ("50", "95", "99")
    ]
    figures.append(Figure("requests", head["per_second"], "/s", baseline=before["per_second"], n=n))
    for name, words in (("failed", "500s"), ("unavailable", "other 5xx"), ("refused", "4xx"), ("timeout", "timeouts")):
        limit = 0 if name in ("failed", "timeout") else None
        figures.append(Figure(words, head["answers"][name], threshold=limit, baseline=before["answers"].get(name), n=n))
    first, _, last = head["held"]
    if first and last:
        for name in HELD:
            unit = "B" if name == "memory" else ""
            figures.append(Figure(f"{name} after", last[name], unit, baseline=first[name]))
    figures += [Figure(each["name"], each["value"], threshold=0) for each in head["invariants"]]
    return figures


def _charts(head: Mapping[str, Any], base: Mapping[str, Any]) -> tuple[Chart, ...]:
    """How latencies are spread, and how many requests failed over time."""
    counts, before = head["histogram"], base.get("histogram", [])
    used = [at for side in (counts, before) for at, count in enumerate(side) if count]
    if not used:
        return ()
    first, last = min(used), max(used)
    ends = (_ms(0.001 * 2 ** ((first - 1) / 2)), _ms(0.001 * 2 ** (last / 2)))
    spread = Chart("latency", tuple(counts[first : last + 1]), tuple(before[first : last + 1]), ends, "requests")
    course = Chart("errors over time", tuple(head["course"]), tuple(base.get("course", ())), ("start", "end"), "share")
    return spread, course


def _ms(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds * 1000:.0f} ms"
