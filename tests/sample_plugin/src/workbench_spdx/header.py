"""Whether a file names its licence (https://spdx.dev/learn/handling-license-info/)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

MARK = "SPDX-License-Identifier:"
LINES = 20
ENDINGS = (".py", ".js", ".ts", ".go", ".rs")


def is_source(path: str) -> bool:
    """Whether a licence is expected."""
    return path.endswith(ENDINGS)


def without(root: str, paths: Iterable[str]) -> list[str]:
    """For a worker: those of ``paths`` that are there and name none in their first lines."""
    return [path for path in paths if Path(root, path).is_file() and not _named(Path(root, path))]


def _named(file: Path) -> bool:
    with file.open(encoding="utf-8", errors="replace") as lines:
        return any(MARK in line for line, _ in zip(lines, range(LINES), strict=False))
