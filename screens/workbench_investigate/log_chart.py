"""The histogram over the log: records over time, errors coloured, with changes, the onset and the cursor under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workbench_kit.line import Line, Piece
from workbench_kit.time_axis import MARK

from workbench.analysis.logs.rows.timeline import Timeline
from workbench_investigate.log_time import Zone

_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked on the axis, as times: changes, the onset, where the cursor is."""

    changes: tuple[datetime, ...] = ()
    onset: datetime | None = None
    cursor: float | None = None


def bars(timeline: Timeline, zone: Zone, width: int) -> Line:
    """Records over time; says so where no record has a time.

    Bars without an error are muted, those with at least half as many errors as the worst one are red.
    """
    span = timeline.span
    if span is None:
        return Line((("no record has a time", "muted"),))
    start, end, room = _frame(span, zone, width)
    drawn = _stretched(timeline.bars(room), room)
    top = max(records for records, _ in drawn) or 1
    worst = max(errors for _, errors in drawn)
    cells: list[Piece] = []
    for records, errors in drawn:
        bar = _BARS[-(-records * 7 // top)] if records else " "
        cells.append((bar, "muted" if not errors else "error" if errors * 2 >= worst else "warning"))
    return Line(((f"{start} ", "muted"), *_joined(cells), (f" {end}", "muted")))


def axis(timeline: Timeline, marks: Marks, zone: Zone, width: int) -> Line:
    """The marks that stand under the bars; an empty line where no record has a time."""
    span = timeline.span
    if span is None:
        return Line()
    start, _, room = _frame(span, zone, width)
    return Line(((" " * (len(start) + 1), ""), *_axis(span, marks, room)))


def _frame(span: tuple[float, float], zone: Zone, width: int) -> tuple[str, str, int]:
    """The times at both ends, and the cells between them."""
    start, end = (zone.short(at) for at in span)
    return start, end, max(1, width - len(start) - len(end) - 2)


def _stretched(bars: Sequence[tuple[int, int]], room: int) -> list[tuple[int, int]]:
    """As many bars as there are cells, each repeated where there are fewer."""
    return [bars[at * len(bars) // room] for at in range(room)] if bars else [(0, 0)]


def _axis(span: tuple[float, float], marks: Marks, room: int) -> list[Piece]:
    """A cell a mark; of two in one cell the cursor wins, then the onset."""
    cells: list[Piece] = [(" ", "")] * room

    def put(at: float, mark: Piece) -> None:
        cell = int((at - span[0]) * room / (span[1] - span[0]))
        if 0 <= cell < room:
            cells[cell] = mark

    for change in marks.changes:
        put(change.timestamp(), (MARK, "history"))
    if marks.onset is not None:
        put(marks.onset.timestamp(), ("✘", "error"))
    if marks.cursor is not None:
        put(marks.cursor, ("▴", "accent"))
    known = [(f"{MARK} change", "history")] if marks.changes else []
    known += [("✘ onset", "error")] if marks.onset else []
    taken = sum(len(text) + 2 for text, _ in known)
    if taken < room // 3 and all(text == " " for text, _ in cells[room - taken :]):
        cells[room - taken :] = [piece for text, tone in known for piece in (("  ", ""), (text, tone))]
    return _joined(cells)


def _joined(cells: Sequence[Piece]) -> list[Piece]:
    """Neighbours of one tone together: fewer pieces are quicker to paint."""
    made: list[Piece] = []
    for text, tone in cells:
        if made and made[-1][1] == tone:
            made[-1] = (made[-1][0] + text, tone)
        else:
            made.append((text, tone))
    return made
