"""The histogram over the log: records and errors over time, and under them what changed, the onset and the cursor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workbench_investigate.log_chart import Marks, axis, bars
from workbench_investigate.log_time import Zone

from workbench.analysis.logs.rows.timeline import Timeline

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
START = int(NOON.timestamp())
HOUR = Timeline(60, {START // 60 + minute: (10, 5 if minute >= 30 else 0) for minute in range(60)})
WIDTH = 72
"""So that each of the sixty minutes has a cell, beside the two times."""


def under(marks: Marks) -> str:
    return "".join(text for text, _ in axis(HOUR, marks, Zone(), WIDTH).body)


def test_bars_say_how_many_records_and_where_errors_are() -> None:
    line = bars(HOUR, Zone(), WIDTH).body
    assert [(text, tone) for text, tone in line if text.strip("█") == ""] == [("█" * 30, "muted"), ("█" * 30, "error")]
    assert line[0][0] == "12:00 "
    assert line[-1][0] == " 13:00"


def test_changes_the_onset_and_the_cursor_stand_in_their_minute() -> None:
    deploy, onset = NOON + timedelta(minutes=20), NOON + timedelta(minutes=30)
    drawn = under(Marks((deploy,), onset, START + 600.0))
    assert [(at - 6, mark) for at, mark in enumerate(drawn[:46]) if mark != " "] == [(10, "▴"), (20, "┊"), (30, "✘")]
    assert drawn.endswith("┊ change  ✘ onset")


def test_of_two_in_one_minute_the_cursor_wins_and_what_is_outside_is_not_drawn() -> None:
    at = NOON + timedelta(minutes=20)
    assert under(Marks((at,), at, at.timestamp()))[26] == "▴"
    assert under(Marks((at,), at))[26] == "✘"
    assert "┊" not in under(Marks((NOON - timedelta(minutes=1), NOON + timedelta(hours=2))))[:46]
    assert bars(Timeline(), Zone(), WIDTH).body == (("no record has a time", "muted"),)
