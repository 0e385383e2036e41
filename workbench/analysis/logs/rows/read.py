"""Reading rows on demand: a few columns, then the bytes of the lines, wherever their files are by now."""

from __future__ import annotations

import os
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.analysis.logs.rows.model import GOES_ON, STARTS, Book, Columns, LogFile, placed

CUT = 4096
"""Bytes of a line that are read to be shown."""
LONGEST = 64 * 1024
"""Bytes of a line that are searched, and of a record that is copied or pinned."""
_BEHIND = 1 << 20
"""Flags that are looked at together."""
_SPAN = 4 << 20
GONE = b"(this line is gone: its file was removed or cut)"


def columns_of(book: Book, first: int, count: int) -> Columns:
    """Rows ``first`` and on, ``count`` at most."""
    places, times, flags = book.columns
    made = Columns()
    made.places.frombytes(_bytes(places, first * 8, count * 8))
    made.times.frombytes(_bytes(times, first * 8, count * 8))
    made.flags += _bytes(flags, first, count)
    return made


def lines_at(files: Sequence[LogFile], places: Sequence[int], cut: int = CUT) -> list[bytes]:
    """The lines at ``places``, at most ``cut`` bytes of each; neighbours in a file are read together."""
    made: list[bytes] = [GONE] * len(places)
    by_file: dict[int, list[int]] = {}
    for at, number in enumerate(places):
        by_file.setdefault(placed(number)[0], []).append(at)
    for number, wanted in by_file.items():
        with _opened(files[number]) as fd:
            if fd >= 0:
                for at, line in _read(fd, [(at, placed(places[at])[1]) for at in wanted], cut):
                    made[at] = line
    return made


def record_at(book: Book, row: int, total: int) -> tuple[int, int]:
    """The first row of the record that ``row`` is in, and the row after its last one."""
    first = row
    while first > 0 and columns_of(book, first, 1).flags[0] & GOES_ON:
        step = min(first, 512)
        flags = columns_of(book, first - step, step).flags
        start = next((at for at in range(step - 1, -1, -1) if not flags[at] & GOES_ON), None)
        first = first - step + (start or 0)
        if start is not None:
            break
    after = next(_found(book, STARTS, row + 1, total), total)
    return first, after


def next_flag(book: Book, pattern: re.Pattern[bytes], row: int, total: int, step: int) -> int | None:
    """The next row after (``step`` 1) or before (-1) ``row`` whose flags ``pattern`` finds, or None."""
    if step > 0:
        return next(_found(book, pattern, row + 1, total), None)
    end = row
    while end > 0:
        start = max(0, end - _BEHIND)
        found = [match.start() for match in pattern.finditer(_bytes(book.columns[2], start, end - start))]
        if found:
            return start + found[-1]
        end = start
    return None


def row_at_time(book: Book, seconds: float, total: int) -> int:
    """The first row that is not before ``seconds`` since 1970; ``total`` when all are."""
    low, high = 0, total
    with book.columns[1].open("rb") as times:
        while low < high:
            middle = (low + high) // 2
            value = array("d")
            value.frombytes(os.pread(times.fileno(), 8, middle * 8))
            if value[0] < seconds:
                low = middle + 1
            else:
                high = middle
    return low


def _found(book: Book, pattern: re.Pattern[bytes], first: int, total: int) -> Iterator[int]:
    while first < total:
        flags = _bytes(book.columns[2], first, min(_BEHIND, total - first))
        for match in pattern.finditer(flags):
            yield first + match.start()
        if not flags:
            return
        first += len(flags)


def _bytes(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        return os.pread(file.fileno(), length, start)


@contextmanager
def _opened(file: LogFile) -> Iterator[int]:
    """A descriptor of the file, under whatever name it has now; -1 where it is gone."""
    fd = -1
    try:
        fd = found_file(file)
        yield fd
    finally:
        if fd >= 0:
            os.close(fd)


def found_file(file: LogFile) -> int:
    """A descriptor of the file, under whatever name it has now; -1 where it is gone. The caller closes it."""
    for path in (Path(file.path), *_beside(file)):
        try:
            fd = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        if not file.inode or os.fstat(fd).st_ino == file.inode:
            return fd
        os.close(fd)
    return -1


def _beside(file: LogFile) -> Iterator[Path]:
    """What it may have been renamed to: asked for only when the file itself is another one."""
    try:
        with os.scandir(Path(file.path).parent) as entries:
            for entry in entries:
                if entry.inode() == file.inode:
                    yield Path(entry.path)
    except OSError:
        return


def stretches(file: LogFile, offsets: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """The bytes of the lines at ``offsets`` (rising, of lines that follow each other), some MB at once: where each
    stretch begins, and its bytes."""
    with _opened(file) as fd:
        at = 0
        while fd >= 0 and at < len(offsets):
            end = max(at + 1, bisect_left(offsets, offsets[at] + _SPAN))
            if end < len(offsets):
                data = os.pread(fd, offsets[end] - offsets[at], offsets[at])
            else:
                data = os.pread(fd, offsets[-1] - offsets[at] + LONGEST, offsets[at])
                stop = data.find(b"\n", offsets[-1] - offsets[at])
                data = data[:stop] if stop >= 0 else data
            yield offsets[at], data
            at = end


def _read(fd: int, wanted: Sequence[tuple[int, int]], cut: int) -> Iterator[tuple[int, bytes]]:
    """Rows and lines for pairs of row and offset, ordered by offset."""
    wanted = sorted(wanted, key=lambda pair: pair[1])
    at = 0
    while at < len(wanted):
        start = wanted[at][1]
        end = at + 1
        while end < len(wanted) and wanted[end][1] - start < _SPAN and wanted[end][1] - wanted[end - 1][1] <= 2 * cut:
            end += 1
        data = os.pread(fd, wanted[end - 1][1] + cut - start, start)
        for row, offset in wanted[at:end]:
            begin = offset - start
            stop = data.find(b"\n", begin, begin + cut)
            yield row, data[begin : stop if stop >= 0 else begin + cut] if begin < len(data) else GONE
        at = end
