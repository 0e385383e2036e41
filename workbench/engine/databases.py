"""The test databases of one repository: each run has its own, filled from a copy that is kept while a session lasts."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from workbench.api import Command
from workbench.engine.interpreter import parse_nothing
from workbench.engine.process.commands import CommandMissingError, Commands, ReaperLostError

IN_TESTS = Path(__file__).parent / "in_tests"
"""What the reporters import in the user's interpreter."""

LONGEST = 20.0
"""Seconds that dropping them may take when a session ends; what is left is dropped by the next run."""


class TestDatabases:
    """Notes and copies of the test databases of the repository at ``root``, below the folder ``cache``."""

    __test__ = False

    def __init__(self, cache: Path, root: Path) -> None:
        named = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
        self._root = root
        self._folder = cache / "databases" / named

    def environment(self, kept: bool, given: Mapping[str, str]) -> dict[str, str]:
        """``given`` with what tells a run's reporter of them; with ``kept`` its databases begin as copies, and copies
        are kept."""
        path = [str(IN_TESTS), *filter(None, [given.get("PYTHONPATH", os.environ.get("PYTHONPATH", ""))])]
        told = {**given, "PYTHONPATH": os.pathsep.join(path), "WORKBENCH_DATABASES": str(self._folder)}
        return {**told, "WORKBENCH_KEEP": "1"} if kept else told

    async def drop(self, commands: Commands, python: str) -> None:
        """Drop all, those on a server by the user's ``python``; nothing where none is known (""): no test ran."""
        if not python:
            return
        if any(self._folder.glob("*.json")):
            argv = (python, "-B", str(IN_TESTS / "workbench_kept_databases.py"), str(self._folder))
            command = Command(argv, parse_nothing, str(self._root), timeout=LONGEST, executes=True)
            with contextlib.suppress(CommandMissingError, ReaperLostError, OSError):
                await commands.run(command)
        if self._folder.is_dir():
            await asyncio.to_thread(_sweep, self._folder)


def _sweep(folder: Path) -> None:
    """Copies go; notes of what could not be dropped stay, for the next run. Blocking."""
    if not any(folder.glob("*.json")):
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.glob("*.sqlite3*"):
        path.unlink(missing_ok=True)
