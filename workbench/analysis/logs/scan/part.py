"""Scanning a log file in parts that fit together: each begins and ends with a record."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from workbench.analysis.logs.scan.kinds import BLANK, GOES_ON, INSIDE, read_kind
from workbench.analysis.logs.scan.log import learn_log, scan
from workbench.analysis.logs.scan.read import Readable, open_log, stretch_size
from workbench.analysis.logs.scan.sample import LINE_LIMIT, PIECE, Learned
from workbench.analysis.logs.scan.scanner import Scanner
from workbench.analysis.logs.scan.streams import stream_name
from workbench.analysis.logs.scan.table import Table
from workbench.analysis.logs.times import Clock, layouts, read_time, zoned
from workbench.case.logs import LogFormat

PART = 16 * 1024 * 1024
"""Bytes of a part: some two tenths of a second of work."""
TAIL = 32 * 1024
"""Bytes of a log's end in which its last time is looked for."""
HALF_HOUR = 1800
_PUNCTUAL = 3.0
_FAR = 86400.0
_ALIGNING = 400
_CONTROL = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])


class NotTextError(OSError):
    """A file of bytes that are no text in any encoding known here."""


@dataclass(frozen=True)
class Survey:
    """What is known of a log file before it is read: ``size`` is None where it cannot be read in parts.

    Files of the same ``stream`` are of one log.
    """

    path: str
    size: int | None
    learned: Learned
    clock: Clock
    stream: str = ""


def survey(path: str, stream: str = "", given: Sequence[LogFormat] = ()) -> tuple[Survey, tuple[bytes, ...]]:
    """Learn from a sample of the file at ``path``; the pieces of the sample too, every second one where few lines are
    alike. Raises OSError if unreadable.

    Without the name of a ``stream`` it is of one log with the files that are called like it but for their rotation.
    ``given`` formats are asked before any is learned.
    """
    with _opened(path) as (opened, size):
        learned, sample = learn_log(opened, size, given)
    if is_binary(b"".join(sample)):
        raise NotTextError("no text: nothing was read of it")
    if learned.unlike:
        sample = (sample if len(sample) > 1 else tuple(_pieces(b"".join(sample))))[::2]
    clock = Clock(Path(path).stat().st_mtime if size is not None else time.time(), layouts=layouts(given))
    if size is not None and not learned.encoding.startswith("utf-16"):
        clock = _told_by_the_last_change(path, learned, clock)
    if learned.encoding.startswith("utf-16"):
        size = None
    return Survey(path, size, learned, clock, stream or stream_name(path)), sample


def _pieces(text: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(text):
        end = text.find(b"\n", start + PIECE) + 1 or len(text)
        yield text[start:end]
        start = end


def sampled(found: Survey, sample: Sequence[bytes]) -> Table:
    """The table of the sample alone; its counts are of the sample. Records cut off by a piece's ends are left out."""
    size = sum(map(len, sample))
    scanner = Scanner(found.learned, found.clock, stretch=stretch_size(size))
    scanner.table.stream = found.stream
    for at, piece in enumerate(sample):
        start = _aligned(BytesIO(piece), 0, found.learned) if at else 0
        last = at == len(sample) - 1
        whole = piece[start:] if piece.endswith(b"\n") or not last else piece[start:] + b"\n"
        if whole:
            scanner.feed(whole, final=last)
    return scanner.finish()


def parts(found: Survey, part: int = PART) -> list[tuple[int, int]]:
    """The byte ranges to scan, each of whole records; one range to -1 for what is only read from its start."""
    if found.size is None or found.size <= part * 1.5:
        return [(0, -1)]
    with Path(found.path).open("rb") as stream:
        marks = [_aligned(stream, at, found.learned) for at in range(part, found.size - part // 2, part)]
    marks = sorted(set(marks))
    return list(zip([0, *marks], [*marks, found.size], strict=True))


def scan_part(found: Survey, start: int, end: int) -> Table:
    """The table of the bytes from ``start`` to ``end`` (-1: all there is). One that breaks off gives what it gave."""
    with _opened(found.path) as (stream, _):
        if start:
            cast(BinaryIO, stream).seek(start)
        size = end - start if end >= 0 else found.size
        limited = end - start if end >= 0 else None
        return _scanned(stream, size, limited, found).finish()


def scan_whole(found: Survey, keep_groups: bool = False) -> Scanner:
    """Scan all of the file in this process."""
    with _opened(found.path) as (stream, _):
        return _scanned(stream, found.size, None, found, keep_groups)


def _scanned(
    stream: Readable, size: int | None, limit: int | None, found: Survey, keep_groups: bool = False
) -> Scanner:
    scanner = scan(stream, size, found.learned, found.clock, keep_groups, limit)
    scanner.table.stream = found.stream
    scanner.table.broken = tuple(f"{found.path}: {how}" for how in scanner.table.broken)
    return scanner


def _told_by_the_last_change(path: str, learned: Learned, clock: Clock) -> Clock:
    """``clock`` with what the last record's time, against the file's last change, tells of the writer's clock.

    A whole number of half hours, to _PUNCTUAL seconds and less than a day's zones reach, is the zone of times that name
    none; anything else that a record lies after the change of its file is how far the writer's clock is ahead.
    """
    with Path(path).open("rb") as stream:
        stream.seek(-min(TAIL, stream.seek(0, 2)), 2)
        lines = stream.read().split(b"\n")
    for line in reversed(lines):
        time_text = read_kind(line, learned.formats).parsed.time
        at = read_time(time_text, clock) if time_text else None
        if at is None:
            continue
        off = at - clock.latest
        steps = round(off / HALF_HOUR)
        if abs(off - steps * HALF_HOUR) <= _PUNCTUAL and not zoned(time_text):
            return replace(clock, offset=steps * HALF_HOUR) if steps and abs(steps) <= 28 else clock
        return replace(clock, ahead=off) if _PUNCTUAL < off < (_FAR if zoned(time_text) else HALF_HOUR / 2) else clock
    return clock


def is_binary(sample: bytes) -> bool:
    """Whether more than a twentieth of the bytes (zeros aside, which a log cut short may hold) are control codes."""
    text = sample.replace(b"\0", b"")
    return len(text) - len(text.translate(None, _CONTROL)) > len(text) * 0.05


@contextmanager
def _opened(path: str) -> Iterator[tuple[Readable, int | None]]:
    stream, size = open_log(path)
    try:
        yield stream, size
    finally:
        stream.close()


def _aligned(stream: BinaryIO, at: int, learned: Learned) -> int:
    """The start of the first record at or after byte ``at``."""
    stream.seek(at)
    at += len(stream.readline()) if at else 0
    for _ in range(_ALIGNING):
        line = stream.readline(LINE_LIMIT)
        if not line or read_kind(line, learned.formats).code not in (GOES_ON, BLANK, INSIDE):
            break
        at += len(line)
    return at
