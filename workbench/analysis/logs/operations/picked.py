"""Picking the few lines of a log that a byte pattern finds, with their times. Every line is looked at, few are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from workbench.analysis.logs.formats.line import read_line
from workbench.analysis.logs.formats.parsed import Parsed, Role
from workbench.analysis.logs.scan.part import Survey
from workbench.analysis.logs.scan.read import chunks as chunks_of
from workbench.analysis.logs.scan.read import open_log
from workbench.analysis.logs.scan.sample import decode
from workbench.analysis.logs.scan.unreadable import has_long_line
from workbench.analysis.logs.times import read_time

LONGEST = 4000
"""Bytes of a line that are read."""


@dataclass(frozen=True, slots=True)
class Picked:
    """One line: ``at`` in seconds since 1970, of the record it stands in where it has no time of its own."""

    at: float | None
    parsed: Parsed

    @property
    def text(self) -> str:
        """What the record says, without its header."""
        return self.parsed.content

    def field(self, *names: str) -> str:
        """The first of the named fields that a structured record has, or the empty string."""
        fields = dict(self.parsed.fields)
        return next((fields[name] for name in names if fields.get(name)), "")


def chunks_in(found: Survey, start: int, end: int) -> Iterator[bytes]:
    """Whole lines of the bytes from ``start`` to ``end`` (-1: to the end). Raises OSError."""
    stream, _ = open_log(found.path)
    try:
        if start:
            cast(BinaryIO, stream).seek(start)
        for chunk in chunks_of(stream, 1 << 20, found.learned.encoding, end - start if end >= 0 else None):
            yield _shortened(chunk) if has_long_line(chunk) else chunk
    finally:
        stream.close()


def _shortened(chunk: bytes) -> bytes:
    """Of very long lines as much as is read: what stands behind is not searched either."""
    return b"\n".join([line[:LONGEST] for line in chunk.split(b"\n")])


def picked(
    found: Survey, chunk: bytes, wanted: re.Pattern[bytes], lines: Iterable[tuple[int, int]], apart: int = 0
) -> Iterator[Picked]:
    """Of ``lines`` of ``chunk``, by where they begin and end, those in which ``wanted`` is found; the next one
    ``apart`` bytes on at least."""
    reached = 0
    for start, end in lines:
        if end > reached and (match := wanted.search(chunk, max(start, reached), end)):
            yield read_at(found, chunk, start, end)
            reached = max(end, match.start() + apart)


def read_at(found: Survey, chunk: bytes, start: int, end: int) -> Picked:
    """The line from ``start`` to ``end`` of ``chunk``."""
    parsed = read_line(decode(chunk[start : min(end, start + LONGEST)]), found.learned.formats)
    at = read_time(parsed.time, found.clock) if parsed.time else None
    if at is None or parsed.role is not Role.RECORD:
        at = at or _before(found, chunk, start)
    return Picked(at, parsed)


def _before(found: Survey, chunk: bytes, start: int, lines: int = 60) -> float | None:
    """The time of the record that stands before ``start``."""
    for _ in range(lines):
        if start <= 0:
            return None
        above = chunk.rfind(b"\n", 0, start - 1) + 1
        parsed = read_line(decode(chunk[above : min(start - 1, above + LONGEST)]), found.learned.formats)
        at = read_time(parsed.time, found.clock) if parsed.time else None
        if at is not None:
            return at
        start = above
    return None
