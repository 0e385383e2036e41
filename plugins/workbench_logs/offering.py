"""What is said where no log source was given: the likely ones, which are offered and not read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.api import likely


@dataclass(frozen=True)
class Said:
    """The summary of a reading."""

    summary: str


def offer(repo: str) -> list[Said]:
    """For a worker: that no log was read, and which there are."""
    found = likely(Path(repo))
    there = f"; likely here: {', '.join(found)}" if found else ""
    return [Said(f"no log source was given, so no log was read{there}")]
