"""A log source that is any program which prints log lines: ``NAME:WHERE`` is what it is asked for."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.api import Command, Feed, FeedFile, Host, Known, Output, Step
from workbench.engine.described.words import filled

OUTPUTS = ("lines",)


@dataclass(frozen=True, slots=True)
class Described:
    """One source as it was described. In ``command`` and ``follow``, ``{where}`` (what stands after ``NAME:``) and
    ``{root}`` are filled in; ``follow`` goes on printing new lines, and may be empty; ``problem`` says why the
    description cannot be used."""

    name: str
    command: tuple[str, ...]
    follow: tuple[str, ...] = ()
    timeout: float = 300.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the program ended, and what it complained of."""

    exit_code: int
    said: tuple[str, ...]
    timed_out: bool
    seconds: float


class CommandSource:
    """Implements :class:`workbench.api.LogSource`."""

    def __init__(self, described: Described, root: str) -> None:
        self._described = described
        self._root = root

    def accepts(self, location: str) -> bool:
        """``NAME:WHERE``."""
        return location.startswith(f"{self._described.name}:")

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """The program, its output in a file of the session."""
        described = self._described
        if not described.problem:
            spool = str(Path(host.scratch()) / f"{secrets.token_hex(8)}.log")
            yield Known((spool,))
            argv = self._filled(described.command, location)
            yield Command(argv, ended, timeout=described.timeout, executes=True, spool=spool)

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """Its output; what it complained of is denied where it failed, else a note."""
        described = self._described
        if described.problem:
            return Feed(location, (), (described.problem,))
        spool, end = results
        files = (FeedFile(spool, label=location),) if Path(spool).exists() and Path(spool).stat().st_size else ()
        said = tuple(f"{location}: {line}" for line in end.said)
        denied = list(said) if end.exit_code or not files else []
        if end.timed_out:
            denied.append(f"{location}: stopped after {end.seconds:.0f} s; what came by then was read")
        elif end.exit_code:
            denied.append(f"{location}: {described.command[0]} ended with exit code {end.exit_code}")
        elif not files and not said:
            denied.append(f"{location}: it gave no line at all, which is not the same as no errors")
        notes, follow = () if denied else said, self._filled(described.follow, location)
        return Feed(location, files, tuple(denied), notes, follow, executes=True)

    def _filled(self, words: tuple[str, ...], location: str) -> tuple[str, ...]:
        where = location.removeprefix(f"{self._described.name}:")
        return filled(words, {"where": where, "root": self._root})


def ended(output: Output) -> list[Ended]:
    """For a worker: how it ended, with at most ten lines of complaint."""
    said = [line.strip()[:300] for line in output.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return [Ended(output.exit_code, tuple(said[:10]), output.timed_out, output.seconds)]
