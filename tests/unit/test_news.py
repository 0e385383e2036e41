"""The timeline says what an event changed: tests that turned red or green, and what was believed of the cause when."""

from __future__ import annotations

from typing import Any

from workbench.case.codec import encode
from workbench.case.enums import CauseClass, CauseStatus, RunStatus, TestOutcome
from workbench.case.events import KINDS, Event, new_event
from workbench.case.fold import fold
from workbench.case.model import Check, CheckStatus, Hypothesis, TestResult, TestRun
from workbench.case.state import CaseState, Report
from workbench.case.timeline import _TELLERS


def ran(**outcomes: TestOutcome) -> tuple[str, dict[str, Any]]:
    results = tuple(TestResult(name, outcome) for name, outcome in outcomes.items())
    return "test.finished", {"run": encode(TestRun("r", "t", "e", RunStatus.FAILED, 1.0, results))}


def told(*happened: tuple[str, dict[str, Any]], run: str = "") -> list[str]:
    """The lines of the timeline."""
    made = [new_event(kind, "ann", data, run) for kind, data in happened]
    events = [Event(e.id, n, e.at, e.actor, e.kind, e.v, e.data, e.run) for n, e in enumerate(made, 1)]
    return [entry.text for entry in fold(CaseState(), events).timeline]


def test_what_turned_is_told_by_the_last_outcome_of_each_test() -> None:
    passed, failed, skipped = TestOutcome.PASSED, TestOutcome.FAILED, TestOutcome.SKIPPED
    lines = told(
        ran(a=passed, b=failed),
        ran(a=failed, b=failed),
        ran(b=passed),
        ran(a=skipped),
        ran(a=TestOutcome.CRASHED, b=TestOutcome.NOT_RUN, c=passed),
        ran(a=passed, b=passed, c=passed),
    )
    assert [line.partition("results")[2] for line in lines] == [
        "; red: b",
        "; turned red: a",
        "; turned green: b",
        "",
        "",
        "; turned green: a",
    ]


def test_many_are_named_by_the_first() -> None:
    (line,) = told(ran(**dict.fromkeys("abcde", TestOutcome.FAILED)))
    assert line.endswith("; red: a, b, c and others")


def test_an_analyzer_that_is_not_there_did_nothing() -> None:
    def finished(name: str, status: CheckStatus) -> tuple[str, dict[str, Any]]:
        return "analysis.finished", {"check": encode(Check(name, status, "said"))}

    def ran_by(name: str, status: CheckStatus) -> list[str]:
        return told(("analysis.started", {"analyzer": name}), finished(name, status), run=name)

    assert ran_by("ruff", CheckStatus.NOT_AVAILABLE) == []
    assert ran_by("ruff", CheckStatus.FAILED) == ["ruff: said"]


def test_every_kind_of_event_that_a_person_decides_by_is_told() -> None:
    silent = {
        *("analysis.started", "analysis.reported", "case.opened", "case.facts", "case.ranked", "command.ran"),
        *("entry.starred", "gate.started", "proof.started", "test.started"),
    }
    assert set(KINDS) - set(_TELLERS) == silent
    assert told(("gate.approved", {"tree": "0123456789abcdef"})) == ["approved the tree 0123456789"]


def test_what_was_believed_stands_where_it_was_believed() -> None:
    def cause(name: str, confidence: float, status: CauseStatus) -> Hypothesis:
        return Hypothesis(name, f"{name} is slow", CauseClass.CODE, status, confidence)

    report = Report(
        "causes", hypotheses=(cause("disk", 0.2, CauseStatus.PROPOSED), cause("lock", 0.7, CauseStatus.SUPPORTED))
    )
    (line,) = told(
        ("analysis.started", {"analyzer": "causes"}),
        ("analysis.reported", {"report": encode(report)}),
        ("analysis.finished", {"check": encode(Check("causes", CheckStatus.DONE, "2 causes"))}),
        run="run",
    )
    assert line == "causes: 2 causes; believed: lock is slow (supported), disk is slow (proposed)"
