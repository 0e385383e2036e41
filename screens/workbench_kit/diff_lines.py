"""The lines of a diff on the line API: rows made in slices, painted when seen, coloured when the colours come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from workbench.analysis.diffs import Decisions, Diff
from workbench_kit.diff_paint import WINDOW, Painter
from workbench_kit.diff_rows import DiffRow, rows_of_file
from workbench_kit.highlighter import Highlighter
from workbench_kit.line import Line, cells_of, chopped
from workbench_kit.line_view import LineView
from workbench_kit.row_map import RowMap
from workbench_kit.text import plain, width_of

SLICE = 0.008
"""Seconds of making rows between two breaths of the screen."""
WIDE = 120
"""Cells from which a diff stands side by side when nobody chose."""

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
    &:nocolor > .line--added-word { text-style: underline; }
    &:nocolor > .line--removed-word { text-style: underline; }
}
"""


class DiffLines(LineView[DiffRow]):
    """Shows a diff, unified or side by side; no more: what one does with it is DiffView's."""

    DEFAULT_CSS = DIFF_CSS
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"line--{tone}" for tone in ("added", "removed", "added-word", "removed-word", "absent", "header", "here")
    }
    SIDEWAYS: ClassVar[bool] = True
    TOP: ClassVar[int] = 1

    def __init__(
        self,
        highlighter: Highlighter | None = None,
        *,
        caption: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(caption=caption, name=name, id=id, classes=classes)
        self.highlighter = highlighter or Highlighter()
        self.diff = Diff()
        self.painter = Painter(self.diff)
        self.mode = "auto"
        self.wrapped = False
        self.hunk_rows: list[int] = []
        self.file_rows: list[int] = []
        self._rows: list[DiffRow] = []
        self._making: Iterator[None] = iter(())
        self._asked: set[tuple[int, int, int]] = set()
        self._widest = 0
        self._split = False

    def lay(self, diff: Diff, decisions: Decisions) -> None:
        """Show ``diff``: its first rows at once, the others in slices."""
        last = max(
            (hunk.old_start + hunk.new_start + len(hunk.lines) for f in diff.files for hunk in f.hunks), default=0
        )
        self.workers.cancel_group(self, "colours")
        self.diff = diff
        self.painter = Painter(diff, decisions, max(3, len(str(last))))
        self._asked.clear()
        self.lay_rows()

    def lay_rows(self) -> None:
        """Make the rows anew, unified or side by side."""
        self._split = self.mode == "split" or (self.mode == "auto" and self.size.width >= WIDE)
        self._rows = []
        self.source = self._rows
        self.hunk_rows, self.file_rows, self._widest = [], [], 0
        self.cursor, self.range_start = 0, None
        self._making = self._make()
        next(self._making, None)
        self.rebuild()
        self.scroll_to(x=0, y=0, animate=False)
        self.set_timer(0.001, self._make_more)

    def _make(self) -> Iterator[None]:
        """Make rows; yields after every slice."""
        until = monotonic() + SLICE
        for number, file in enumerate(self.diff.files):
            self.file_rows.append(len(self._rows) + bool(number))
            shown = -1
            for row in rows_of_file(self.diff, number, self._split):
                if row.kind == "line" and row.hunk != shown:
                    shown = row.hunk
                    self.hunk_rows.append(len(self._rows))
                self._rows.append(row)
                if not len(self._rows) % 100 and monotonic() > until:
                    yield
                    until = monotonic() + SLICE
            lengths = (len(line.text) + 4 * line.text.count("\t") for hunk in file.hunks for line in hunk.lines)
            self._widest = max(self._widest, max(lengths, default=0))

    def _make_more(self) -> None:
        """The next slice of rows; the screen breathes in between."""
        try:
            next(self._making)
        except StopIteration:
            self.grown()
            self.made()
        else:
            self.grown()
            self.set_timer(0.001, self._make_more)

    def made(self) -> None:
        """All rows are there."""

    def row_text(self, row: int) -> str:
        shown = self.source[row]
        if shown.kind == "line":
            lines = self.painter.hunk(shown).lines
            return "\n".join(lines[at].text for at in dict.fromkeys((shown.left, shown.right)) if at is not None)
        return self.diff.files[shown.file].path if shown.kind == "file" else ""

    def content_width(self) -> int:
        if self.wrapped:
            return 0
        halved = self.size.width // 2 if self._split else 0
        return self._widest + self._margin + halved

    def make_map(self) -> RowMap:
        if not self.wrapped:
            return RowMap(len(self.source))
        room = self._room
        extra: dict[int, int] = {}
        for number, row in enumerate(self.source):
            if row.kind == "line":
                lines = self.painter.hunk(row).lines
                longest = max(_lines_of(lines[at].text, room) for at in (row.left, row.right) if at is not None)
                if longest > 1:
                    extra[number] = longest - 1
        return RowMap(len(self.source), 1, extra)

    @property
    def _margin(self) -> int:
        digits = self.painter.digits
        return digits + 5 if self._split else 2 * digits + 6

    @property
    def _room(self) -> int:
        width = self.size.width or 80
        return max(10, ((width - 1) // 2 if self._split else width) - self._margin)

    def overlay(self, y: int) -> Line | None:
        over = super().overlay(y)
        if over is None and y == 0 and self.scroll_offset.y and self.source:
            row, _ = self.map.at(self.scroll_offset.y)
            return self.painter.header(self.source[min(row, len(self.source) - 1)].file, self.where())
        return over

    def where(self) -> str:
        """Which hunk of how many the cursor is in, and how the diff stands."""
        here = self.source[self.cursor] if self.source else None
        how = "side by side" if self._split else "unified"
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
        if shown.kind != "line" or not self._split:
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

    def row_lines(self, row: int, width: int) -> Sequence[Line]:
        shown = self.source[row]
        if shown.kind == "file":
            here = self.source[self.cursor].file == shown.file
            return [self.painter.header(shown.file, self.where() if here else "")]
        if shown.kind == "note":
            return [self.painter.note(shown.file)]
        if shown.kind == "gap":
            return [self.painter.gap(shown, self.current(row))]
        if shown.kind == "blank":
            return [Line()]
        self._colour(shown)
        return self._fold(self.painter.unified(shown, self.current(row)))

    def _fold(self, line: Line) -> Sequence[Line]:
        """``line`` in as many as it needs when long lines are wrapped."""
        if not self.wrapped:
            return [line]
        blank = tuple((" " * len(text), "") for text, _ in line.gutter)
        return [
            Line(body, gutter=blank if number else line.gutter, tone=line.tone)
            for number, body in enumerate(chopped(line.body, self._room))
        ]

    def _colour(self, row: DiffRow) -> None:
        """Ask once for the colours around ``row``; they are painted when they come."""
        key = (row.file, row.hunk, (row.left if row.left is not None else row.right or 0) // WINDOW)
        if key not in self._asked:
            self._asked.add(key)
            self.run_worker(self._coloured(self.painter, *key), group="colours", exit_on_error=False)

    async def _coloured(self, painter: Painter, file: int, hunk: int, window: int) -> None:
        await painter.colour(self.highlighter, file, hunk, window)
        if painter is self.painter:
            self.repaint()


def _lines_of(text: str, room: int) -> int:
    """Lines that ``text`` takes when it is wrapped to ``room`` cells."""
    if text.isascii() and text.isprintable():
        return max(1, -(-len(text) // room))
    shown = plain(text.removesuffix("\r"))
    return 1 if width_of(shown) <= room else sum(1 for _ in chopped(((shown, ""),), room))
