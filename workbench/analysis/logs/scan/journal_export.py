"""The journal's export format, read as the lines of JSON that journalctl prints.

An entry is fields and an empty line; a field is ``NAME=VALUE``, or ``NAME``, the length of the value in eight bytes,
little-endian, and the value, where that is no plain text (systemd.io, "Journal Export Formats").
"""

from __future__ import annotations

import io
import json
from typing import BinaryIO, cast

MARKS = (b"__CURSOR=", b"__REALTIME_TIMESTAMP=")
"""How an export begins."""

FIELDS = frozenset(
    b"MESSAGE PRIORITY SYSLOG_IDENTIFIER _HOSTNAME _PID _COMM _SOURCE_REALTIME_TIMESTAMP __REALTIME_TIMESTAMP".split()
)
"""Fields that are read; an entry has forty."""

LONGEST = 8 << 20
"""Bytes of one value that are held; a longer one ends the reading."""


def is_export(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is an export."""
    return head.startswith(MARKS)


def as_json(export: BinaryIO) -> BinaryIO:
    """The entries of ``export`` as lines of JSON. Reading raises EOFError where it breaks off inside of an entry."""
    return cast(BinaryIO, io.BufferedReader(_Lines(export), 1 << 18))


class _Lines(io.RawIOBase):
    def __init__(self, export: BinaryIO) -> None:
        super().__init__()
        self._export = export
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            entry = self._entry()
            if entry is None:
                return 0
            if entry:
                self._rest = json.dumps(entry).encode() + b"\n"
        count = min(len(into), len(self._rest))
        into[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        self._export.close()
        super().close()

    def _entry(self) -> dict[str, str | list[int]] | None:
        """The fields up to the next empty line; None at the end."""
        entry: dict[str, str | list[int]] = {}
        while line := self._export.readline(LONGEST):
            if line == b"\n":
                return entry
            name, equals, value = line.rstrip(b"\n").partition(b"=")
            if not line.endswith(b"\n"):
                raise EOFError("an entry has no end")
            if not equals:
                value = self._binary()
            if name in FIELDS:
                entry[name.decode()] = _told(value)
        if entry:
            raise EOFError("an entry has no end")
        return None

    def _binary(self) -> bytes:
        size = int.from_bytes(self._export.read(8), "little")
        if size > LONGEST:
            raise EOFError(f"a value has {size} bytes")
        value = self._export.read(size)
        if len(value) < size or self._export.read(1) != b"\n":
            raise EOFError("a value has no end")
        return value


def _told(value: bytes) -> str | list[int]:
    """As journalctl writes it: what is not UTF-8 as a list of numbers."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return list(value)
