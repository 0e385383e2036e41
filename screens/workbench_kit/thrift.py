"""What is written to the terminal, without what stands there already: for a slow link.

Textual writes whole lines, each piece with all of its colours. Here a copy of the screen is kept; of what is to be
written only the cells that differ remain, and of their colours what changes from one to the next (as curses has done
since 1980: K. Arnold, Screen Updating and Cursor Movement Optimization).
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import get_character_cell_size

_TOKEN = re.compile(
    r"\x1b\[([\d;]*)([Hm])|(\x1b\[\?(?!1049)\d+[hl]|\x1b\](?!8;)[^\x07\x1b]*(?:\x07|\x1b\\))|(\n)|(\r)|([^\x1b\n\r]+)|(\x1b.?)",
    re.DOTALL,
)
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
"""What is between them is shown at once, where the terminal knows them."""
_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 7: 27, 8: 28, 9: 29}
"""The code that ends each attribute."""
_SEEN = frozenset({4, 7, 9})
"""Attributes that show on a blank."""
_NEAR = 6
"""Cells that are cheaper written again than jumped over."""
_WIDE = 10
"""Blanks that are cheaper erased (ECH) and jumped over than written."""

Pen = tuple[frozenset[int], str, str]
"""Attributes, colour and background, as SGR parameters; empty for the terminal's own."""
Cell = tuple[str, Pen]
_PLAIN: Pen = (frozenset(), "", "")


class Thrift:
    """Takes what is written to one terminal, in order; :meth:`flush` gives what has to be written for all of it.

    ``erases`` says that the terminal erases with the background that is set (terminfo's ``bce``).
    """

    def __init__(self, erases: bool = False) -> None:
        self._erases = erases
        self._wanted: dict[int, dict[int, Cell]] = {}
        self._shown: dict[int, dict[int, Cell]] = {}
        self._changed: set[int] = set()
        self._before: list[str] = []
        self._together = False
        self._lost = False
        self._size = (10_000, 10_000)
        self._row = self._column = self._edge = 0
        self._pen = _PLAIN
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
            parameters, kind, mode, feed, back, text, strange = found.groups()
            if text and self._placed and text.isprintable() and (text.isascii() or all(map(_single, text))):
                self._put(text)
            elif strange or text:
                said = (self.flush(), _change(self._drawn, self._pen))
                self._start_anew()
                return "".join((*said, data[found.start() :]))
            elif kind == "m":
                self._pen = _pen(self._pen, parameters)
            elif kind == "H":
                row, _, column = parameters.partition(";")
                self._row, self._column, self._placed = int(row or 1) - 1, int(column or 1) - 1, True
            elif mode in (_BEGIN, _END):
                self._together = True
            elif mode:
                self._before.append(mode)
            elif feed:
                self._row, self._column = self._row + 1, 0
            elif back:
                self._column = 0
        return ""

    def flush(self) -> str:
        """What has to be written so that the terminal shows what was taken."""
        if self._lost:
            self._draw_anew()
        out = [*self._before]
        for row in sorted(self._changed):
            if row < self._size[1]:
                self._draw(row, out)
        self._changed.clear()
        self._before.clear()
        if self._placed:
            out.append(self._moved(self._row, self._column))
        together, self._together = self._together, False
        said = "".join(out)
        return f"{_BEGIN}{said}{_END}" if together and said else said

    def _put(self, text: str) -> None:
        row, pen, column = self._wanted.setdefault(self._row, {}), self._pen, self._column
        blank: Cell = (" ", pen if pen[0] & _SEEN else (frozenset(), "", pen[2]))
        row.update((column + at, blank if char == " " else (char, pen)) for at, char in enumerate(text))
        self._column += len(text)
        self._edge = max(self._edge, self._column)
        self._changed.add(self._row)

    def _draw(self, row: int, out: list[str]) -> None:
        """Write the cells of one line that differ."""
        shown, wanted = self._shown.setdefault(row, {}), self._wanted[row]
        columns = self._size[0]
        differing = sorted(at for at, cell in wanted.items() if at < columns and shown.get(at) != cell)
        last = -_NEAR
        for number, column in enumerate(differing):
            if column <= last:
                continue
            if 1 < column - last <= _NEAR and all(self._same_ink(wanted.get(at)) for at in range(last + 1, column)):
                out += (self._moved(row, last + 1), *(wanted[at][0] for at in range(last + 1, column)))
                self._at = (row, column)
            char, pen = wanted[column]
            pen = _blank(self._drawn, pen) if char == " " else pen
            out += (self._moved(row, column), _change(self._drawn, pen))
            self._drawn = pen
            last = column
            if char == " " and self._erases and (blanks := _blanks(wanted, differing, number)) >= _WIDE:
                out.append(f"\x1b[{blanks}X")
                last = column + blanks - 1
                continue
            out.append(char)
            self._at = (row, column + 1) if column + 1 < self._edge else None  # at the edge terminals differ
        shown.update((column, wanted[column]) for column in differing)

    def _same_ink(self, cell: Cell | None) -> bool:
        """Whether the pen as it is would draw ``cell``."""
        if cell is None or self._drawn is None:
            return False
        return cell[1] == self._drawn or (cell[0] == " " and _blank(self._drawn, cell[1]) == self._drawn)

    def _draw_anew(self) -> None:
        self._lost = False
        columns, rows = self._size
        fitting = {row: cells for row, cells in self._wanted.items() if row < rows}
        self._wanted = {row: {at: cell for at, cell in cells.items() if at < columns} for row, cells in fitting.items()}
        self._shown.clear()
        self._changed = set(self._wanted)
        self._at, self._drawn, self._edge = None, None, min(self._edge, columns)

    def _start_anew(self) -> None:
        self._wanted.clear()
        self._shown.clear()
        self._changed.clear()
        self._row = self._column = self._edge = 0
        self._pen, self._at, self._drawn = _PLAIN, None, None
        self._placed = False

    def _moved(self, row: int, column: int) -> str:
        """The sequence that brings the cursor there."""
        before, self._at = self._at, (row, column)
        if before == self._at:
            return ""
        if before is not None and before[0] == row and column > before[1]:
            return f"\x1b[{column - before[1]}C"
        return f"\x1b[{row + 1};{column + 1}H"


@lru_cache(maxsize=4096)
def _single(char: str) -> bool:
    return get_character_cell_size(char) == 1


@lru_cache(maxsize=4096)
def _pen(before: Pen, parameters: str) -> Pen:
    """The pen after the SGR sequence of these parameters."""
    attributes, colour, ground = before
    codes = [int(code or 0) for code in parameters.split(";")]
    while codes:
        code = codes.pop(0)
        if code == 0:
            attributes, colour, ground = _PLAIN
        elif code in (38, 48):
            length = 4 if codes[:1] == [2] else 2
            said = ";".join(map(str, (code, *codes[:length])))
            del codes[:length]
            colour, ground = (said, ground) if code == 38 else (colour, said)
        elif 30 <= code <= 39 or 90 <= code <= 97:
            colour = "" if code == 39 else str(code)
        elif 40 <= code <= 49 or 100 <= code <= 107:
            ground = "" if code == 49 else str(code)
        elif code in _OFF.values():
            attributes = frozenset(each for each in attributes if _OFF.get(each) != code)
        else:
            attributes |= {code}
    return attributes, colour, ground


def _blank(drawn: Pen | None, pen: Pen) -> Pen:
    """A pen that draws the same blanks: their colour does not show."""
    return pen if drawn is None or (drawn[0] | pen[0]) & _SEEN else (drawn[0], drawn[1], pen[2])


def _blanks(wanted: dict[int, Cell], differing: list[int], at: int) -> int:
    """How many cells from the one of ``differing`` at ``at`` on, side by side, are blanks that look the same."""
    first = differing[at]
    cell, count = wanted[first], 1
    if cell[1][0] & _SEEN:
        return 0
    while at + count < len(differing) and differing[at + count] == first + count and wanted[first + count] == cell:
        count += 1
    return count


@lru_cache(maxsize=4096)
def _change(before: Pen | None, after: Pen) -> str:
    """The shorter SGR sequence from one pen to another; before None, nothing is known."""
    if before == after:
        return ""
    attributes, colour, ground = after
    anew = ["0", *map(str, sorted(attributes)), *filter(None, (colour, ground))]
    if before is None:
        return f"\x1b[{';'.join(anew)}m"
    gone = {_OFF.get(each, 0) for each in before[0] - attributes}
    kept = frozenset(each for each in before[0] if _OFF.get(each, 0) not in gone)
    steps = [str(code) for code in sorted(gone)] + [str(each) for each in sorted(attributes - kept)]
    steps += [colour or "39"] if colour != before[1] else []
    steps += [ground or "49"] if ground != before[2] else []
    shorter = anew if 0 in gone or len(";".join(anew)) < len(";".join(steps)) else steps
    return f"\x1b[{';'.join(shorter)}m"
