"""The user's Python, remembered: looking for it costs two hundred milliseconds, and every save would pay them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.engine.interpreter import Interpreter, discover
from workbench.engine.process.commands import Commands
from workbench.engine.pythons import candidates

Stamp = tuple[tuple[str, int], ...]
"""Paths with the times of their last change (nanoseconds)."""


class KnownPython:
    """The interpreter of the repository at ``root``. It is looked for anew when another one comes first, or when
    something was installed into it or removed. ``settings`` is a file of them that comes before the repository's."""

    def __init__(self, root: Path, commands: Commands, settings: Path | None = None) -> None:
        self._root = root
        self._commands = commands
        self._settings = settings
        self._known: Interpreter | None = None
        self._stamp: Stamp = ()
        self._wanted: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """That of the interpreter as it was found last, "" before that."""
        return self._known.path if self._known is not None else ""

    async def get(self, wanted: Sequence[str] = ("pytest",)) -> Interpreter:
        """The interpreter, with one of the frameworks ``wanted``. Raises NoInterpreterError."""
        stamp = await asyncio.to_thread(stamp_of, self._root, self._settings)
        if self._known is None or not stamp or (stamp, tuple(wanted)) != (self._stamp, self._wanted):
            self._known = await discover(self._root, self._commands, wanted=wanted, settings=self._settings)
            self._stamp, self._wanted = stamp, tuple(wanted)
        return self._known


def stamp_of(root: Path, settings: Path | None = None) -> Stamp:
    """What tells that nothing about the first candidate has changed; empty where that cannot be told. Blocking."""
    paths = (path for path, _ in candidates(root, os.environ, settings) if os.access(path, os.X_OK))
    python = Path(next(paths, ""))
    folders = list(_site_packages(python)) + list(_site_packages(python.resolve()))
    if not folders:
        return ()
    return tuple(sorted({(str(path), path.stat().st_mtime_ns) for path in (python, *folders)}))


def _site_packages(python: Path) -> Iterator[Path]:
    """Where an interpreter's distributions are, its environment's and the one that it was made from."""
    yield from python.parent.parent.glob("lib*/python3*/site-packages")
