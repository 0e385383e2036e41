"""Commits of a release are causes only where something is known to fail, and each of them once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from workbench_causes.release import in_release
from workbench_causes.scene import Scene

from workbench.api import Change, ChangeKind, LogError, Signal, Trend

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
