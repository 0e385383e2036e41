"""Local files: a path, a glob, a folder."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Feed, FeedFile, FoundFiles, Host, Step, find_files

_SCHEME = re.compile(r"[a-z][a-z0-9+]*:(?![\\/]?$)")


class FileSource:
    """Takes what no other source does; a relative path starts where the program was started."""

    def accepts(self, location: str) -> bool:
        """Everything without a scheme, and everything that is there."""
        return not _SCHEME.match(location) or Path(location).exists()

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """Look in a worker: a folder on a network drive may take its time."""
        if location != "-":
            yield Chunk(find, (str(Path(location).expanduser().absolute()),), timeout=60, soon=True)

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The files, and what is missing or closed."""
        if not results:
            return Feed("-", (), ("standard input can only be read by `workbench logs -`",))
        found: FoundFiles = results[0]
        files = tuple(FeedFile(path, "", path) for path in found.files)
        follow = ("tail", "-n", "0", "-F", "--", *found.files) if found.files else ()
        return Feed(location, files, found.denied, found.notes, follow)


def find(location: str) -> list[FoundFiles]:
    """The chunk of :class:`FileSource`."""
    return [find_files(location)]
