"""Where a file of the past stands today, by the renames that git sees (similar to 50 % at least). Pure."""

from __future__ import annotations

from collections.abc import Sequence

LOG = ("log", "--format=", "--find-renames", "--diff-filter=R", "--name-status", "-z", "--max-count=2000")
"""Of git, what :func:`renames` reads: the last two thousand commits that renamed a file, newest first."""


def renames(log: bytes) -> list[tuple[str, str]]:
    """(old, new) of every rename in git's answer to ``LOG``, the oldest first."""
    fields = [field for field in log.decode("utf-8", "surrogateescape").split("\0") if field.strip("\n")]
    found = [(fields[at + 1], fields[at + 2]) for at in range(0, len(fields) - 2, 3)]
    return found[::-1]


def followed(path: str, moves: Sequence[tuple[str, str]]) -> str:
    """What ``path`` is called after ``moves``."""
    for old, new in moves:
        if path == old:
            path = new
    return path
