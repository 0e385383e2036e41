"""Following a file as it grows, is rotated, is truncated."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MOST = 4 * 1024 * 1024
"""Bytes that one look takes at most."""


@dataclass(frozen=True, slots=True)
class Grown:
    """What a look at a file found: new bytes, whole lines or not, and what happened to the file (empty: nothing)."""

    data: bytes
    happened: str = ""


class Tail:
    """One followed file. What a rotation moved away is read to its end before the new file is begun.

    A file that is not there yet is waited for; one that shrank is read from its start.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: BinaryIO | None = None
        self._at = 0

    def look(self) -> Grown:
        """What came since the last look. Raises OSError for what may not be read."""
        happened = ""
        if self._file is None:
            try:
                self._file = Path(self.path).open("rb")  # noqa: SIM115 - it stays open until it is rotated away
            except FileNotFoundError:
                return Grown(b"")
            self._at = 0
        if os.fstat(self._file.fileno()).st_size < self._at:
            self._file.seek(0)
            self._at = 0
            happened = "truncated"
        data = self._file.read(MOST)
        self._at += len(data)
        if len(data) < MOST and self._moved():
            self._file.close()
            self._file = None
            happened = happened or "rotated"
        return Grown(data, happened)

    def close(self) -> None:
        """Follow no more."""
        if self._file is not None:
            self._file.close()

    def _moved(self) -> bool:
        assert self._file is not None
        try:
            now = Path(self.path).stat()
        except OSError:
            return False
        then = os.fstat(self._file.fileno())
        return (now.st_ino, now.st_dev) != (then.st_ino, then.st_dev)
