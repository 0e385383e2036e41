"""What a log view knows of one physical line: a number for its place, a time, and a byte of flags."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from pathlib import Path

from workbench.analysis.logs.rows.timeline import Timeline
from workbench.case.enums import Level

LEVELS = tuple(Level)
"""A row's flags hold a level as its index here."""
LEVEL_BITS = 0x07
GOES_ON = 0x08
"""The line belongs to the record before it."""
ERROR = 0x10
"""The first line of a record that is an error, by its level or by the traceback in it."""
ERRORS = re.compile(b"[" + bytes(range(ERROR, ERROR + 8)) + b"]")
"""Finds the flags of errors."""
STARTS = re.compile(b"[^" + bytes(range(GOES_ON, GOES_ON + 8)) + b"]")
"""Finds the flags of the first lines of records."""

_OFFSET_BITS = 48
_OFFSET = (1 << _OFFSET_BITS) - 1
NEVER = float("-inf")
"""The time of rows before the first one that has a time."""


def place(file: int, offset: int) -> int:
    """A file's number and a byte offset in one number of 64 bits."""
    return file << _OFFSET_BITS | offset


def placed(number: int) -> tuple[int, int]:
    """The file's number and the byte offset in ``number``."""
    return number >> _OFFSET_BITS, number & _OFFSET


@dataclass(slots=True)
class Columns:
    """Rows by column: places, times (seconds since 1970, never falling), flags."""

    places: array[int] = field(default_factory=lambda: array("Q"))
    times: array[float] = field(default_factory=lambda: array("d"))
    flags: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one range of a file, kept in the file ``kept``. ``last`` is the time of the last of them, ``end`` the
    byte after it."""

    kept: str
    rows: int
    last: float
    end: int
    timeline: Timeline
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """The folder in which the rows of all files stand in order, one file a column."""

    folder: str

    @property
    def columns(self) -> tuple[Path, Path, Path]:
        """The files of places (8 bytes each), times (8) and flags (1)."""
        folder = Path(self.folder)
        return folder / "places", folder / "times", folder / "flags"


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file that rows are in. ``inode`` tells it from one that took its name."""

    path: str
    label: str = ""
    host: str = ""
    inode: int = 0
