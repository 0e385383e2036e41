"""What can be followed: files by looking, programs by reading what they print."""

from __future__ import annotations

import argparse
import asyncio
import os
import select
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from workbench.analysis.logs.tail import MOST, Grown, Tail
from workbench.api import Feed
from workbench.engine.described.registry import plugins_here
from workbench.engine.drive import Work
from workbench.engine.feeds import Feeds
from workbench.engine.logs.fetching import BareHost
from workbench.engine.logs.following import Growing
from workbench.engine.logs.growth import UNFOLLOWED
from workbench.engine.logs.sources import file_feed, is_file
from workbench.engine.options import from_arguments
from workbench.engine.process.commands import MERGED, Commands
from workbench.engine.process.pool import WorkerPool


class Standard:
    """Standard input while it comes."""

    path = "-"

    def __init__(self, fd: int = 0) -> None:
        self._fd = fd
        self.ended = False

    def look(self) -> Grown:
        """What is there, without waiting."""
        parts: list[bytes] = []
        while not self.ended and sum(map(len, parts)) < MOST and select.select([self._fd], [], [], 0)[0]:
            part = os.read(self._fd, 1 << 16)
            self.ended = not part
            parts.append(part)
        return Grown(b"".join(parts), "ended" if self.ended and parts and not parts[-1] else "")


class Printed:
    """What a program prints while it runs; ``take`` is awaited beside."""

    def __init__(self, label: str) -> None:
        self.path = label
        self._came = bytearray()
        self._ended = ""

    async def take(self, reader: asyncio.StreamReader) -> None:
        """Keep what comes until the program ends; wait while nobody looks."""
        while data := await reader.read(1 << 18):
            self._came += data
            while len(self._came) > 4 * MOST:
                await asyncio.sleep(0.05)
        self._ended = "the program that was followed ended"

    def look(self) -> Grown:
        """What came since the last look."""
        data, self._came = bytes(self._came), bytearray()
        happened, self._ended = self._ended, ""
        return Grown(data, happened)


@asynccontextmanager
async def growing(
    locations: Sequence[str], arguments: argparse.Namespace, trusted: bool = True
) -> AsyncIterator[tuple[list[Growing], list[str]]]:
    """What is followed for ``locations``, and what cannot be. A program's log is read once before it is followed.
    Not ``trusted``, locations that name a command of somebody's (``cmd:``) are among what cannot be."""
    options = from_arguments(arguments)
    commands, pool = Commands(), WorkerPool(options.jobs)
    work = Work(pool, commands, lambda command: trusted)
    feeds = Feeds(plugins_here(options), work, Path.cwd(), options.cache)
    host = BareHost(work, feeds)
    found: list[Growing] = []
    denied: list[str] = []
    reading: list[asyncio.Task[None]] = []
    try:
        for location in locations:
            if location == "-":
                found.append(Standard())
            elif is_file(location):
                found += _tails(location, denied)
            else:
                feed = await host.feed(location)
                denied += feed.denied
                found += [Tail(file.path) for file in feed.files]
                if not feed.programs:
                    denied.append(f"{location}: {UNFOLLOWED}")
                for argv in feed.programs:
                    printed = Printed(location)
                    running = await commands.start(argv, stderr=MERGED)
                    reading.append(asyncio.create_task(printed.take(running.read)))
                    found.append(printed)
        yield found, denied
    finally:
        for task in reading:
            task.cancel()
        await commands.close()
        pool.shutdown(wait=False)
        feeds.close()


def _tails(location: str, denied: list[str]) -> list[Growing]:
    """The files there are; a plain path that is not there yet is waited for."""
    feed: Feed = file_feed(location)
    if not feed.files and not any(mark in location for mark in "*?[") and not Path(location).exists():
        return [Tail(location)]
    denied += feed.denied
    return [Tail(file.path) for file in feed.files]
