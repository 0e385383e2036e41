"""A log book that grows: files are looked at for what comes, through rotation and truncation; programs run on."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from workbench.analysis.logs.rows.model import LogFile
from workbench.analysis.logs.rows.read import found_file
from workbench.api import Chunk, Command, Feed, Output
from workbench.case.logs import FeedFile
from workbench.engine.drive import UntrustedError
from workbench.engine.logs.book import LogBook
from workbench.engine.process.commands import CommandMissingError
from workbench.engine.services import Services

PERIOD = 0.3
"""Seconds between two looks."""
MOST = 8 << 20
"""Bytes that one look takes of a file."""
FOREVER = 30 * 86400.0
UNFOLLOWED = "it cannot be followed; what it had was read"


@dataclass
class Growing:
    """One file that is followed: its number in the book (None: not there yet) and how many bytes of it are indexed.

    ``still`` is its size at the last look: a line without an end is taken when nothing was added to it since.
    """

    file: FeedFile
    number: int | None = None
    end: int = 0
    still: int = -1


@dataclass(frozen=True, slots=True)
class Came:
    """What a look found: a range of whole lines, another file under the same name, or a file that was cut."""

    start: int = 0
    end: int = 0
    another: bool = False
    cut: bool = False


@dataclass
class Growth:
    """Looks every PERIOD. ``truncated`` is called with the name of a file that was cut: its rows mean nothing now."""

    book: LogBook
    services: Services
    truncated: Callable[[str], None]
    growing: list[Growing] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None
    _programs: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self, feeds: Sequence[Feed]) -> None:
        """Follow what ``feeds`` gave: files where they are, the programs of the others."""
        scratch = self.services.feeds.scratch()
        local = {survey.path: number for number, survey in enumerate(self.book.surveys)}
        for feed in feeds:
            own = [file for file in feed.files if not file.path.startswith(scratch)]
            self.growing += [
                Growing(file, local[file.path], self.book.surveys[local[file.path]].size or 0)
                for file in own
                if file.path in local
            ]
            if not own and not feed.programs:
                self.book.denied.append(f"{feed.name}: {UNFOLLOWED}")
            for argv in () if own else feed.programs:
                formats = next((file.formats for file in feed.files), ())
                spool = FeedFile(str(Path(scratch) / f"{secrets.token_hex(8)}.log"), label=feed.name, formats=formats)
                self.growing.append(Growing(spool))
                self._programs.append(asyncio.create_task(self._program(feed, argv, spool.path)))
        self._task = asyncio.create_task(self._look_on())

    async def close(self) -> None:
        """Look no more; what was left running ends."""
        tasks = [
            task for task in (self._task, *self._programs) if task is not None and task is not asyncio.current_task()
        ]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _program(self, feed: Feed, argv: tuple[str, ...], spool: str) -> None:
        command = Command(argv, nothing, timeout=FOREVER, executes=feed.executes, spool=spool, merged=True)
        try:
            await self.services.work.run(command)
            self.book.denied.append(f"{feed.name}: the program that was followed ended")
        except (UntrustedError, CommandMissingError, OSError) as error:
            self.book.denied.append(f"{feed.name}: not followed: {error}")

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            for each in self.growing:
                with suppress(OSError):
                    if await self._look(each):
                        return

    async def _look(self, each: Growing) -> bool:
        """Take what came to one file; True when the book is of no use any more."""
        if each.number is None:
            if await asyncio.to_thread(_has_line, each.file.path):
                await self._enter(each)
            return False
        came = await asyncio.to_thread(_came, self.book.files[each.number], each)
        if came.cut:
            self.truncated(each.file.label or each.file.path)
            return True
        if came.end > came.start:
            job = self.services.jobs.start("log grows", self.book.grow(each.number, came.start, came.end))
            await job.wait()
            each.end = came.end
        elif came.another:
            await self._enter(each)
        return False

    async def _enter(self, each: Growing) -> None:
        number = await self.book.add(each.file)
        if number is not None:
            each.number, each.end, each.still = number, 0, -1


def nothing(output: Output) -> list[Chunk]:
    """What a followed program printed is read from its spool."""
    return []


def _has_line(path: str) -> bool:
    file = Path(path)
    if not file.exists():
        return False
    with file.open("rb") as stream:
        return b"\n" in stream.read(MOST)


def _came(file: LogFile, each: Growing) -> Came:
    fd = found_file(file)
    if fd < 0:
        return Came(another=Path(file.path).exists())
    try:
        size = os.fstat(fd).st_size
        if size < each.end:
            return Came(cut=True)
        data = os.pread(fd, min(MOST, size - each.end), each.end)
    finally:
        os.close(fd)
    end = data.rfind(b"\n") + 1
    if not end and data and (size == each.still or len(data) == MOST):
        end = len(data)
    each.still = size
    if end:
        return Came(each.end, each.end + end)
    with suppress(OSError):
        return Came(another=Path(file.path).stat().st_ino != file.inode)
    return Came()
