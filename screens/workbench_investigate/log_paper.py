"""The paper of the log: any number of rows, read as they come in sight, with the histogram above them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message
from textual.timer import Timer
from workbench_kit.line import Line
from workbench_kit.panel import Panel
from workbench_kit.row_map import RowMap

from workbench.analysis.logs.rows.shown import Shown
from workbench.engine.logs.viewing import LiveLog
from workbench_investigate.log_chart import Marks, axis, bars
from workbench_investigate.log_lines import LOADING, log_line
from workbench_investigate.log_rows import LogRows
from workbench_investigate.log_time import Zone

PERIOD = 0.25
"""Seconds between two looks at a log that grows."""
DAY = 72_000.0
"""Seconds that a log reaches from which on the day is written before every time."""


class LogPaper(Panel):
    """Shows ``rows``. The histogram covers the first TOP lines, which the first row leaves free."""

    TOP: ClassVar[int] = 2

    @dataclass
    class Began(Message):
        """The first rows are there."""

        view: LogPaper

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__((), None, id=id)
        self.rows = LogRows()
        self.stepping = asyncio.Lock()
        """Held while the next of something is looked for: the one after it is looked for from there."""
        self.zone = Zone()
        self.marks = Marks()
        self._due: Timer | None = None
        self._loading = False
        self._charted: object = None
        self._bars = self._axis = Line()

    def look_at(self, log: LiveLog) -> None:
        """Show ``log`` from now on."""
        if self.rows.log is not log:
            self.rows.log = log
            log.subscribe(self._stirred)
            self.renew_rows()

    @property
    def current(self) -> Shown | None:
        """The row under the cursor, once it was read."""
        return self.rows.get(self.cursor) if self.cursor < self.row_count() else None

    def row_count(self) -> int:
        return self.map.count

    def make_map(self) -> RowMap:
        return RowMap(self.rows.count(), 1, {0: self.TOP})

    def row_lines(self, row: int, width: int) -> Sequence[Line]:
        found = self.rows.get(row)
        if found is None:
            self._load()
            line = LOADING
        else:
            rows = self.rows
            line = log_line(found, width, self.zone, rows.spans(row, found), rows.names, rows.loggers)
        return [*([Line()] * (0 if row else self.TOP)), line]

    def row_text(self, row: int) -> str:
        found = self.rows.get(row)
        return found.raw if found is not None else ""

    def marked(self, row: int, part: int, line: Line) -> Line:
        return line if not row and part < self.TOP else super().marked(row, part, line)

    def overlay(self, y: int) -> Line | None:
        if y < self.TOP and self.row_count():
            return self._charted_lines()[y]
        return super().overlay(y)

    def cursor_moved(self, old: int) -> None:
        super().cursor_moved(old)
        self.paint_chart()
        self.tell()

    def show_marks(self, marks: Marks) -> None:
        """Mark changes and the onset on the axis."""
        if (marks.changes, marks.onset) != (self.marks.changes, self.marks.onset):
            self.marks, self._charted = marks, None
            self.paint_chart()

    def in_zone(self, local: bool) -> None:
        """Write times in this machine's zone, or in UTC."""
        self.zone = Zone(local, self.zone.days)
        self.repaint()

    def go_number(self, number: int) -> None:
        """Put the cursor on row ``number`` of the log, or the next one that is shown."""
        self.show_row(self.rows.place(number))

    def at_number(self) -> int:
        """The log's number of the row under the cursor."""
        return self.rows.number(self.cursor)

    def paint_chart(self) -> None:
        """Paint the histogram again if the cursor's mark or the counts are elsewhere."""
        had = self._bars, self._axis
        if self.row_count() and self._charted_lines() != had:
            self.refresh_lines(self.scroll_offset.y, self.TOP)

    def _charted_lines(self) -> tuple[Line, Line]:
        book = self.rows.log.book if self.rows.log is not None else None
        if book is None:
            return Line(), Line()
        row = self.rows.get(self.cursor)
        at = row.at if row is not None and row.at is not None else self.marks.cursor
        marks = Marks(self.marks.changes, self.marks.onset, at)
        drawn = (book.timeline, self.zone, self.scrollable_content_region.width)
        if drawn != self._charted:
            self._charted, self._bars = drawn, bars(*drawn)
            self._axis = axis(book.timeline, marks, *drawn[1:])
        elif marks != self.marks:
            self._axis = axis(book.timeline, marks, *drawn[1:])
        self.marks = marks
        return self._bars, self._axis

    def _load(self) -> None:
        if not self._loading:
            self._loading = True
            self.run_worker(self._loaded(), group="log", exit_on_error=False)

    async def _loaded(self) -> None:
        try:
            while read := await self.rows.load():
                if self.rows.widened():
                    self.repaint()
                self.rows_changed(*read)
                self.paint_chart()
                self.tell()
        finally:
            self._loading = False
        if self.rows.wanted:
            self._load()

    def _stirred(self) -> None:
        """There are more rows or matches: they are shown at most every PERIOD."""
        if self._due is None and self.is_mounted:
            self._due = self.set_timer(PERIOD, self.renew_rows)

    def renew_rows(self) -> None:
        """Show what the log has by now; the cursor stays on its row, or at the end while the log is followed."""
        self._due = None
        log = self.rows.log
        if log is None or not self.is_mounted:
            return
        had, last = self.row_count(), self.cursor >= self.row_count() - 1
        span = log.book.timeline.span if log.book is not None else None
        days = span is not None and span[1] - span[0] > DAY
        count = self.rows.count()
        if self.rows.renewed() or days != self.zone.days or count < had or not had:
            self.zone = Zone(self.zone.local, days)
            self.rebuild()
            self.move_to(count - 1 if log.following and last else self.cursor)
        elif count > had:
            self.follow = log.following and last
            self.grown()
        self.paint_chart()
        self.tell()
        if count and not had:
            self.post_message(self.Began(self))
