"""Searching a log book: in worker processes, piece by piece, going on as the book grows."""

from __future__ import annotations

import asyncio
from array import array

from workbench.analysis.logs.rows.match import (
    ROWS,
    ROWS_BY_PATTERN,
    BadPatternError,
    Query,
    match_rows,
    matcher,
    with_context,
)
from workbench.analysis.logs.rows.read import record_at
from workbench.api import Chunk
from workbench.engine.logs.book import LogBook
from workbench.engine.process.call import Priority
from workbench.engine.process.pool import WorkerDied, WorkerPool

LIMIT = 5.0
"""Seconds that a pattern may take for one piece of the log; beyond, the search ends and says so."""
CONTEXT = 3
"""Rows shown before and after a match."""


class Search:
    """What one query finds.

    ``rows`` are matching rows in order, ``shown`` those to show: the records of the matches where these are asked for,
    and ``context`` rows around them. ``upto`` rows were searched. ``problem`` says why a search ended before its end.
    """

    def __init__(self, query: Query, context: int = 0) -> None:
        self.query = query
        self.context = context
        self.rows: array[int] = array("I")
        self.shown: array[int] = array("I")
        self._whole: array[int] = array("I")
        self.upto = 0
        self.problem = ""
        try:
            matcher(query)
        except BadPatternError as error:
            self.problem = f"no pattern: {error}"

    async def advance(self, book: LogBook, pool: WorkerPool) -> bool:
        """Search one more piece of ``book``; False when there is none, or the search has ended with a problem."""
        if self.problem or self.upto >= book.rows:
            return False
        first, total = self.upto, book.rows
        end = min(total, first + (ROWS_BY_PATTERN if self.query.pattern else ROWS))
        if self.query.whole and end < total:
            _, end = await asyncio.to_thread(record_at, book.book, end, total)
        chunk = Chunk(match_rows, (book.book, tuple(book.files), first, end - first, self.query), timeout=LIMIT)
        try:
            matching, shown = await pool.run_chunk(chunk, Priority.INTERACTIVE)
        except TimeoutError:
            self.problem = f"stopped: the pattern took more than {LIMIT:g} s on rows {first + 1:,} to {end:,}"
            return False
        except (OSError, BadPatternError, WorkerDied, MemoryError) as error:
            self.problem = f"stopped: {error}"
            return False
        self.rows.frombytes(matching)
        self._whole.frombytes(shown)
        self.shown = self._whole
        if self.context:
            self.shown = await asyncio.to_thread(with_context, self._whole, self.context, total)
        self.upto = end
        return True
