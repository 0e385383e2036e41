"""The tools of gates: which version one has, and a place of its own for what clashes with the project or another."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.api import Command, CommandMissingError, Output
from workbench.engine.drive import UntrustedError, Work

PATIENCE = 10.0
"""Seconds that a tool may take to name its version."""

INSTALLING = 600.0
"""Seconds that an environment may take to be made."""

READY = "workbench-ready"
"""A file that says that an environment is whole."""

_VERSION = re.compile(r"\d+(?:\.\d+)+[\w.+-]*")
_OF_PACKAGE = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"


class EnvironmentFailedError(Exception):
    """An environment for a gate's tools could not be made; the message has what pip said last."""


class Versions:
    """Versions by tool, each asked for once."""

    def __init__(self, work: Work, interpreter: str) -> None:
        self._work = work
        self._interpreter = interpreter
        self._known: dict[str, str] = {}

    async def named(self, tools: str, programs: Mapping[str, str]) -> str:
        """``tools`` (names, with commas) each with its version, where that can be told: of ``programs``, by name, the
        program is asked, and the project's Python of its packages."""
        return ", ".join([await self._one(tool, programs.get(tool, "")) for tool in tools.split(", ")])

    async def _one(self, tool: str, program: str) -> str:
        if not re.fullmatch(r"[\w.-]+", tool) or _VERSION.search(tool):
            return tool
        key = program or tool
        if key not in self._known:
            argv = (program, "--version") if program else (self._interpreter, "-c", _OF_PACKAGE, tool)
            command = Command(argv, first_version, timeout=PATIENCE, executes=not program)
            try:
                (self._known[key],) = await self._work.run(command)
            except (OSError, TimeoutError, CommandMissingError, UntrustedError):
                self._known[key] = ""
        return f"{tool} {self._known[key]}".rstrip()


def first_version(output: Output) -> list[Any]:
    """The first thing like a version in what a program printed; empty where there is none."""
    found = None if output.exit_code else _VERSION.search((output.stdout + output.stderr).decode("utf-8", "replace"))
    return [found[0] if found else ""]


async def environment_of(work: Work, cache: Path, requirements: Sequence[str]) -> Path:
    """The folder of programs of an environment that holds ``requirements`` (as pip takes them), made when it is first
    asked for and kept in ``cache``. Raises EnvironmentFailedError."""
    key = hashlib.sha256("\0".join((sys.version, *requirements)).encode()).hexdigest()[:16]
    folder = cache / "tools" / key
    programs = folder / "bin"
    if (folder / READY).exists():
        return programs
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    python = str(programs / "python")
    making: tuple[str, ...] = (sys.executable, "-m", "venv", str(folder))
    pip: tuple[str, ...] = (python, "-m", "pip")
    if find_spec("pip"):  # ours installs into it: the environment needs none of its own
        making, pip = (*making, "--without-pip"), (sys.executable, "-m", "pip", "--python", python)
    install = (*pip, "install", "--quiet", "--disable-pip-version-check", "--", *requirements)
    for argv in (making, install):
        (problem,) = await work.run(Command(argv, failure, timeout=INSTALLING, executes=True))
        if problem:
            raise EnvironmentFailedError(f"no environment with {', '.join(requirements)}: {problem}")
    await asyncio.to_thread((folder / READY).touch)
    return programs


def failure(output: Output) -> list[Any]:
    """What a program that failed said last; empty where it did not fail."""
    if not output.exit_code and not output.timed_out:
        return [""]
    lines = (output.stderr or output.stdout).decode("utf-8", "replace").strip().splitlines()
    return [lines[-1][:300] if lines else f"it ended with {output.exit_code}"]
