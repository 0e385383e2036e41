"""How far a case came, and when: derived from what really happened, corrected by a later event.

The names follow the incident timelines of the SRE literature (time to detect, to mitigate, to recover).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from workbench.analysis.record.chronicle import AT, RUBBISH, Chronicle, Pointer
from workbench.analysis.verdict import judge
from workbench.case.codec import decode
from workbench.case.enums import CauseStatus, GateStatus, ProofStatus, Trend, TriageState, Verdict
from workbench.case.events import Event
from workbench.case.work import GateResult

PHASES = ("impact_start", "detected", "mitigated", "cause_found", "fix_proven", "validated", "recovered")
"""In the order in which a case goes through them."""

ALERTS = ("alertmanager", "pagerduty")
"""Documents whose time is when somebody was told."""

_BROKEN = (Trend.NEW.value, Trend.RISEN.value)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase that was reached: when, the event and the place in it that say so, and why it counts."""

    name: str
    at: Any
    event: str
    pointer: Pointer
    why: str
    corrected: bool = False


def phases(told: Chronicle) -> tuple[Phase, ...]:
    """The phases that were reached, in their order; one that nothing speaks of is left out."""
    found: dict[str, Phase] = {}
    events = list(told.events.values())
    for name, event, pointer, why in _derived(events):
        try:
            found[name] = Phase(name, told.time(event, pointer), event, pointer, why)
        except RUBBISH:
            continue
    for each in events:
        if each.kind == "case.phase" and each.data.get("phase") in PHASES:
            pointer = ("at",) if each.data.get("at") else AT
            why = f"set by {each.actor}" + (f": {each.data['reason']}" if each.data.get("reason") else "")
            try:
                name = each.data["phase"]
                found[name] = Phase(name, told.time(each.id, pointer), each.id, pointer, why, name in found)
            except RUBBISH:
                continue
    return tuple(found[name] for name in PHASES if name in found)


Told = tuple[str, str, Pointer, str]


def _derived(events: list[Event]) -> Iterator[Told]:
    """Name, event, place and reason of each; of several for a name the last one stands."""
    yield from _impact(events)
    yield from _detected(events)
    yield from _first(events, "case.mitigated", "mitigated", "the first mitigation")
    yield from _cause(events)
    yield from _proven(events)
    yield from _validated(events)
    for event in events:
        if event.kind == "monitor.finished" and _get(event, "monitor", "outcome") == "recovered":
            yield "recovered", event.id, AT, "the monitor ended recovered"


def _impact(events: list[Event]) -> Iterator[Told]:
    """The first record of a new or risen error; of those judged relevant, where any was."""
    starts: dict[str, tuple[str, str, Pointer]] = {}
    judged: dict[str, str] = {}
    for event in events:
        if event.kind == "triage.set":
            judged[str(event.data.get("fingerprint"))] = str(event.data.get("state"))
        for at, error in enumerate(_get(event, "report", "errors") or () if event.kind == "analysis.reported" else ()):
            try:
                mark = error["fingerprint"] or error["id"]
                if error["first_seen"] and error["trend"] in _BROKEN:
                    place: Pointer = ("report", "errors", at, "first_seen")
                    starts[mark] = (error["first_seen"], event.id, place)
                else:
                    starts.pop(mark, None)
            except RUBBISH:
                continue
    real = {mark: told for mark, told in starts.items() if judged.get(mark) == TriageState.RELEVANT}
    kept = real or {mark: told for mark, told in starts.items() if judged.get(mark) != TriageState.NOISE}
    if kept:
        _, event_id, pointer = min(kept.values())
        yield "impact_start", event_id, pointer, "the first record of an error that is new or risen"


def _detected(events: list[Event]) -> Iterator[Told]:
    """The time of the alert that the case was opened from, else of the first question."""
    for event in events:
        if event.kind != "case.question":
            continue
        yield "detected", event.id, AT, "the question was asked"
        for at, taken in enumerate(event.data.get("intake") or ()):
            for item, told in enumerate(_items(taken)):
                if told.get("name") == "since" and taken.get("format") in ALERTS:
                    yield "detected", event.id, ("intake", at, "taken", item, "value"), "the alert fired"
                    return
        return


def _items(taken: Any) -> list[Any]:
    found = taken.get("taken") if isinstance(taken, dict) else None
    return [item for item in found or () if isinstance(item, dict)]


def _first(events: list[Event], kind: str, name: str, why: str) -> Iterator[Told]:
    event = next((each for each in events if each.kind == kind), None)
    if event is not None:
        yield name, event.id, AT, why


def _cause(events: list[Event]) -> Iterator[Told]:
    """When the first cause was supported that nobody judged otherwise since."""
    standing: dict[str, Event] = {}
    for event in events:
        if event.kind == "cause.judged":
            name = str(event.data.get("cause"))
            if event.data.get("status") == CauseStatus.SUPPORTED:
                standing.setdefault(name, event)
            else:
                standing.pop(name, None)
    if standing:
        yield "cause_found", min(standing.values(), key=lambda each: each.seq).id, AT, "a cause was judged supported"


def _proven(events: list[Event]) -> Iterator[Told]:
    for event in events:
        if event.kind == "proof.finished" and _get(event, "proof", "status") == ProofStatus.PROVEN:
            yield "fix_proven", event.id, AT, "red, green, red again"
            return


def _validated(events: list[Event]) -> Iterator[Told]:
    """The last gate result of the latest tree on which, when its gates had all spoken, the verdict was ready.

    Only the plan says that all had: it is made when every gate was run. One gate alone validates nothing.
    """
    whole = {_get(event, "plan", "tree") for event in events if event.kind == "plan.made"}
    gates: dict[str, GateResult] = {}
    tree, last = "", ""
    for event in events:
        if event.kind not in ("gate.finished", "gate.waived"):
            continue
        try:
            result = _result(event, gates)
        except RUBBISH:
            continue
        if result.tree != tree and last and tree in whole and _ready(gates, tree):
            yield "validated", last, AT, "the gates' verdict was ready"
        gates[result.id] = result
        tree, last = result.tree, event.id
    if last and tree in whole and _ready(gates, tree):
        yield "validated", last, AT, "the gates' verdict was ready"


def _result(event: Event, gates: dict[str, GateResult]) -> GateResult:
    if event.kind == "gate.finished":
        return decode(GateResult, event.data["gate"])
    return replace(gates[event.data["gate"]], status=GateStatus.WAIVED)


def _ready(gates: dict[str, GateResult], tree: str) -> bool:
    return judge(tuple(gates.values()), tree).verdict is Verdict.READY


def _get(event: Event, first: str, second: str) -> Any:
    value = event.data.get(first)
    return value.get(second) if isinstance(value, dict) else None
