"""Reading what a log book holds: rows, records, texts, the next error, and the code that a row leads to."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from contextlib import suppress

from workbench.analysis.logs.rows.code import Template, code_of
from workbench.analysis.logs.rows.match import BadPatternError, Query, spans_in
from workbench.analysis.logs.rows.model import ERRORS, placed
from workbench.analysis.logs.rows.read import LONGEST, columns_of, lines_at, next_flag, record_at, row_at_time
from workbench.analysis.logs.rows.shown import Shown
from workbench.analysis.logs.rows.unfold import unfolded
from workbench.analysis.logs.scan.sample import decode
from workbench.api import Chunk
from workbench.engine.logs.book import LogBook
from workbench.engine.process.call import Priority
from workbench.engine.process.pool import WorkerDied
from workbench.engine.services import Services

NEAR = 50_000
"""Rows after a time in which a text is looked for."""
TOGETHER = 2000
RECORD = 2000
"""Lines of one record that are read at most."""
SPANS = 1.0
"""Seconds that a pattern may take for the rows in sight."""

Spans = tuple[tuple[int, int], ...]


class BookReader:
    """Reads ``book``, off the loop; there is nothing to read where it is None."""

    def __init__(self, services: Services) -> None:
        self.book: LogBook | None = None
        self._services = services

    async def lines(self, rows: Sequence[int]) -> list[Shown]:
        """Rows as they are shown; fewer when the log is read anew meanwhile."""
        book = self.book
        return await asyncio.to_thread(book.lines, [row for row in rows if row < book.rows]) if book is not None else []

    async def spans(self, lines: Sequence[str], query: Query) -> list[Spans]:
        """Where the pattern stands in each line; nowhere when it takes too long."""
        chunk = Chunk(spans_in, (tuple(lines), query), timeout=SPANS)
        with suppress(TimeoutError, BadPatternError, WorkerDied, MemoryError):
            return await self._services.pool.run_chunk(chunk, Priority.PROMPT)
        return [() for _ in lines]

    async def next_error(self, row: int, step: int) -> int | None:
        """The next error after (``step`` 1) or before (-1) ``row``."""
        book = self.book
        return await asyncio.to_thread(next_flag, book.book, ERRORS, row, book.rows, step) if book else None

    async def record(self, row: int) -> tuple[int, list[str]]:
        """The first row of the record that ``row`` is in, and its lines."""
        book = self.book
        return await asyncio.to_thread(_record, book, row) if book is not None and row < book.rows else (row, [])

    async def unfolded(self, lines: Sequence[str]) -> list[str]:
        """The lines of a traceback that a record of one line holds."""
        return await asyncio.to_thread(unfolded, lines)

    async def texts(self, rows: Sequence[int]) -> list[str]:
        """The lines of ``rows`` as they were written."""
        book = self.book
        return await asyncio.to_thread(_texts, book, rows) if book is not None else []

    async def whence(self, rows: Sequence[int]) -> list[str]:
        """The files that ``rows`` are from, each once."""
        book = self.book
        return await asyncio.to_thread(_whence, book, rows) if book is not None else []

    async def find(self, words: Sequence[str], at: float | None) -> int | None:
        """The first record with a line that holds all ``words``: from the time ``at`` on, else from the first row on.

        NEAR rows are looked at; where none of them holds the words it is the first record at that time.
        """
        book = self.book
        if book is None:
            return None
        start = await asyncio.to_thread(row_at_time, book.book, float(int(at)), book.rows) if at is not None else 0
        for first in dict.fromkeys((start, 0)):
            row = await asyncio.to_thread(_holding, book, words, first, min(book.rows, first + NEAR))
            if row is not None:
                return (await self.record(row))[0]
        return start if at is not None and start < book.rows else None

    async def code(self, row: int, templates: Sequence[Template]) -> tuple[str, int] | None:
        """Path and line that ``row`` leads to: its frame, or the call that wrote its message."""
        first, record = await self.record(row)
        if not record or self.book is None:
            return None
        root = str(self._services.repository.root)
        paths = tuple(await self._services.repository.files())
        at = min(row - first, len(record) - 1)
        arguments = (tuple(record), at, self.book.formats, root, paths, tuple(templates))
        found = await self._services.pool.run_chunk(Chunk(code_of, arguments, timeout=20), Priority.PROMPT)
        return found[0] if found else None


def _record(book: LogBook, row: int) -> tuple[int, list[str]]:
    first, after = record_at(book.book, row, book.rows)
    first = max(first, row - RECORD // 2)
    return first, _texts(book, range(first, min(after, first + RECORD)))


def _texts(book: LogBook, rows: Sequence[int]) -> list[str]:
    if isinstance(rows, range):
        places = columns_of(book.book, rows.start, len(rows)).places
    else:
        places = array("Q", (columns_of(book.book, row, 1).places[0] for row in rows))
    return [decode(line) for line in lines_at(book.files, places, LONGEST)]


def _whence(book: LogBook, rows: Sequence[int]) -> list[str]:
    files = (placed(columns_of(book.book, row, 1).places[0])[0] for row in rows if row < book.rows)
    return list(dict.fromkeys(book.files[file].label for file in files))


def _holding(book: LogBook, words: Sequence[str], first: int, end: int) -> int | None:
    wanted = [word.encode() for word in words]
    for start in range(first, end, TOGETHER):
        lines = lines_at(book.files, columns_of(book.book, start, min(TOGETHER, end - start)).places, LONGEST)
        for at, line in enumerate(lines, start):
            if all(word in line for word in wanted):
                return at
    return None
