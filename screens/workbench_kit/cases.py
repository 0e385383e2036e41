"""A recent case as the start screen lists it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecentCase:
    """A case that was opened before: its id, title, repository and how long ago that was."""

    id: str
    title: str
    repo: str
    ago: str
