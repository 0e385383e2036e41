"""What a case shows and is no event: code of its repository and the log around its errors, secrets and e-mail
addresses masked.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.analysis.redact import redact, redact_bytes
from workbench.case.state import CaseState
from workbench.engine.logs.sources import file_feed, is_file
from workbench.engine.options import from_arguments
from workbench.engine.repo.repository import Repository, RepositoryError
from workbench.engine.store.base import BLOB_LIMIT, cut
from workbench.engine.together.change import answered
from workbench.engine.views import merged

CODE = 1 << 20
"""Bytes of a file of code that are sent at most."""
AROUND = 12
"""Lines before and after each sample that are sent of a log."""
LINES = 600
"""Lines of a log that are sent at most."""
LOOKED = 256 << 20
"""Bytes of a log that are looked through for its samples."""
WIDE = 2000
"""Bytes of a line of a log that are sent at most."""


class Shown:
    """Of the case as ``state`` gives it. Synchronous; what is not of the repository's own files does not exist here.
    ``masked`` is how many secrets and addresses were masked in what was shown.
    """

    def __init__(self, state: Callable[[], CaseState]) -> None:
        self.masked = 0
        self._state = state
        self._repository: Repository | None = None

    def clean(self, data: bytes) -> bytes:
        """``data`` as it may be shared."""
        clean, masked = redact_bytes(cut(data), emails=True)
        self.masked += masked
        return clean

    def code(self, path: str) -> bytes:
        """A file that git tracks, or would. Raises KeyError for any other."""
        try:
            return asyncio.run(self._read(path))
        except (OSError, RepositoryError, ValueError):
            raise KeyError(path) from None

    async def _read(self, path: str) -> bytes:
        repository = await self._opened()
        if path not in await repository.files():
            raise KeyError(path)
        return self.clean((await repository.read_file(path))[:CODE])

    async def _opened(self) -> Repository:
        if self._repository is None:
            self._repository = await Repository.open(Path(self._state().repo))
        return self._repository

    def change(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The change as ``message`` wants it. Raises KeyError where there is no git repository, and WireError."""
        try:
            repository = asyncio.run(self._opened())
        except (OSError, RepositoryError):
            raise KeyError("change") from None
        if not repository.is_git:
            raise KeyError("change")
        cache = from_arguments(Namespace()).cache
        told, masked = answered(message, repository.facts, self._state().base, cache)
        self.masked += masked
        return told

    def sources(self, question: Mapping[str, Any]) -> list[str]:
        """The logs that a question names, as the case has them: a joiner knows them without the addresses in them.

        Raises KeyError for any other: what is read here is for who is here to say.
        """
        named = question.get("log_sources", ())
        if not isinstance(named, list | tuple):
            raise KeyError("log_sources")
        has = self._state().log_sources
        known = {redact(source, emails=True)[0]: source for source in has} | dict(zip(has, has, strict=True))
        return [known[str(each)] for each in named]

    def log(self) -> Mapping[str, bytes]:
        """By the name of each log file of this machine, the lines around what the case shows of it."""
        state = self._state()
        wanted = _samples(state)
        found: dict[str, bytes] = {}
        for location in state.log_sources:
            files = file_feed(location).files if is_file(location) else ()
            for file in files:
                if lines := _around(Path(file.path), wanted):
                    found[file.path] = self.clean(b"".join(lines))[:BLOB_LIMIT]
        return found


def _samples(state: CaseState) -> frozenset[bytes]:
    """The first lines of the records that patterns and errors were seen in."""
    report = merged(state)
    texts = [sample for pattern in report.patterns for sample in pattern.samples]
    texts += [variant.sample for error in report.errors for variant in error.variants]
    return frozenset(text.encode().split(b"\n", 1)[0].rstrip() for text in texts if text.strip())


def _around(path: Path, wanted: frozenset[bytes]) -> list[bytes]:
    """The lines of a file that are ``wanted``, each once, with those around; nothing of what is no plain text."""
    before: list[bytes] = []
    kept: list[bytes] = []
    left, seen = 0, set[bytes]()
    for line in _lines(path):
        bare = line.rstrip()
        if bare in wanted and bare not in seen:
            seen.add(bare)
            kept += [*before, line]
            before, left = [], AROUND
        elif left:
            kept.append(line)
            left -= 1
        else:
            before = [*before[-AROUND + 1 :], line]
        if len(kept) >= LINES or (seen >= wanted and not left):
            break
    return kept[:LINES]


def _lines(path: Path) -> Iterator[bytes]:
    looked = 0
    try:
        with path.open("rb") as file:
            for line in file:
                looked += len(line)
                if looked > LOOKED or b"\0" in line:
                    return
                yield line if len(line) <= WIDE else line[:WIDE] + b"\n"
    except OSError:
        return
