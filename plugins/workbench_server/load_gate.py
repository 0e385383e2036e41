"""The running server under load, base and head in turns, base as control."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from workbench.api import ChangeSubject, Chart, Evidence, Figure, GateHost, GateResult, GateStatus, Step
from workbench_server.plan import NoServerError, config, drive, server_plan
from workbench_server.probes_gate import endpoints

SLOWER = 1.5
"""Times base's 95th percentile that head's may be."""

FEWEST = 50
"""Requests on each side below which nothing is concluded."""

GROWTH = 1.5
"""Times what the servers held before that they may hold after, once the load is over."""


class LoadGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True
    exclusive = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where a server is known, and requests to load it with."""
        try:
            server_plan(subject)
        except NoServerError as why:
            return str(why)
        if config(subject).get("load", {}).get("host"):
            return "load.host names another machine: this driver loads the loopback alone"
        return "" if _mix(subject) else "no request is known: set load.requests in workbench.toml"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """One run of the driver over both sides."""
        settings = config(subject)
        load = {**settings.get("load", {}), "requests": _mix(subject)}
        yield drive(subject, "load", server_plan(subject), load=load, accounts=settings.get("accounts", {}))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on an unhandled error, a broken invariant, a slower tail or what is not given back."""
        (document,) = results
        if "error" in document:
            return GateResult("load", "load", GateStatus.INCONCLUSIVE, str(document["error"]))
        head, base = document["head"], document.get("base")
        n = head["requests"]
        wrong = list(_wrong(head, base))
        open_ = list(_open(head, base))
        status, reason = GateStatus.PASS, f"{n} requests, none unhandled, p95 {_ms(head['p95'])}"
        if wrong:
            status, reason = GateStatus.FAIL, "; ".join(wrong)
        elif open_:
            status, reason = GateStatus.INCONCLUSIVE, "; ".join(open_)
        evidence = tuple(
            Evidence(where, ", ".join(f"{count} {meaning}" for meaning, count in answers.items() if count))
            for where, answers in head["endpoints"].items()
        )
        figures = tuple(_figures(head, base))
        return GateResult(
            "load",
            "load",
            status,
            reason,
            figures=figures,
            examined=n,
            evidence=evidence,
            tool="own driver",
            charts=_charts(head, base or {}),
        )


def _mix(subject: ChangeSubject) -> list[Mapping[str, Any]]:
    """The requests that the settings name, else what can be asked without changing anything."""
    named: list[Mapping[str, Any]] = config(subject).get("load", {}).get("requests", [])
    if named:
        return named
    signed: list[Mapping[str, Any]] = [
        {**each, "signed_in": True} for each in endpoints(subject) if each.get("method", "GET") == "GET"
    ]
    ready = server_plan(subject).ready
    return [*signed, {"method": "GET", "path": ready}] if ready != "/" else signed


def _wrong(head: Mapping[str, Any], base: Mapping[str, Any] | None) -> list[str]:
    found = []
    answers = head["answers"]
    if answers["failed"]:
        before = f" (base {base['answers']['failed']} of {base['requests']})" if base else ""
        found.append(f"{answers['failed']} of {head['requests']} requests were answered 500{before}")
    if lost := answers["lost"] + answers["timeout"]:
        found.append(f"{lost} of {head['requests']} requests were not answered")
    found += [f"{each['name']}: {each['value']}" for each in head["invariants"] if each["value"]]
    if base and base["p95"] and head["p95"] and head["p95"] > SLOWER * base["p95"]:
        found.append(f"p95 {_ms(head['p95'])}, {head['p95'] / base['p95']:.1f} × base")
    found += _kept(head)
    return found


def _open(head: Mapping[str, Any], base: Mapping[str, Any] | None) -> list[str]:
    found = [f"{each['name']}: {each['error']}" for each in head["invariants"] if each["value"] is None]
    if head["requests"] < FEWEST:
        found.append(f"only {head['requests']} requests were answered: too few to say anything")
    if base is None:
        found.append("base did not start: there is no control")
    return found


def _kept(head: Mapping[str, Any]) -> list[str]:
    """What the servers still hold after the load and did not before: threads and handles (memory is only shown)."""
    before, _, after = head["held"]
    if not before or not after:
        return []
    return [
        f"{after[name]} {name} after the load, {before[name]} before"
        for name in ("threads", "handles")
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
        for name in ("memory", "threads", "handles"):
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
