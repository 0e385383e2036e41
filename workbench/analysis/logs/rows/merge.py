"""Putting the rows of several files into one order, by time; records stay whole."""

from __future__ import annotations

import math
import pickle
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from workbench.analysis.logs.rows.index import keep
from workbench.analysis.logs.rows.model import Book, Columns


def append(book: Book, kept: Sequence[Sequence[str]], until: float, scratch: str) -> list[tuple[int, list[str]]]:
    """The chunk: add rows up to the time ``until`` to ``book``.

    ``kept`` are, by file of the log, the parts that wait, in order. Gives the number of rows added and, by file, the
    part that goes on waiting, or "".
    """
    heads, rests = [], []
    for parts in kept:
        columns = joined([pickle.loads(Path(path).read_bytes()) for path in parts])
        cut = len(columns.flags) if math.isinf(until) and until > 0 else bisect_right(columns.times, until)
        heads.append(_slice(columns, 0, cut))
        rest = _slice(columns, cut, len(columns.flags))
        rests.append(keep(rest, scratch) if rest.flags else "")
    ordered = merged([head for head in heads if head.flags])
    data = ordered.places.tobytes(), ordered.times.tobytes(), bytes(ordered.flags)
    for path, column in zip(book.columns, data, strict=True):
        with path.open("ab") as out:
            out.write(column)
    for done in (path for parts in kept for path in parts):
        Path(done).unlink(missing_ok=True)
    return [(len(ordered.flags), rests)]


def joined(parts: Sequence[Columns]) -> Columns:
    """Parts of one file, one after the other; times never fall."""
    total = Columns()
    for part in parts:
        latest = total.times[-1] if total.times else -math.inf
        behind = bisect_right(part.times, latest) if total.times else 0
        total.places += part.places
        total.times += array("d", [latest]) * behind + part.times[behind:]
        total.flags += part.flags
    return total


def merged(files: Sequence[Columns]) -> Columns:
    """The rows of all files by time; those of one time file by file, so that no record is torn apart."""
    if len(files) == 1:
        return files[0]
    together = Columns()
    for each in files:
        together.places += each.places
        together.times += each.times
        together.flags += each.flags
    order = sorted(range(len(together.flags)), key=together.times.__getitem__)
    return Columns(
        array("Q", map(together.places.__getitem__, order)),
        array("d", map(together.times.__getitem__, order)),
        bytearray(map(together.flags.__getitem__, order)),
    )


def _slice(columns: Columns, start: int, end: int) -> Columns:
    return Columns(columns.places[start:end], columns.times[start:end], columns.flags[start:end])
