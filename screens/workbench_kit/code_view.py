"""Source code with its lines numbered, its hot lines barred and what speaks against a line written under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import ClassVar

from textual import events

from workbench.analysis.syntax import Spans
from workbench_kit.annotations import GLYPHS as GLYPHS
from workbench_kit.annotations import Annotation as Annotation
from workbench_kit.annotations import annotation_lines, worst_first
from workbench_kit.highlighter import Highlighter
from workbench_kit.line import Line, Piece, painted
from workbench_kit.line_view import LineView
from workbench_kit.marks import heat_tone
from workbench_kit.row_map import RowMap

WINDOW = 200
"""Lines whose colours are computed together."""
LOW = 30
"""Rows of a terminal under which the annotations of a line fold."""

_NO_MARK: Piece = (" ", "")
_BARS = {"hot": "▌", "warm": "▎", "mild": "▏"}


@dataclass(frozen=True, slots=True)
class Heat:
    """Lines ``line`` to ``end_line`` (1-based, inclusive) with a heat above 0 and at most 1."""

    line: int
    end_line: int
    heat: float


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands after the numbers of lines ``line`` to ``end_line``: ``glyph`` at the first, a bar below it."""

    line: int
    end_line: int
    glyph: str
    tone: str


def lines_of(text: str) -> list[str]:
    """The lines of a file as they are shown."""
    return text.removesuffix("\n").split("\n")


class CodeView(LineView[str]):
    """One file; row ``n`` is line ``n + 1``. The text stands at once, its colours come when they are computed.

    In a low terminal the annotations of a line fold to "3 reasons"; ``h`` and ``l`` fold and unfold those of a line.
    """

    SIDEWAYS: ClassVar[bool] = True

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
        self.path = ""
        self.highlighter = highlighter or Highlighter()
        self._spans: dict[int, list[Spans]] = {}
        self._asked: set[int] = set()
        self._said: dict[int, list[Annotation]] = {}
        self._heat: dict[int, float] = {}
        self._marks: dict[int, Piece] = {}
        self._turned: set[int] = set()
        self._widest = 0

    @property
    def line(self) -> int:
        """The line under the cursor, from 1."""
        return self.cursor + 1

    def show_code(
        self,
        path: str,
        text: str,
        annotations: Iterable[Annotation] = (),
        heat: Iterable[Heat] = (),
        line: int = 1,
        marks: Iterable[Mark] = (),
        spans: Mapping[int, list[Spans]] = MappingProxyType({}),
    ) -> None:
        """Show ``text``, the contents of ``path``, with the cursor on ``line``; ``spans`` are the colours known by
        now, by window."""
        self.path = path
        self.source = lines_of(text)
        longest = max(map(len, self.source))
        self._widest = longest if text.isascii() and "\t" not in text else 2 * longest + 8 * text.isascii()
        self._spans = dict(spans)
        self._asked = set(spans)
        self._turned.clear()
        if self.is_mounted:
            self.workers.cancel_group(self, "colours")
        self.annotate(annotations, heat, marks)
        self.go_line(line)

    def annotate(
        self, annotations: Iterable[Annotation], heat: Iterable[Heat] = (), marks: Iterable[Mark] = ()
    ) -> None:
        """Replace what is said under the lines, and the bars and marks beside them."""
        self._said = defaultdict(list)
        for said in worst_first(annotations):
            self._said[min(said.line, len(self.source)) - 1].append(said)
        self._heat = {}
        for part in heat:
            for row in range(part.line - 1, min(part.end_line, len(self.source))):
                self._heat[row] = max(part.heat, self._heat.get(row, 0))
        self._marks = {}
        for mark in marks:
            for row in range(mark.line - 1, mark.end_line):
                self._marks[row] = (mark.glyph if row == mark.line - 1 else "│", mark.tone)
        self.rebuild()

    def go_line(self, line: int) -> None:
        """Put the cursor on ``line``; when it was out of sight it comes to stand in the upper third."""
        self.show_row(line - 1)

    def row_text(self, row: int) -> str:
        return self.source[row].removesuffix("\r")

    def row_lines(self, row: int, width: int) -> Sequence[Line]:
        self._colour(row // WINDOW)
        heat = self._heat.get(row, 0.0)
        tone = heat_tone(heat)
        number = "accent strong" if row == self.cursor else "number"
        gutter = (
            (_BARS.get(tone, " "), tone),
            (f" {row + 1:>{self._digits}}", number),
            self._marks.get(row, _NO_MARK),
            (" ", ""),
        )
        window = self._spans.get(row // WINDOW)
        text = self.row_text(row)
        body: tuple[Piece, ...] = painted(text, window[row % WINDOW]) if window else ((text, ""),)
        return [Line(body, gutter=gutter), *self._under(row, width)]

    def content_width(self) -> int:
        return self._widest + self._margin

    def make_map(self) -> RowMap:
        width = self.size.width or 80
        return RowMap(len(self.source), 1, {row: len(self._under(row, width)) for row in self._said})

    def fold(self, folded: bool) -> None:
        if len(self._said.get(self.cursor, ())) < 2:
            super().fold(folded)
        elif self._folded(self.cursor) != folded:
            self._turned ^= {self.cursor}
            self.rebuild()
            self.reveal()

    def on_resize(self, event: events.Resize) -> None:
        self._turned.clear()

    @property
    def _digits(self) -> int:
        return max(3, len(str(len(self.source))))

    @property
    def _margin(self) -> int:
        return self._digits + 4

    def _folded(self, row: int) -> bool:
        low = self.is_mounted and self.app.size.height < LOW
        return len(self._said.get(row, ())) > 1 and low != (row in self._turned)

    def _under(self, row: int, width: int) -> list[Line]:
        """The lines that stand under code line ``row``."""
        said = self._said.get(row)
        if not said:
            return []
        blank: Piece = (" " * self._margin, "")
        if self._folded(row):
            worst = said[0].tone
            return [Line(((f"{GLYPHS[worst]} {len(said)} reasons", worst),), gutter=(blank,))]
        return [line for one in said for line in annotation_lines(one, blank, width - self._margin)]

    def _colour(self, number: int) -> None:
        """Ask once for the colours of a window; they are painted when they come."""
        if number not in self._asked and self.path:
            self._asked.add(number)
            doing: Callable[[], Awaitable[None]] = partial(self._coloured, number)
            self.run_worker(doing, group="colours", exit_on_error=False)

    async def _coloured(self, number: int) -> None:
        start = number * WINDOW
        spans = await self.highlighter.spans(self.path, self.source, start, start + WINDOW)
        self._spans[number] = spans
        first, _ = self.map.at(self.scroll_offset.y)
        last, _ = self.map.at(self.scroll_offset.y + self.size.height)
        self.rows_changed(*range(max(first, start), min(last + 1, start + len(spans))))
