"""Change events from files that other systems wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.api import Change, Chunk, Deployed, Host, Report, Step, Subject
from workbench_changes.formats import NotEventsError, read_events, running

LARGEST = 32 << 20
"""Bytes of a file that are read at most."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one file told; ``problem`` says why it told nothing."""

    name: str
    changes: tuple[Change, ...] = ()
    deployed: Deployed | None = None
    problem: str = ""


class ChangesAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One chunk a file."""
        for name in subject.change_sources:
            yield Chunk(read_file, (name,))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """The events of all files."""
        told = [item for item in results if isinstance(item, Told)]
        if not told:
            return Report(summary="no change events were given: --changes FILE reads them")
        changes = tuple(change for each in told for change in each.changes)
        problems = "".join(f"; {each.name}: {each.problem}" for each in told if each.problem)
        latest = max((each.deployed for each in told if each.deployed), key=_when, default=None)
        return Report(summary=f"{len(changes)} events{problems}", changes=changes, deployed=latest)


def _when(deployed: Deployed) -> float:
    return deployed.at.timestamp() if deployed.at else 0.0


def read_file(name: str) -> list[Told]:
    """The events of one file."""
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        return [Told(name, problem=error.strerror or str(error))]
    if len(data) > LARGEST:
        return [Told(name, problem=f"{len(data)} bytes are more than is read")]
    try:
        changes = read_events(data.decode("utf-8", "replace"), Path(name).name)
    except NotEventsError as error:
        return [Told(name, problem=str(error))]
    return [Told(name, tuple(changes), running(changes, Path(name).name))]
