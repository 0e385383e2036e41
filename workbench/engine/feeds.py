"""From the locations of logs to feeds: the plugin that accepts a location fetches it; each is fetched once."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from workbench.api import Feed, Host, LogSource
from workbench.case.enums import PluginKind
from workbench.engine.drive import UntrustedError, Work
from workbench.engine.logs.formats import Formats, formats_of
from workbench.engine.plugins import Plugins, Registered, missing
from workbench.engine.process.commands import CommandMissingError

_SPOOLS = "spools"
LAST = "files"
"""The log source that takes what no other one does."""


class Feeds:
    """The feeds of one session and the folder of their spools. Lives on one asyncio loop."""

    def __init__(self, plugins: Plugins, work: Work, root: Path, cache: Path) -> None:
        self._plugins = plugins
        self._work = work
        self._root = root
        self._cache = cache
        self._scratch = ""
        self._reading: dict[str, asyncio.Task[Feed]] = {}
        self._formats: Formats | None = None

    async def read(self, location: str, host: Host) -> Feed:
        """The feed of ``location``; one that cannot be fetched is a feed without files whose ``denied`` says why."""
        if location not in self._reading:
            self._reading[location] = asyncio.create_task(self._read(location, host))
        return await asyncio.shield(self._reading[location])

    def fetched(self, location: str) -> bool:
        """Whether ``location`` was asked for in this session."""
        return location in self._reading

    def refresh(self) -> None:
        """Fetch anew what is asked for from now on; the spools that were fetched stay until the end."""
        self._reading = {location: task for location, task in self._reading.items() if not task.done()}

    def scratch(self) -> str:
        """The folder of the spools, made when first asked for; what dead processes left is swept."""
        if not self._scratch:
            folder = self._cache / _SPOOLS
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for old in folder.iterdir():
                if not _alive(old.name.split("-")[0]):
                    shutil.rmtree(old, ignore_errors=True)
            self._scratch = tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=folder)
        return self._scratch

    def close(self) -> None:
        """Stop what is fetched and remove the spools."""
        for task in self._reading.values():
            task.cancel()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    async def _read(self, location: str, host: Host) -> Feed:
        plugin, source = self._source(location)
        if plugin is None or source is None:
            return Feed(location, (), (f"{location}: no log source reads this",))
        absent = missing(plugin.needs, self._root)
        if absent:
            return Feed(location, (), (f"not available: {', '.join(absent)}",))
        kept: list[Any] = []

        async def done(results: list[Any]) -> None:
            kept.extend(results)

        try:
            await self._work.each(source.plan(location, host), done)
            return await self._formatted(source.fold(location, kept))
        except (UntrustedError, CommandMissingError) as refused:
            return Feed(location, (), (str(refused),))
        except Exception as failure:  # noqa: BLE001 - the plugin seam: a source that fails says so in its facts
            return Feed(location, (), (f"failed: {type(failure).__name__}: {failure}",))

    async def _formatted(self, feed: Feed) -> Feed:
        if self._formats is None:
            self._formats = await asyncio.to_thread(formats_of, self._plugins)
        return self._formats.on(feed)

    def _source(self, location: str) -> tuple[Registered | None, LogSource | None]:
        found = sorted(self._plugins.of(PluginKind.LOG_SOURCE), key=lambda plugin: plugin.name == LAST)
        for plugin in found:
            source: LogSource = plugin.make()
            if source.accepts(location):
                return plugin, source
        return None, None


def _alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
