"""How the lines of a diff look on the line API: painted when seen, coloured when the colours come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from workbench_kit.diff_layout import DiffLayout
from workbench_kit.diff_paint import WINDOW, Painter
from workbench_kit.diff_rows import DiffRow
from workbench_kit.line import Line, cells_of, chopped

DIFF_CSS = """
DiffLines {
    & > .line--added { background: $success 12%; }
    & > .line--removed { background: $error 12%; }
    & > .line--added-word { color: $text; background: $success 38%; }
    & > .line--removed-word { color: $text; background: $error 38%; }
    & > .line--absent { background: $foreground 4%; }
    & > .line--header { background: $boost; }
    & > .line--here { color: $text-accent; text-style: bold reverse; }
    &:blur > .line--here { color: $text-muted; text-style: bold; }
    &:ansi > .line--added { color: ansi_green; background: ansi_default; }
    &:ansi > .line--removed { color: ansi_red; background: ansi_default; }
    &:ansi > .line--added-word { background: ansi_default; text-style: bold underline; }
    &:ansi > .line--removed-word { background: ansi_default; text-style: bold underline; }
    &:nocolor > .line--added-word { text-style: underline; }
    &:nocolor > .line--removed-word { text-style: underline; }
}
"""


class DiffLines(DiffLayout):
    """Shows a diff; what one does with it is DiffView's."""

    DEFAULT_CSS = DIFF_CSS
    TONES: ClassVar[frozenset[str]] = DiffLayout.TONES | {
        *("added", "removed", "added-word", "removed-word", "absent", "header", "here"),
    }
    TOP: ClassVar[int] = 1

    def overlay(self, y: int) -> Line | None:
        over = super().overlay(y)
        if over is None and y == 0 and self.scroll_offset.y and self.source:
            row = min(self.map.at(self.scroll_offset.y)[0], len(self.source) - 1)
            row -= self.source[row].kind == "blank"  # else the name of the file that follows stands there twice
            return self._header(self.source[row].file)
        return over

    def _header(self, file: int) -> Line:
        """The name of a file, and where the cursor is if it is in that one."""
        return self.painter.header(file, self.where() if self.source[self.cursor].file == file else "")

    def where(self) -> str:
        """Which hunk of how many the cursor is in, and how the diff stands."""
        here = self.source[self.cursor] if self.source else None
        how = "side by side" if self.split else "unified"
        if here is None or here.hunk < 0:
            return how
        return f"hunk {here.hunk + 1} of {len(self.diff.files[here.file].hunks)}, {how}"

    def current(self, row: int) -> bool:
        """Whether ``row`` is what judging means: of the range, or of the hunk that the cursor is in."""
        if self.range_start is not None:
            return row in self.chosen()
        here = self.source[self.cursor]
        return here.hunk >= 0 and self.source[row][1:3] == here[1:3]

    def set_range(self, start: int | None) -> None:
        super().set_range(start)
        self.repaint()

    def at_cursor(self, line: Line) -> Line:
        if not any(tone == "number" for _, tone in line.gutter):
            return super().at_cursor(line)
        return replace(line, gutter=tuple((text, "here" if tone == "number" else tone) for text, tone in line.gutter))

    def in_range(self, line: Line) -> Line:
        return line

    def row_strips(self, row: int, width: int) -> Iterable[Strip]:
        shown = self.source[row]
        if shown.kind != "line" or not self.split:
            yield from super().row_strips(row, width)
            return
        self._colour(shown)
        widths = ((width - 1) // 2, width - 1 - (width - 1) // 2)
        halves: list[list[list[Segment]]] = [[], []]
        for side, cells in enumerate(widths):
            half = self.painter.half(shown, not side, self.current(row))
            for number, line in enumerate(self._fold(half)):
                made = self.marked(row, number, line)
                halves[side].append(cells_of(made, cells, self.style, self.scroll_offset.x, not self.wrapped))
        bar, absent = Segment("│", self.style("faint")), self.style("absent")
        blanks = [[Segment(" " * cells, absent)] for cells in widths]
        for left, right in zip_longest(*halves):
            yield Strip([*(left or blanks[0]), bar, *(right or blanks[1])], width)
        for line in self.painter.under(shown, self.margin, width):
            yield Strip(cells_of(line, width, self.style), width)

    def row_lines(self, row: int, width: int) -> Sequence[Line]:
        shown = self.source[row]
        if shown.kind == "file":
            return [self._header(shown.file)]
        if shown.kind == "note":
            return [self.painter.note(shown.file)]
        if shown.kind == "gap":
            return [self.painter.gap(shown, self.current(row))]
        if shown.kind == "blank":
            return [Line()]
        self._colour(shown)
        lines = self._fold(self.painter.unified(shown, self.current(row)))
        return [*lines, *self.painter.under(shown, self.margin, width)]

    def _fold(self, line: Line) -> Sequence[Line]:
        """``line`` in as many as it needs when long lines are wrapped."""
        if not self.wrapped:
            return [line]
        blank = tuple((" " * len(text), "") for text, _ in line.gutter)
        return [
            Line(body, gutter=blank if number else line.gutter, tone=line.tone)
            for number, body in enumerate(chopped(line.body, self.room))
        ]

    def _colour(self, row: DiffRow) -> None:
        """Ask once for the colours around ``row``; they are painted when they come."""
        key = (row.file, row.hunk, (row.left if row.left is not None else row.right or 0) // WINDOW)
        if key not in self.painter.asked:
            self.painter.asked.add(key)
            doing: Callable[[], Awaitable[None]] = partial(self._coloured, self.painter, *key)
            self.run_worker(doing, group="colours", exit_on_error=False)

    async def _coloured(self, painter: Painter, file: int, hunk: int, window: int) -> None:
        await painter.colour(self.highlighter, file, hunk, window)
        if painter is self.painter:
            self.repaint()
