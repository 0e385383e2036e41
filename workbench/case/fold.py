"""The fold: a journal's events, in the order of ``seq``, become the case on screen. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from workbench.case import after, changing
from workbench.case.code import Check
from workbench.case.codec import decode
from workbench.case.enums import CauseStatus, CheckStatus, TriageState
from workbench.case.events import Event, MalformedEventError, masked_in, upcast
from workbench.case.grouping import grouping_of, standing
from workbench.case.intake import Intake
from workbench.case.news import with_news
from workbench.case.said import misshapen
from workbench.case.state import AnalyzerRun, CaseState, Comment, Entry, Pin, Report, Triage
from workbench.case.timeline import entry, unreadable
from workbench.case.work import Evidence, Hypothesis

Step = Callable[[CaseState, Event], CaseState]
V = TypeVar("V")


def fold(state: CaseState, events: Iterable[Event], strict: bool = False) -> CaseState:
    """``state`` after ``events``. Events at or below ``state.seq`` were folded before and change nothing.

    An event whose data its kind cannot have changes nothing but the timeline, which says so; ``strict`` raises
    MalformedEventError instead. Raises NewerEventError for a kind or version that this program does not know.
    """
    entries: list[Entry] = []
    seq, masked = state.seq, state.masked
    for event in events:
        if event.seq <= seq:
            continue
        try:
            state, told = _advance(state, upcast(event))
        except MalformedEventError as error:
            if strict:
                raise
            told = unreadable(event, str(error))
        if told is not None:
            entries.append(told)
        seq = event.seq
        masked += masked_in(event.data)
    if seq == state.seq:
        return state
    timeline = (*state.timeline, *entries) if entries else state.timeline
    return replace(state, seq=seq, masked=masked, timeline=timeline)


def apply(state: CaseState, event: Event) -> CaseState:
    """``state`` after one event. Raises NewerEventError and MalformedEventError."""
    return fold(state, [event], strict=True)


def interrupted(state: CaseState, alive: Callable[[str], bool]) -> CaseState:
    """``state`` with every run that is not ``alive`` ended as interrupted; what it reported stays."""
    for run in tuple(state.running.values()):
        if not alive(run.run):
            state = _ended(state, run, interruption(run))
    return state


def interruption(run: AnalyzerRun) -> Check:
    """The check line of a run whose process is gone."""
    return Check(run.analyzer, CheckStatus.INTERRUPTED, "interrupted: the program that ran it is gone")


def _advance(state: CaseState, event: Event) -> tuple[CaseState, Entry | None]:
    if wrong := misshapen(event.kind, event.data):
        raise MalformedEventError(f"{event.kind}: {wrong} is of another type")
    try:
        if event.kind == "analysis.finished" and event.run not in state.running:
            return state, None
        made, told = _STEPS.get(event.kind, _unchanged)(state, event), entry(event)
        return made, with_news(told, event, state, made) if told is not None else None
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise MalformedEventError(f"{event.kind}: {type(error).__name__}: {error}") from error


def _with(mapping: Mapping[str, V], key: str, value: V) -> dict[str, V]:
    return {**mapping, key: value}


def _unchanged(state: CaseState, event: Event) -> CaseState:
    return state


def _opened(state: CaseState, event: Event) -> CaseState:
    data = event.data
    return replace(
        state,
        id=data["case"],
        repo=data["repo"],
        base=data.get("base", ""),
        tree=data.get("tree", ""),
        opened_at=event.at,
    )


def _question(state: CaseState, event: Event) -> CaseState:
    data = event.data
    since = data.get("since")
    return replace(
        state,
        question=data["question"],
        log_sources=tuple(data.get("log_sources", ())),
        since=datetime.fromisoformat(since) if since else None,
        deployed=data.get("deployed", "") or state.deployed,
        playbook=data.get("playbook", "") or state.playbook,
        change_sources=tuple(data.get("change_sources", ())),
        database=data.get("database", ""),
        inputs={name: tuple(given) for name, given in data.get("inputs", {}).items()},
        intake=tuple(decode(Intake, each) for each in data.get("intake", ())),
    )


def _facts(state: CaseState, event: Event) -> CaseState:
    data = event.data
    return replace(
        state,
        base=data.get("base", state.base),
        deployed=data.get("deployed", state.deployed),
        tree=data.get("tree", state.tree),
    )


def _phase(state: CaseState, event: Event) -> CaseState:
    at = datetime.fromisoformat(event.data["at"]) if event.data.get("at") else event.at
    return replace(state, phases=_with(state.phases, event.data["phase"], at))


def _analysis_started(state: CaseState, event: Event) -> CaseState:
    name = event.data["analyzer"]
    check = Check(name, CheckStatus.RUNNING, "")
    run = AnalyzerRun(event.run, name, event.data.get("tree", ""), Report(), check, event.data.get("owner", ""))
    others = {key: value for key, value in state.running.items() if value.analyzer != name}
    return replace(state, running=_with(others, event.run, run))


def _analysis_reported(state: CaseState, event: Event) -> CaseState:
    run = state.running.get(event.run)
    if run is None:
        return state
    report = run.report.plus(decode(Report, event.data["report"]))
    grown = replace(run, report=report, masked=run.masked + masked_in(event.data))
    return replace(state, running=_with(state.running, event.run, grown))


def _analysis_finished(state: CaseState, event: Event) -> CaseState:
    return _ended(state, state.running[event.run], decode(Check, event.data["check"]))


def _ended(state: CaseState, run: AnalyzerRun, check: Check) -> CaseState:
    """A run that ended before it said what it checked leaves the results of the finished one before it standing."""
    ended = replace(run, check=check)
    running = {key: value for key, value in state.running.items() if key != run.run}
    if check.status is not CheckStatus.DONE and run.analyzer in state.finished and not run.report.summary:
        ended = replace(state.finished[run.analyzer], check=check)
    return replace(state, running=running, finished=_with(state.finished, run.analyzer, ended))


def _triage(state: CaseState, event: Event) -> CaseState:
    data = event.data
    told = (data.get("reason", ""), data.get("link", ""), data.get("rate"), tuple(data.get("kinds", ())), state.id)
    made = Triage(TriageState(data["state"]), event.actor, event.at, *told)
    return replace(state, triage=_with(state.triage, data["fingerprint"], made))


def _grouped(state: CaseState, event: Event) -> CaseState:
    return replace(state, groupings=standing(state.groupings, grouping_of(event.data, event.actor, event.at)))


def _cause_added(state: CaseState, event: Event) -> CaseState:
    cause = decode(Hypothesis, event.data["cause"])
    return replace(state, causes=_with(state.causes, cause.id, cause))


def _cause_judged(state: CaseState, event: Event) -> CaseState:
    data = event.data
    cause = state.causes.get(data["cause"])
    if cause is None:
        if "value" not in data:
            return state
        cause = decode(Hypothesis, data["value"])
    status, item = CauseStatus(data["status"]), None
    if data.get("evidence"):
        item = decode(Evidence, data["evidence"])
        if status is CauseStatus.REFUTED:
            cause = replace(cause, against=(*cause.against, item))
        elif status is CauseStatus.SUPPORTED:
            cause = replace(cause, supporting=(*cause.supporting, item))
    made = replace(cause, status=status, judged_by=event.actor, because=item.text if item else "")
    return replace(state, causes=_with(state.causes, cause.id, made))


def _pinned(state: CaseState, event: Event) -> CaseState:
    data = event.data
    pin = Pin(
        event.id, data["text"], event.actor, event.at, data.get("path", ""), data.get("line", 0), data.get("ref", "")
    )
    return replace(state, pins=(*state.pins, pin))


def _commented(state: CaseState, event: Event) -> CaseState:
    data = event.data
    place = (data.get("path", ""), data.get("line", 0), data.get("ref", ""))
    return replace(state, comments=(*state.comments, Comment(event.id, data["text"], event.actor, event.at, *place)))


def _driver(state: CaseState, event: Event) -> CaseState:
    return replace(state, driver=event.data["driver"])


def _ranked(state: CaseState, event: Event) -> CaseState:
    return replace(state, ranked=event.data["blob"])


_STEPS: Mapping[str, Step] = {
    "case.opened": _opened,
    "case.question": _question,
    "case.facts": _facts,
    "case.phase": _phase,
    "analysis.started": _analysis_started,
    "analysis.reported": _analysis_reported,
    "analysis.finished": _analysis_finished,
    "triage.set": _triage,
    "error.grouped": _grouped,
    "cause.added": _cause_added,
    "cause.edited": _cause_added,
    "cause.judged": _cause_judged,
    "evidence.pinned": _pinned,
    "comment.added": _commented,
    "test.finished": changing.tested,
    "proof.finished": changing.proof_finished,
    "proposal.offered": changing.proposal_offered,
    "proposal.judged": changing.proposal_judged,
    "patch.applied": changing.patch_applied,
    "patch.undone": changing.patch_undone,
    "gate.finished": changing.gate_finished,
    "gate.waived": changing.gate_waived,
    "gate.approved": changing.gate_approved,
    "driver.taken": _driver,
    "case.ranked": _ranked,
    "plan.made": after.plan_made,
    "plan.edited": after.plan_edited,
    "monitor.finished": after.monitored,
    "entry.starred": after.starred,
    "entry.corrected": after.corrected,
}
