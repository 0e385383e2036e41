"""The fold: whatever the journal holds it gives a case, and from a snapshot the same case as from the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.case_values import journals
from workbench.case import events as events_module
from workbench.case.code import Check, Finding
from workbench.case.codec import encode
from workbench.case.enums import CheckStatus, Severity
from workbench.case.events import (
    KINDS,
    Event,
    MalformedEventError,
    NewerEventError,
    new_event,
    readable,
    upcast,
)
from workbench.case.fold import apply, fold, interrupted
from workbench.case.state import CaseState, Report
from workbench.engine.store.snapshots import pack, unpack

PATIENT = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def numbered(*events: Event, after: int = 0) -> list[Event]:
    return [replace(event, seq=seq) for seq, event in enumerate(events, after + 1)]


def started(name: str, run: str) -> Event:
    return new_event("analysis.started", "ann", {"analyzer": name, "tree": "t"}, run)


def reported(run: str, *rules: str, summary: str = "") -> Event:
    found = tuple(Finding(rule, "a.py", 1, 1, rule, "m", Severity.ERROR, "ruff", rule) for rule in rules)
    return new_event("analysis.reported", "ann", {"report": encode(Report(summary, found))}, run)


def finished(name: str, run: str, status: CheckStatus = CheckStatus.DONE) -> Event:
    return new_event("analysis.finished", "ann", {"check": encode(Check(name, status, "said"))}, run)


@PATIENT
@given(journals(), st.data())
def test_from_a_snapshot_and_the_tail_comes_the_same_case_as_from_the_start(
    events: list[Event], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(events)))
    whole = fold(CaseState(), events)
    resumed = unpack(pack(fold(CaseState(), events[:cut])))
    assert resumed is not None
    assert fold(resumed, events[cut:]) == whole
    assert fold(resumed, events) == whole, "events folded before change nothing"


@PATIENT
@given(journals())
def test_one_by_one_or_all_at_once_is_the_same(events: list[Event]) -> None:
    state = CaseState()
    for event in events:
        state = fold(state, [event])
    assert state == fold(CaseState(), events)
    assert state.seq == len(events)


def test_an_event_that_makes_no_sense_is_told_and_changes_nothing() -> None:
    good = new_event("note.added", "ann", {"text": "hello"})
    bad = new_event("triage.set", "bob", {"fingerprint": "f", "state": "sideways"})
    state = fold(CaseState(), numbered(good, bad))
    assert [entry.text.split(":")[0] for entry in state.timeline] == [
        "note",
        "event 2 (triage.set) could not be read and changed nothing",
    ]
    assert (state.triage, state.seq) == ({}, 2)
    with pytest.raises(MalformedEventError, match=r"triage\.set: ValueError"):
        apply(CaseState(), replace(bad, seq=1))
    with pytest.raises(MalformedEventError):
        fold(CaseState(), numbered(bad), strict=True)


def test_a_report_of_a_run_adds_up_and_shows_as_finished_when_it_is() -> None:
    state = fold(CaseState(), numbered(started("ruff", "r1"), reported("r1", "A"), reported("r1", "B", summary="2")))
    assert [finding.rule for finding in state.running["r1"].report.findings] == ["A", "B"]
    state = fold(state, numbered(finished("ruff", "r1"), after=3))
    assert not state.running
    assert [finding.rule for finding in state.finished["ruff"].report.findings] == ["A", "B"]


def test_a_run_whose_program_died_is_interrupted_and_keeps_what_it_reported() -> None:
    state = fold(CaseState(), numbered(started("ruff", "r1"), reported("r1", "A"), started("logs", "r2")))
    ended = interrupted(state, lambda run: run == "r2")
    assert list(ended.running) == ["r2"]
    assert ended.finished["ruff"].check.status is CheckStatus.INTERRUPTED
    assert [finding.rule for finding in ended.finished["ruff"].report.findings] == ["A"]


def test_an_interrupted_run_does_not_take_the_place_of_a_finished_one() -> None:
    events = [started("ruff", "r1"), reported("r1", "A", summary="1"), finished("ruff", "r1"), started("ruff", "r2")]
    ended = interrupted(fold(CaseState(), numbered(*events)), lambda run: False)
    assert ended.finished["ruff"].check.status is CheckStatus.INTERRUPTED
    assert [finding.rule for finding in ended.finished["ruff"].report.findings] == ["A"]


def test_the_end_of_a_run_that_ended_before_is_no_news() -> None:
    events = [started("ruff", "r1"), finished("ruff", "r1"), finished("ruff", "r1", CheckStatus.INTERRUPTED)]
    state = fold(CaseState(), numbered(*events))
    assert state.finished["ruff"].check.status is CheckStatus.DONE
    assert len(state.timeline) == 1


def test_an_old_event_reads_as_todays(monkeypatch: pytest.MonkeyPatch) -> None:
    def once(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"text": data["note"]}

    def twice(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**data, "text": data["text"].strip()}

    monkeypatch.setattr(events_module, "KINDS", {**KINDS, "note.added": 3})
    monkeypatch.setattr(events_module, "UPCASTS", {("note.added", 1): once, ("note.added", 2): twice})
    at = datetime(2024, 1, 1, tzinfo=UTC)
    old = Event("e1", 1, at, "ann", "note.added", 1, {"note": " hello "})
    middle = replace(old, v=2, data={"text": "hello "})
    new = replace(old, v=3, data={"text": "hello"})
    assert upcast(old) == upcast(middle) == upcast(new) == new
    assert fold(CaseState(), [old]) == fold(CaseState(), [new])


def test_what_only_a_newer_program_understands_stops_the_reading_before_it() -> None:
    events = numbered(new_event("note.added", "ann", {"text": "a"}), new_event("note.added", "ann", {"text": "b"}))
    newer = [replace(events[0], seq=3, v=99), replace(events[0], seq=3, kind="note.sung")]
    for event in newer:
        known, why = readable([*events, event, events[1]])
        assert known == events
        assert "event 3" in why
        with pytest.raises(NewerEventError):
            upcast(event)
    assert readable(events) == (events, "")
    with pytest.raises(MalformedEventError, match="never was"):
        upcast(replace(events[0], v=0))
