"""Whether a run of everything would find tests in a file that it has not seen."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from workbench.case.testing import Searched


def is_searched(path: str, searched: Searched) -> bool:
    """Whether a run that looks for tests as ``searched`` says would look into ``path``, relative to the repository.

    As pytest matches: a pattern with a slash is of the whole path, another of a name alone.
    """
    if any(_lies(path, passed) for passed in searched.passed):
        return False
    if not any(_matches(path, name) for name in searched.names):
        return False
    return any(_lies(path, start) and not _is_skipped(path, start, searched.skipped) for start in searched.starts)


def _lies(path: str, place: str) -> bool:
    return not place or path == place or path.startswith(f"{place}/")


def _is_skipped(path: str, start: str, patterns: tuple[str, ...]) -> bool:
    """Whether a folder between ``start`` and ``path`` is left out by its name."""
    folders = [at.as_posix() for at in PurePosixPath(path).parents]
    inside = [at for at in folders if at != "." and at != start and _lies(at, start)]
    return any(_matches(folder, pattern) for folder in inside for pattern in patterns)


def _matches(path: str, pattern: str) -> bool:
    if "/" in pattern:
        return fnmatchcase(f"/{path}", pattern if pattern.startswith("/") else f"*/{pattern}")
    return fnmatchcase(PurePosixPath(path).name, pattern)
