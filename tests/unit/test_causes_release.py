"""Commits of a release are causes only where something is known to fail, each once; what is as sure keeps its order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workbench_causes import AFTER
from workbench_causes.analyzer import CausesAnalyzer
from workbench_causes.derive import derive
from workbench_causes.release import in_release
from workbench_causes.scene import Scene

from workbench.analysis.causes import competing
from workbench.api import (
    CauseClass,
    Change,
    ChangeKind,
    Check,
    CheckStatus,
    Finding,
    Frame,
    LogError,
    Severity,
    Signal,
    Subject,
    Trend,
)
from workbench.case.state import AnalyzerRun, CaseState, Report
from workbench.engine.investigation import subject_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CAME = Signal("in_release", 1.0, "came with the deployed release")
BOTH = Change("c1", NOON, ChangeKind.COMMIT, "New pins", "a" * 40, "", ("pyproject.toml", "uv.lock"), 1.0, (CAME,))
QUIET = Scene((), (), (BOTH,), (), (), None, None)
LATER = NOON + timedelta(minutes=5)
ERROR = LogError("e", "shop.Timeout", "late", Trend.NEW, 9, 1.0, "9 errors", first_seen=LATER, onset=LATER)


def test_no_release_is_blamed_where_nothing_fails() -> None:
    assert list(in_release(QUIET)) == []


def test_a_commit_of_two_kinds_of_change_is_one_cause() -> None:
    (cause,) = in_release(replace(QUIET, errors=(ERROR,)))
    assert (cause.cause_class.value, cause.path) == ("dependency", "uv.lock")


def test_commits_that_touch_one_kind_of_file_are_one_cause_that_counts_them() -> None:
    others = tuple(replace(BOTH, id=f"d{n}", revision=f"{n}" * 40, summary=f"Bump {n}") for n in range(4))
    (cause,) = in_release(replace(QUIET, errors=(ERROR,), changes=(BOTH, *others)))
    assert cause.statement == "New pins, Bump 0, Bump 1 and 2 more"
    assert [item.text for item in cause.supporting] == [
        'aaaaaaaa "New pins" and 4 more changed a library version in this release'
    ]


def test_of_two_that_are_as_sure_the_one_that_grew_more_or_fails_more_often_stands_first() -> None:
    grown = tuple(
        Finding(f"f{n}", "shop/cart.py", n, n, "WB311", f"takes {n}", Severity.WARNING, "profiles", f"p{n}", f"f{n}")
        for n in (3, 1, 2)
    )
    fails = tuple(
        replace(ERROR, id=name, frames=(Frame(f"shop/{name}.py", 1, name, mapped=True),)) for name in ("c", "a", "b")
    )
    slow, failing = replace(QUIET, findings=grown), replace(QUIET, errors=fails, changes=())
    assert [cause.statement for cause in derive(slow)] == ["f3 takes longer", "f1 takes longer", "f2 takes longer"]
    told = [cause.path for cause in competing(derive(failing), {}) if cause.cause_class is CauseClass.CODE]
    assert told == ["shop/c.py", "shop/a.py", "shop/b.py"]


def test_why_there_is_no_cause() -> None:
    def said(*errors: LogError) -> str:
        return CausesAnalyzer().fold(Subject("", "/repo", "", "", errors=errors), ()).summary

    assert said().endswith("no errors were read: point at the logs")
    assert "every error was there before" in said(replace(ERROR, trend=Trend.AS_ALWAYS))
    assert said(ERROR).endswith("no error points at a place")


def test_logs_that_were_given_and_not_read_to_the_end_are_not_asked_for() -> None:
    def said(status: CheckStatus, summary: str) -> str:
        run = AnalyzerRun("r", "logs", "", Report(), Check("logs", status, summary))
        state = CaseState(log_sources=("app.log",), finished={"logs": run})
        return CausesAnalyzer().fold(subject_of(state, Path("/repo"), {}, AFTER), ()).summary

    for status, why in (
        (CheckStatus.TIMED_OUT, "stopped: its limit of 300 s"),
        (CheckStatus.FAILED, "failed: OSError"),
    ):
        assert said(status, why).endswith(f"no errors were read: the logs were not read to the end ({why})")
    assert said(CheckStatus.DONE, "12 records").endswith("from the logs that were given (12 records)")
