"""What the server does when what it depends on fails, base as control."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from workbench.api import ChangeSubject, Evidence, Figure, GateHost, GateResult, GateStatus, Step
from workbench_server.plan import NoServerError, config, drive, server_plan

LONGEST = 10.0
"""Seconds that an answer may take while a dependency fails, unless ``gates.faults.threshold`` says otherwise."""

ATTEMPTS = 4
"""Calls of the dependency that one request may make, unless ``faults.attempts`` says otherwise."""

GROWTH = 1.5
"""Times what the server held before that it may hold after."""

_MEANT = (502, 503, 504)


class FaultsGate:
    """Implements :class:`workbench.api.Gate`. A stub stands in for the dependency: its address is put in the place of
    ``{upstream}`` in ``server.env``."""

    required = True
    exclusive = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where the settings say how a dependency is reached, and which requests do."""
        try:
            plan = server_plan(subject)
        except NoServerError as why:
            return str(why)
        if not any("{upstream}" in value for value in plan.env.values()):
            return "no dependency can be replaced: put {upstream} where server.env names its address"
        return "" if _requests(subject) else "no request is known that reaches a dependency: set faults.requests"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """One run of the driver over both sides."""
        faults = {"requests": _requests(subject), "answer": config(subject)["faults"].get("answer", "{}")}
        yield drive(subject, "faults", server_plan(subject), faults=faults)

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a 500, no answer in time, calls without end, repeats of what is not idempotent, or what is kept."""
        (document,) = results
        if "error" in document:
            return GateResult("faults", "faults", GateStatus.INCONCLUSIVE, str(document["error"]))
        settings = config(subject)
        longest = float(settings.get("gates", {}).get("faults", {}).get("threshold", LONGEST))
        most = int(settings["faults"].get("attempts", ATTEMPTS))
        head, base = document["head"], document.get("base")
        deaf = [each["request"] for each in head["tries"] if each["mode"] == "fine" and not each["calls"]]
        tries = [each for each in head["tries"] if each["mode"] != "fine" and each["request"] not in deaf]
        wrong = [text for each in tries for text in _wrong(each, longest, most)]
        wrong += _kept(head)
        status, reason = GateStatus.PASS, f"{len(tries)} faults: each was answered in time and as it is meant"
        if wrong:
            control = len([text for each in base["tries"] for text in _wrong(each, longest, most)]) if base else None
            before = "" if control is None else f" (base: {control} of this kind)"
            status, reason = (
                GateStatus.FAIL,
                f"{wrong[0]}{f' and {len(wrong) - 1} more' if len(wrong) > 1 else ''}{before}",
            )
        elif deaf:
            status, reason = GateStatus.INCONCLUSIVE, f"{deaf[0]} does not reach the dependency, fine or not"
        figures = tuple(_figures(tries, base["tries"] if base else [], longest, most))
        evidence = tuple(Evidence(f"{each['mode']}:{each['request']}", _words(each)) for each in tries)
        return GateResult(
            "faults", "faults", status, reason, figures=figures, examined=len(tries), evidence=evidence, tool="own stub"
        )


def _requests(subject: ChangeSubject) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = config(subject).get("faults", {}).get("requests", [])
    return found


def _wrong(each: Mapping[str, Any], longest: float, most: int) -> list[str]:
    if each["mode"] == "fine":
        return []
    where, found = f"{each['request']} under {each['mode']}", []
    if each["seconds"] > longest:
        found.append(f"{where}: {each['seconds']:.1f} s (at most {longest:g} s)")
    elif each["status"] == 0:
        found.append(f"{where}: no answer ({each['error']})")
    elif each["status"] >= 500 and each["status"] not in _MEANT:
        found.append(f"{where}: {each['status']}")
    elif each["status"] == 503 and not each["retry_after"]:
        found.append(f"{where}: 503 without Retry-After")
    if each["calls"] > most:
        found.append(f"{where}: {each['calls']} calls of the dependency (at most {most})")
    if each["unsafe"] > 1:
        found.append(f"{where}: what is not idempotent was sent {each['unsafe']} times")
    return found


def _kept(head: Mapping[str, Any]) -> list[str]:
    before, after = head["held"]
    if not before or not after:
        return []
    names = [name for name in ("threads", "handles") if after[name] > GROWTH * before[name] + 5]
    return [f"{after[name]} {name} after the faults, {before[name]} before" for name in names]


def _figures(
    tries: Sequence[Mapping[str, Any]], base: Sequence[Mapping[str, Any]], longest: float, most: int
) -> list[Figure]:
    broken = [each for each in base if each["mode"] != "fine"]

    def top(of: Sequence[Mapping[str, Any]], key: str) -> float | None:
        return max((float(each[key]) for each in of), default=None)

    n = len(tries)
    return [
        Figure("longest answer", top(tries, "seconds"), "s", longest, top(broken, "seconds"), n),
        Figure("most calls", top(tries, "calls"), "", most, top(broken, "calls"), n),
        Figure("unsafe repeats", top(tries, "unsafe"), "", 1, top(broken, "unsafe"), n),
    ]


def _words(each: Mapping[str, Any]) -> str:
    said = each["status"] or each["error"]
    return f"{each['request']} under {each['mode']}: {said} after {each['seconds']:.2f} s, {each['calls']} calls"
