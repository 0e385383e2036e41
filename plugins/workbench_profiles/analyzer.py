"""Reads every profile in a worker, and compares those that were given in pairs."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Host, Report, Step, Subject
from workbench_profiles.charge import charge
from workbench_profiles.compare import compared
from workbench_profiles.model import ProfileError

LIMIT = 120.0
"""Seconds that reading one pair may take."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one profile or pair gave, in one line."""

    text: str


class ProfilesAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One chunk for each profile or pair."""
        paths = tuple(subject.paths)
        for given in subject.inputs.get("profile", ()):
            yield Chunk(compare_files, (subject.repo, paths, *_pair(given)), timeout=LIMIT)

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """Findings were reported as they came; here what was read."""
        said = [item.text for item in results if isinstance(item, _Said)]
        return Report(summary="; ".join(said) or "no profile was read")


def compare_files(repo: str, paths: Sequence[str], good: str, bad: str) -> list[Any]:
    """The report of one pair (``good`` may be empty); a file that is no profile is said."""
    try:
        (after,) = charge(repo, paths, bad)
        before = charge(repo, paths, good)[0] if good else None
        if before is not None and before.unit != after.unit:
            raise ProfileError(f"{before.name} counts {before.unit} and {after.name} {after.unit}: they do not compare")
    except ProfileError as error:
        return [_Said(f"not read: {error}")]
    findings, boosts = compared(before, after)
    ours = sum(spot.weight for spot in after.spots.values()) / max(after.total, 1e-12)
    pair = f"{before.name} and {after.name}" if before is not None else after.name
    text = f"{pair} ({after.format}): {len(findings)} places, {ours:.0%} of it under code of this repository"
    return [Report(findings=tuple(findings), boosts=tuple(boosts)), _Said(text)]


def _pair(given: str) -> tuple[str, str]:
    """``GOOD,BAD`` as absolute paths; a file whose name has a comma in it is one profile."""
    good, comma, bad = given.partition(",")
    if not comma or Path(given).exists():
        return "", os.path.abspath(given)  # noqa: PTH100 - a path as typed, dots and links kept apart
    return os.path.abspath(good), os.path.abspath(bad)  # noqa: PTH100 - as above
