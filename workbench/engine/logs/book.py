"""The rows of one or more logs, indexed in worker processes and kept on disk; read on demand."""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.analysis.logs.header.format import Format
from workbench.analysis.logs.rows.index import index_range
from workbench.analysis.logs.rows.merge import append
from workbench.analysis.logs.rows.model import Book, Columns, LogFile, Part, placed
from workbench.analysis.logs.rows.names import source_names
from workbench.analysis.logs.rows.read import columns_of, lines_at
from workbench.analysis.logs.rows.shown import Shown, shown
from workbench.analysis.logs.rows.timeline import Timeline
from workbench.analysis.logs.rows.unpack import plain, ranges
from workbench.analysis.logs.scan.part import Survey
from workbench.api import Chunk
from workbench.case.logs import FeedFile
from workbench.engine.process.call import Priority
from workbench.engine.process.pool import WorkerPool

AHEAD = 2
"""Ranges that are indexed at once."""
LIMIT = 120.0
"""Seconds that one range may take."""


@dataclass
class Waiting:
    """One file on its way into the book: ranges to index, ranges being indexed, parts that wait for their turn."""

    number: int
    survey: Survey
    ranges: deque[tuple[int, int]]
    tasks: deque[asyncio.Task[Part]] = field(default_factory=deque)
    parts: list[str] = field(default_factory=list)
    reached: float = -math.inf

    @property
    def ended(self) -> bool:
        """Whether all of it was indexed."""
        return not self.ranges and not self.tasks


class LogBook:
    """Rows in order of time. ``changed`` is called as there are more; ``denied`` says what could not be read; ``done``
    ranges are indexed, of ``of``."""

    def __init__(self, pool: WorkerPool, scratch: str, changed: Callable[[], None]) -> None:
        self.rows = self.errors = self.done = self.of = 0
        self.timeline = Timeline()
        self.files: list[LogFile] = []
        self.denied: list[str] = []
        self.surveys: list[Survey] = []
        self._names: list[str] = []
        self._scratch = tempfile.mkdtemp(prefix="rows-", dir=scratch)
        self.book = Book(self._scratch)
        for column in self.book.columns:
            column.touch()
        self._pool = pool
        self._changed = changed

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats of all files together."""
        return tuple(dict.fromkeys(each for survey in self.surveys for each in survey.learned.formats))

    @property
    def names(self) -> Sequence[str]:
        """What each file is called beside its rows; empty names where all are of one log."""
        if len(self._names) != len(self.files):
            self._names = source_names(self.files)
        return self._names

    async def read(self, files: Sequence[FeedFile]) -> None:
        """Index ``files`` to their ends; what can be ordered already is in the book all the while."""
        found = [each for each in await asyncio.gather(*map(self._survey, files)) if each is not None]
        waiting = []
        for file, survey in found:
            waiting.append(await self._enter(file, survey))
        await self._fill(waiting)

    async def grow(self, number: int, start: int, end: int) -> None:
        """Index what came to file ``number``: bytes ``start`` to ``end``, whole lines."""
        survey = replace(self.surveys[number], size=end)
        await self._fill([Waiting(number, survey, deque([(start, end)]))])

    async def add(self, file: FeedFile) -> int | None:
        """Enter a file that came to be while the book was followed; its number, None when it cannot be read."""
        found = await self._survey(file)
        if found is None:
            return None
        waiting = await self._enter(*found)
        waiting.ranges.clear()
        return waiting.number

    async def _survey(self, file: FeedFile) -> tuple[LogFile, Survey] | None:
        try:
            survey: Survey
            step = Chunk(plain, (file.path, self._scratch, file.formats), timeout=LIMIT)
            (survey,) = await self._chunk(step, Priority.INTERACTIVE)
            inode = (await asyncio.to_thread(Path(survey.path).stat)).st_ino
        except (OSError, TimeoutError) as error:
            self.denied.append(f"{file.label or file.path}: {getattr(error, 'strerror', '') or error}")
            return None
        return LogFile(survey.path, file.label or file.path, file.host, inode), survey

    async def _enter(self, file: LogFile, survey: Survey) -> Waiting:
        self.files.append(file)
        self.surveys.append(survey)
        try:
            todo = (
                await self._chunk(Chunk(ranges, (survey,), timeout=LIMIT), Priority.INTERACTIVE) if survey.size else []
            )
        except OSError as error:
            self.denied.append(f"{file.label}: {error.strerror or error}")
            todo = []
        self.of += len(todo)
        return Waiting(len(self.files) - 1, survey, deque(todo))

    async def _fill(self, waiting: list[Waiting]) -> None:
        """Index the ranges of every file; add rows up to the time that every file has reached."""
        ahead = AHEAD if len(waiting) == 1 else 1
        try:
            while waiting:
                for each in waiting:
                    while each.ranges and len(each.tasks) < ahead and not each.parts:
                        each.tasks.append(asyncio.create_task(self._index(each, *each.ranges.popleft())))
                for each in waiting:
                    if not each.parts and each.tasks:
                        await self._take(each, each.tasks.popleft())
                await self._append(waiting)
                waiting = [each for each in waiting if not each.ended or each.parts]
        finally:
            for each in waiting:
                for task in each.tasks:
                    task.cancel()

    async def _index(self, each: Waiting, start: int, end: int) -> Part:
        part: Part
        (part,) = await self._chunk(
            Chunk(index_range, (each.survey, each.number, start, end, self._scratch), timeout=LIMIT),
            Priority.BACKGROUND if start else Priority.INTERACTIVE,
        )
        return part

    async def _take(self, each: Waiting, task: asyncio.Task[Part]) -> None:
        try:
            part = await task
        except (OSError, TimeoutError) as error:
            self.denied.append(f"{self.files[each.number].label}: a part was not read: {error}")
            return
        self.done += 1
        each.parts.append(part.kept)
        each.reached = max(each.reached, part.last)
        self.timeline = await asyncio.to_thread(self.timeline.plus, part.timeline)
        self.errors += part.errors

    async def _append(self, waiting: Sequence[Waiting]) -> None:
        until = min((each.reached for each in waiting if not each.ended), default=math.inf)
        if len(waiting) == 1:
            until = math.inf
        kept = [tuple(each.parts) for each in waiting]
        if not any(kept):
            return
        ((count, rests),) = await self._chunk(
            Chunk(append, (self.book, kept, until, self._scratch), timeout=LIMIT), Priority.INTERACTIVE
        )
        for each, rest in zip(waiting, rests, strict=True):
            each.parts = [rest] if rest else []
        self.rows += count
        self._changed()

    async def _chunk(self, chunk: Chunk, priority: Priority = Priority.BACKGROUND) -> list[Any]:
        return await self._pool.run_chunk(chunk, priority)

    def lines(self, rows: Sequence[int]) -> list[Shown]:
        """Rows as they are shown. Reads files: call it in a thread, with some hundred rows at most."""
        found = Columns()
        at = 0
        while at < len(rows):
            end = at + 1
            while end < len(rows) and rows[end] == rows[end - 1] + 1:
                end += 1
            run = columns_of(self.book, rows[at], end - at)
            found.places += run.places
            found.times += run.times
            found.flags += run.flags
            at = end
        files = [placed(number)[0] for number in found.places]
        lines = lines_at(self.files, found.places)
        return [
            shown(line, flags, time, self.surveys[file].learned.formats, file)
            for line, flags, time, file in zip(lines, found.flags, found.times, files, strict=True)
        ]
