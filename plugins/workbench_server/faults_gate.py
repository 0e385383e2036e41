"""What the server does when what it depends on fails, base as control."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from workbench.api import (
    ChangeSubject,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    Step,
    concluded,
    gate_setting,
)
from workbench_server.mix import drafted
from workbench_server.plan import NoServerError, ServerPlan, config, drive, server_plan

LONGEST = 10.0
"""Seconds that an answer may take while a dependency fails, unless ``gates.faults.threshold`` says otherwise."""

ATTEMPTS = 4
"""Calls of the dependency that one request may make, unless ``faults.attempts`` says otherwise."""

GROWTH = 1.5
"""Times what the server held before that it may hold after."""

_MEANT = (502, 503, 504)


class FaultsGate:
    """Implements :class:`workbench.api.Gate`. A stub stands in for another host: its address is put in the place of
    ``{upstream}`` in ``server.env``. Proxies stand before the databases and caches of Django, and before the addresses
    of ``faults.proxies``; SQLite files are locked. What nobody asked for in the settings must not get worse than at
    base; what somebody did must be right."""

    required = True
    exclusive = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where the settings say how a dependency is reached, and which requests do."""
        try:
            plan = server_plan(subject)
        except NoServerError as why:
            return str(why)
        named = _upstream(plan) or _settings(subject).get("proxies") or _holds_file(plan)
        if not named and not plan.settings:
            return "no dependency can be replaced: put {upstream} where server.env names its address"
        return "" if _requests(subject) else "no request is known that reaches a dependency: set faults.requests"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """One run of the driver over both sides."""
        settings, plan = _settings(subject), server_plan(subject)
        faults = {
            "requests": _requests(subject),
            "answer": settings.get("answer", "{}"),
            "proxies": settings.get("proxies", {}),
            "upstream": _upstream(plan),
            "longest": _longest(subject),
        }
        yield drive(subject, "faults", plan, faults=faults, accounts=config(subject).get("accounts", {}))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a 500, no answer in time, calls without end, repeats of what is not idempotent, or what is kept."""
        (document,) = results
        if "error" in document:
            return GateResult("faults", "faults", GateStatus.INCONCLUSIVE, str(document["error"]))
        limits = _longest(subject), int(_settings(subject).get("attempts", ATTEMPTS))
        head, base = document["head"], document.get("base", {"tries": []})
        deaf = [each for each in head["tries"] if each["mode"] == "fine" and each["asked_for"] and not each["reached"]]
        tries = [each for each in head["tries"] if each["mode"] != "fine"]
        before = {_key(each): _wrong(each, *limits) for each in base["tries"]}
        wrong = [(each, text) for each in tries for text in _wrong(each, *limits)]
        excused = [text for each, text in wrong if not each["asked_for"] and before.get(_key(each))]
        worse = [text for _, text in wrong if text not in excused] + _kept(head)
        control = sum(map(len, before.values()))
        said = f"{len(tries)} faults: each was answered in time and as it is meant"
        if excused:
            said = f"{len(tries)} faults: none is answered worse than at base, {len(excused)} as badly"
        elif control:
            said += f"; at base {control} were not"
        evidence = [Evidence(f"{each['mode']}:{each['request']}", _words(each)) for each in tries]
        evidence += [Evidence("as at base", f"as at base: {text}") for text in excused]
        return concluded(
            "faults",
            said,
            [f"{text} (base: {control} of this kind)" for text in worse[:1]] + worse[1:],
            [f"{each['request']} does not reach {each['of']}, fine or not" for each in deaf],
            figures=tuple(_figures(tries, base["tries"], *limits)),
            examined=len(tries),
            evidence=tuple(evidence),
            tool="own faults",
        )


def _settings(subject: ChangeSubject) -> Mapping[str, Any]:
    found: Mapping[str, Any] = config(subject).get("faults", {})
    return found


def _longest(subject: ChangeSubject) -> float:
    return float(gate_setting(subject, "faults", "threshold", LONGEST))


def _upstream(plan: ServerPlan) -> bool:
    return any("{upstream}" in value for value in plan.env.values())


def _holds_file(plan: ServerPlan) -> bool:
    """Whether the server keeps something in its own folder: perhaps a database."""
    return any("{folder}" in value for value in plan.env.values())


def _requests(subject: ChangeSubject) -> Sequence[Mapping[str, Any]]:
    """Those of the settings, else what a load would be drafted from."""
    found: Sequence[Mapping[str, Any]] = _settings(subject).get("requests", [])
    return found or drafted(subject)


def _key(each: Mapping[str, Any]) -> tuple[str, str, str]:
    return each["of"], each["mode"], each["request"]


def _wrong(each: Mapping[str, Any], longest: float, most: int) -> list[str]:
    if each["mode"] == "fine":
        return []
    where, found = _where(each), []
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
    names = [name for name in ("threads", "handles", "connections") if after[name] > GROWTH * before[name] + 5]
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


def _where(each: Mapping[str, Any]) -> str:
    return f"{each['request']} under {each['mode']}{'' if each['asked_for'] else ' of ' + each['of']}"


def _words(each: Mapping[str, Any]) -> str:
    said = each["status"] or each["error"]
    return f"{_where(each)}: {said} after {each['seconds']:.2f} s, {each['calls']} calls"
