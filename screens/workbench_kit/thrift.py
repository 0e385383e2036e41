"""What is written to the terminal, without what stands there already: for a slow link.

Textual writes whole lines, each piece with all of its colours. Here a copy of the screen is kept; of what is to be
written only the cells that differ remain, and of their colours what changes from one to the next (as curses has done
since 1980: K. Arnold, Screen Updating and Cursor Movement Optimization).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench_kit.cells import UNKNOWN, Cell, cells_of, cells_of_all, differing
from workbench_kit.pens import PLAIN, Pen, change, moved_on
from workbench_kit.strokes import Stroke, by_pen, strokes_of

if TYPE_CHECKING:
    from rich.color import ColorSystem

    from workbench_kit.compositing import Piece

_TOKEN = re.compile(
    r"\x1b\[([\d;]*)m(?:([^\x1b\n\r]+)(\x1b\[0m)?)?|\x1b\[([\d;]*)H"
    r"|(\x1b\[\?(?!1049)\d+[hl]|\x1b\](?!8;)[^\x07\x1b]*(?:\x07|\x1b\\))|([\n\r])|([^\x1b\n\r]+)|\x1b.?",
    re.DOTALL,
)
"""A pen, and mostly what it draws before it is put away; a place; a mode or a title; a control; text; anything else."""
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
"""What is between them is shown at once, where the terminal knows them."""


class Thrift:
    """Takes what is written to one terminal, in order; :meth:`flush` gives what has to be written for all of it.

    ``erases`` says that the terminal erases with the background that is set (terminfo's ``bce``).
    """

    def __init__(self, erases: bool = False) -> None:
        self._erases = erases
        self._wanted: dict[int, list[Cell]] = {}
        self._shown: dict[int, list[Cell]] = {}
        self._changed: set[int] = set()
        self._before: list[str] = []
        self._together = False
        self._lost = False
        self._size = (10_000, 10_000)
        self._row = self._column = self._edge = 0
        self._pen = PLAIN
        self._at: tuple[int, int] | None = None
        self._drawn: Pen | None = None
        self._placed = False

    def forget(self, columns: int = 10_000, rows: int = 10_000) -> None:
        """The screen may show something else: it has another size, or was written to by somebody else. All that is
        wanted there is written again, as far as it fits. From any thread; it holds from the next write on."""
        self._size = (columns, rows)
        self._lost = True

    def write(self, data: str) -> str:
        """Take ``data``; gives what has to be written at once: nothing, where it can wait. A sequence that is not known
        goes as it is, after all that waited, and everything is forgotten."""
        if self._lost:
            self._draw_anew()
        for found in _TOKEN.finditer(data):
            pen, drawn, away, place, mode, control, text = found.groups()
            if pen is not None:
                self._pen = moved_on(self._pen, pen)
                if drawn and not self._put(drawn):
                    return self._passed(data[found.start(2) :])
                if away:
                    self._pen = PLAIN
            elif place is not None:
                row, _, column = place.partition(";")
                self._row, self._column, self._placed = int(row or 1) - 1, int(column or 1) - 1, True
            elif mode in (_BEGIN, _END):
                self._together = True
            elif mode:
                self._before.append(mode)
            elif control:
                self._row, self._column = (self._row + 1, 0) if control == "\n" else (self._row, 0)
            elif not text or not self._put(text):
                return self._passed(data[found.start() :])
        return ""

    def put(self, pieces: Sequence[Piece], system: ColorSystem) -> bool:
        """Take ``pieces`` without the way through text. False, and nothing is taken, where that is not known to be the
        same."""
        made = [cells_of_all(piece.strip, system) for piece in pieces]
        if any(cells is None for cells in made):
            return False
        if self._lost:
            self._draw_anew()
        for (y, first, end, x, _), cells in zip(pieces, made, strict=True):
            self._want(y, first, (cells or [])[first - x : end - x])
        return True

    def _passed(self, rest: str) -> str:
        """What waits, and then ``rest`` as it is; what it leaves on the screen is not known."""
        said = (self.flush(), change(self._drawn, self._pen))
        self._start_anew()
        return "".join((*said, rest))

    def flush(self) -> str:
        """What has to be written so that the terminal shows what was taken."""
        if self._lost:
            self._draw_anew()
        out = [*self._before]
        self._draw(out)
        self._changed.clear()
        self._before.clear()
        if self._placed:
            out.append(self._moved(self._row, self._column))
        together, self._together = self._together, False
        said = "".join(out)
        return f"{_BEGIN}{said}{_END}" if together and said else said

    def _put(self, text: str) -> bool:
        """Want ``text`` where the pen is; False where it is not known which cells that would be."""
        cells = cells_of(text, self._pen) if self._placed else None
        if cells is None:
            return False
        self._want(self._row, self._column, cells)
        self._column += len(cells)
        return True

    def _want(self, row: int, column: int, cells: Sequence[Cell]) -> None:
        wanted, end = self._wanted.setdefault(row, []), column + len(cells)
        if len(wanted) < column:
            wanted += [UNKNOWN] * (column - len(wanted))
        wanted[column:end] = cells
        self._edge = max(self._edge, end)
        self._changed.add(row)

    def _draw(self, out: list[str]) -> None:
        """Write the cells that differ, one pen after the other: going there costs less than taking another colour."""
        strokes: list[Stroke] = []
        columns, rows = self._size
        for row in sorted(self._changed):
            if row < rows and (fresh := differing(wanted := self._wanted[row], self._shown.get(row, ()), columns)):
                strokes += strokes_of(row, wanted, fresh, self._erases)
                self._shown[row] = wanted[:columns]
        for pen, drawn in by_pen(strokes, self._drawn):
            out.append(change(self._drawn, pen))
            self._drawn = pen
            for stroke in drawn:
                out += (self._moved(stroke.row, stroke.column), stroke.text)
                column = stroke.column + stroke.width
                self._at = (stroke.row, column) if column < self._edge else None  # at the edge terminals differ

    def _draw_anew(self) -> None:
        self._lost = False
        columns, rows = self._size
        fitting = {row: cells for row, cells in self._wanted.items() if row < rows}
        self._wanted = {row: cells[:columns] for row, cells in fitting.items()}
        self._shown.clear()
        self._changed = set(self._wanted)
        self._at, self._drawn, self._edge = None, None, min(self._edge, columns)

    def _start_anew(self) -> None:
        self._wanted.clear()
        self._shown.clear()
        self._changed.clear()
        self._row = self._column = self._edge = 0
        self._pen, self._at, self._drawn = PLAIN, None, None
        self._placed = False

    def _moved(self, row: int, column: int) -> str:
        """The sequence that brings the cursor there."""
        before, self._at = self._at, (row, column)
        if before == self._at:
            return ""
        if before is not None and before[0] == row and column > before[1]:
            return f"\x1b[{column - before[1]}C"
        return f"\x1b[{row + 1};{column + 1}H"
