"""Fetching log sources with no case open: the same plugins and the same engine, without a repository."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.api import Feed, Step
from workbench.case.errors import GitError
from workbench.engine.described.registry import plugins_here
from workbench.engine.drive import Work
from workbench.engine.feeds import Feeds
from workbench.engine.options import from_arguments
from workbench.engine.process.commands import Commands
from workbench.engine.process.pool import WorkerPool


class BareHost:
    """A :class:`workbench.api.Host` without a repository. What was typed on the command line is trusted."""

    def __init__(self, work: Work, feeds: Feeds) -> None:
        self._work = work
        self._feeds = feeds

    @property
    def index_path(self) -> str:
        """There is no index."""
        return ""

    async def run(self, step: Step) -> list[Any]:
        """Run one step now."""
        return await self._work.run(step)

    async def git(self, *args: str) -> bytes:
        """Raises GitError: there is no repository."""
        raise GitError(args, 128, "no repository is open")

    def progress(self, done: int, of: int) -> None:
        """Nobody is shown it."""

    async def ask(self, question: str, choices: Sequence[str]) -> str:
        """Nobody can be asked; the last choice is the one that stops."""
        return choices[-1]

    async def feed(self, location: str) -> Feed:
        """The feed of ``location``."""
        return await self._feeds.read(location, self)

    def scratch(self) -> str:
        """The folder of the spools."""
        return self._feeds.scratch()


@contextmanager
def fetched(locations: Sequence[str], arguments: argparse.Namespace) -> Iterator[list[Feed]]:
    """The feeds of ``locations``, all fetched at once; their spools are gone afterwards."""
    options = from_arguments(arguments)
    plugins = plugins_here(options)
    pool, commands = WorkerPool(options.jobs), Commands()
    work = Work(pool, commands, lambda command: True)
    feeds = Feeds(plugins, work, Path.cwd(), options.cache)
    host = BareHost(work, feeds)

    async def fetch() -> list[Feed]:
        try:
            return list(await asyncio.gather(*(host.feed(location) for location in locations)))
        finally:
            await commands.close()
            pool.shutdown(wait=False)

    try:
        yield asyncio.run(fetch())
    finally:
        feeds.close()
