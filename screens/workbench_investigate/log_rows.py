"""The rows that the log panel shows: which of the log's they are, and those of them that were read."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from workbench.analysis.logs.rows.match import Query
from workbench.analysis.logs.rows.shown import Shown
from workbench.engine.logs.looking import Spans
from workbench.engine.logs.viewing import LiveLog
from workbench_investigate.log_query import Mode, Sought

KEPT = 3000
"""Rows that are kept once read."""
AROUND = 60
"""Rows that are read before and after those asked for."""


class LogRows:
    """Rows by their place in the view; ``number`` and ``place`` go from there to the log's numbers and back.

    ``loggers``: a row that was read names who logged it, so that there is a column of them.
    """

    def __init__(self) -> None:
        self.log: LiveLog | None = None
        self.sought = Sought()
        self.wanted: set[int] = set()
        self.loggers = False
        self._widened = False
        self._read: dict[int, Shown] = {}
        self._spans: dict[int, Spans] = {}
        self._book: object = None

    @property
    def filtered(self) -> array[int] | None:
        """The log's numbers of the rows shown; None where all are."""
        search = self.log.searching if self.log is not None else None
        return search.shown if search is not None and self.sought.mode is not Mode.HIGHLIGHT else None

    @property
    def matches(self) -> Sequence[int]:
        """The log's numbers of the rows that match, in order."""
        search = self.log.searching if self.log is not None else None
        return search.rows if search is not None else ()

    @property
    def names(self) -> Sequence[str]:
        """What the files are called beside their rows; none where all rows are of one log."""
        book = self.log.book if self.log is not None else None
        return book.names if book is not None and any(book.names) else ()

    def count(self) -> int:
        """How many rows there are."""
        shown = self.filtered
        return len(shown) if shown is not None else self.log.rows if self.log is not None else 0

    def number(self, place: int) -> int:
        """The log's number of the row at ``place``."""
        shown = self.filtered
        return shown[place] if shown is not None and place < len(shown) else place

    def place(self, number: int) -> int:
        """Where row ``number`` of the log is shown, or the next one that is."""
        shown = self.filtered
        return bisect_left(shown, number) if shown is not None else number

    def match(self, number: int, step: int) -> int | None:
        """The match after or before ``number``, from the other end again where there is none."""
        rows = self.matches
        if not rows:
            return None
        at = bisect_right(rows, number) if step > 0 else bisect_left(rows, number) - 1
        return rows[at % len(rows)]

    def get(self, place: int) -> Shown | None:
        """The row, if it was read; else it is wanted from now on."""
        number = self.number(place)
        found = self._read.get(number)
        if found is None:
            self.wanted.add(place)
        return found

    def spans(self, place: int, row: Shown) -> Spans:
        """Where the matches stand in the text of the row."""
        sought = self.sought
        if not sought.text:
            return ()
        if sought.pattern:
            return self._spans.get(self.number(place), ())
        exact = sought.text != sought.text.lower()
        text, at, made = (row.text if exact else row.text.lower()), 0, []
        while (at := text.find(sought.text, at)) >= 0:
            made.append((at, at + len(sought.text)))
            at += len(sought.text)
        return tuple(made)

    async def load(self) -> set[int]:
        """Read what is wanted, and what is near; gives the places of what was wanted, none when nothing was."""
        wanted, self.wanted = self.wanted, set()
        if not wanted or self.log is None:
            return set()
        first, last = max(0, min(wanted) - AROUND), min(self.count(), min(max(wanted), min(wanted) + 200) + AROUND)
        numbers = [number for number in map(self.number, range(first, last)) if number not in self._read]
        book, sought = self.log.book, self.sought
        rows = await self.log.lines(numbers)
        spans: list[Spans] = []
        if sought.pattern and sought.text:
            spans = await self.log.spans([row.text for row in rows], Query(sought.text, True))
        if book is not self.log.book or sought != self.sought:
            return wanted
        if len(self._read) > KEPT:
            self.forget()
        if not self.loggers and any(row.logger for row in rows):
            self.loggers = self._widened = True
        self._read.update(zip(numbers, rows, strict=False))
        self._spans.update(zip(numbers, spans, strict=False))
        return wanted if rows or not numbers else set()

    def widened(self) -> bool:
        """Whether there is a column more since this was asked last."""
        was, self._widened = self._widened, False
        return was

    def renewed(self) -> bool:
        """Whether another log is shown than before; then nothing of the old one is kept."""
        book = self.log.book if self.log is not None else None
        if book is self._book:
            return False
        self._book = book
        self.loggers = False
        self.forget()
        return True

    def forget(self) -> None:
        """Read everything anew."""
        self._read.clear()
        self._spans.clear()
