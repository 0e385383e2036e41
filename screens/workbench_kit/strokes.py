"""Strokes: what of a line one pen draws in one go, and all of a frame's in the order that takes the fewest bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench_kit.cells import UNKNOWN, Cell, is_blank
from workbench_kit.pens import SEEN, Pen, as_blank

_NEAR = 4
"""Cells that are no dearer written again than jumped over."""
_WIDE = 10
"""Blanks that are cheaper erased (ECH) and jumped over than written."""


@dataclass(slots=True)
class Stroke:
    """``text``, drawn from a column on, which moves the cursor on by ``width`` cells; blank when only its background
    shows."""

    row: int
    column: int
    pen: Pen
    text: str
    width: int
    blank: bool

    def reaches(self, column: int, wanted: Sequence[Cell]) -> bool:
        """Whether the cell of that column, and those up to it, can be drawn by going on."""
        end = self.column + self.width
        if not self.width or column - end > _NEAR:
            return False
        if self.blank:
            return column == end and wanted[column][1][2] == self.pen[2] and not wanted[column][1][0] & SEEN
        return all(map(self._draws, wanted[end : column + 1]))

    def go_on(self, column: int, wanted: Sequence[Cell]) -> None:
        """Draw the cells up to that column too."""
        cells = wanted[self.column + self.width : column + 1]
        if self.blank and not is_blank(cells[-1]):
            self.pen, self.blank = cells[-1][1], False
        self.text += "".join(char for char, _ in cells)
        self.width += len(cells)

    def _draws(self, cell: Cell) -> bool:
        if cell is UNKNOWN:
            return False
        return cell[1] == self.pen or (is_blank(cell) and as_blank(self.pen, cell[1]) == self.pen)


def strokes_of(row: int, wanted: Sequence[Cell], differing: Sequence[int], erases: bool) -> list[Stroke]:
    """What draws the cells of ``wanted`` in the columns ``differing``, ascending; ``erases`` says that many blanks may
    be erased instead."""
    strokes: list[Stroke] = []
    past = -1
    for number, column in enumerate(differing):
        if column < past:
            continue
        char, pen = wanted[column]
        last = strokes[-1] if strokes else None
        if char != " " and last is not None and pen == last.pen and column == last.column + last.width:
            last.text, last.width, last.blank = last.text + char, last.width + 1, False
        elif char == " " and erases and (count := _blanks(wanted, differing, number)) >= _WIDE:
            strokes.append(Stroke(row, column, pen, f"\x1b[{count}X", 0, blank=True))
            past = column + count
        elif last is not None and last.reaches(column, wanted):
            last.go_on(column, wanted)
        else:
            strokes.append(Stroke(row, column, pen, char, 1, is_blank(wanted[column])))
    return strokes


def by_pen(strokes: Sequence[Stroke], drawn: Pen | None) -> list[tuple[Pen, list[Stroke]]]:
    """The strokes of each pen, by their places; first those of ``drawn``, with which the terminal draws now. What only
    shows a background goes with any pen that has it."""
    groups: dict[Pen, list[Stroke]] = {}
    for stroke in strokes:
        if not stroke.blank:
            groups.setdefault(stroke.pen, []).append(stroke)
    pens = [*groups, *([drawn] if drawn is not None else [])]
    grounds = {pen[2]: pen for pen in pens if not pen[0] & SEEN}
    for stroke in strokes:
        if stroke.blank:
            groups.setdefault(grounds.setdefault(stroke.pen[2], stroke.pen), []).append(stroke)
    ordered = sorted(groups, key=lambda pen: (pen != drawn, pen[2], pen[1], sorted(pen[0])))
    return [(pen, sorted(groups[pen], key=lambda stroke: (stroke.row, stroke.column))) for pen in ordered]


def _blanks(wanted: Sequence[Cell], differing: Sequence[int], at: int) -> int:
    """How many cells from the one of ``differing`` at ``at`` on, side by side, are blanks that look the same."""
    first = differing[at]
    cell, count = wanted[first], 1
    if not is_blank(cell):
        return 0
    while at + count < len(differing) and differing[at + count] == first + count and wanted[first + count] == cell:
        count += 1
    return count
