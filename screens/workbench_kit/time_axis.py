"""The time axis of what changed: errors as a histogram, changes as marks at their times. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.case.enums import ChangeKind
from workbench_kit.line import Line, Piece
from workbench_kit.marks import sparkline
from workbench_kit.when import clock

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.case.logs import Change
    from workbench.engine.views import Views

AXIS = "axis"
MARKED = (
    ChangeKind.DEPLOY,
    ChangeKind.RESTART,
    ChangeKind.FLAG,
    ChangeKind.CONFIGURATION,
    ChangeKind.MIGRATION,
    ChangeKind.NOTE,
)
"""Kinds of change that happen at a moment: they are marked wherever time is drawn."""
MARK = "┊"


@dataclass(frozen=True, slots=True)
class Axis:
    """Errors over the covered time, with where changes stand in it as shares, 0..1."""

    start: datetime
    end: datetime
    counts: tuple[int, ...]
    marks: tuple[float, ...]
    id: str = AXIS


def axis(views: Views) -> Axis | None:
    """The axis of all live errors; None where the logs tell no times."""
    start = min((source.start for source in views.sources if source.start), default=None)
    end = max((source.end for source in views.sources if source.end), default=None)
    if start is None or end is None or end <= start:
        return None
    lines = [error.sparkline for error in views.errors if error.sparkline]
    counts = tuple(map(sum, zip(*lines, strict=False))) if lines else ()
    return Axis(start, end, counts, marks(views.changes, start, end))


def marks(changes: Sequence[Change], start: datetime, end: datetime) -> tuple[float, ...]:
    """Where the changes that happen at a moment stand between ``start`` and ``end``, each place once."""
    span = (end - start).total_seconds()
    shares = {round((each.at - start).total_seconds() / span, 2) for each in changes if each.kind in MARKED}
    return tuple(sorted(share for share in shares if 0 < share < 1))


def axis_lines(row: Axis, width: int) -> Sequence[Line]:
    """The histogram with its marks, and its times under it."""
    room = max(8, min(width, len(row.counts) or 32))
    bars = sparkline(row.counts, room) or " " * room
    first, last = clock(row.start), clock(row.end)
    gap = max(1, len(bars) + len(row.marks) - len(first) - len(last))
    return [Line(marked(bars, row.marks, "error")), Line(((f"{first}{' ' * gap}{last}", "muted"),))]


def marked(bars: str, shares: Sequence[float], tone: str) -> tuple[Piece, ...]:
    """``bars`` with a mark before the bar in whose stretch each of ``shares`` falls."""
    pieces: list[Piece] = []
    reached = 0
    for at in sorted({int(share * len(bars)) for share in shares}):
        pieces += [(bars[reached:at], tone), (MARK, "history")]
        reached = at
    return (*(piece for piece in pieces if piece[0]), (bars[reached:], tone))
