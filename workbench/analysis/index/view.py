"""What the ranking reads: the files of one tree with their chunks, and the postings of a term among them."""

from __future__ import annotations

import json
import sqlite3
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress
from operator import itemgetter
from typing import TypeAlias

from workbench.analysis.index.schema import opened
from workbench.analysis.index.segment import FileRecord
from workbench.analysis.index.write import Entry, file_key
from workbench.analysis.outline import Symbol

Postings: TypeAlias = "tuple[array[int], bytearray]"
"""Chunk numbers and counts, of the same length."""

Candidates: TypeAlias = Callable[[Sequence[str]], Container[str]]
"""Of the paths of a tree, those whose text is ranked."""

_POSTING = "SELECT chunks, counts FROM posting WHERE segment = ? AND term = ?"
NONE = 0xFFFFFFFF
"""No chunk of this tree."""


@dataclass
class View:
    """The index as one tree sees it.

    Files are numbered in the order of ``paths``, chunks from 0 through all candidates; ``file_of``, ``number_of`` (the
    chunk's number in its file) and ``length_of`` (words) have one entry per chunk; ``first_of`` and ``chunks_of`` say
    which are a file's. Only candidate files have chunks.
    Reads through the connection it was made with, as long as that is open.
    """

    db: sqlite3.Connection
    paths: list[str]
    keys: list[str]
    file_of: array[int] = field(default_factory=lambda: array("I"))
    number_of: array[int] = field(default_factory=lambda: array("I"))
    length_of: array[int] = field(default_factory=lambda: array("I"))
    first_of: dict[int, int] = field(default_factory=dict)
    chunks_of: dict[int, int] = field(default_factory=dict)
    _live: list[tuple[int, array[int]]] = field(default_factory=list)
    _postings: dict[str, Postings] = field(default_factory=dict)
    _records: dict[int, FileRecord] = field(default_factory=dict)

    def postings(self, term: str) -> Postings:
        """The chunks that hold ``term``, ascending, and beside each how often it does (255 at most)."""
        found = self._postings.get(term)
        if found is None:
            found = self._postings[term] = self._read(term)
        return found

    def _read(self, term: str) -> Postings:
        found = array("I"), bytearray()
        rows: dict[int, tuple[bytes, bytes] | None] = {}
        for segment, live in self._live:
            if segment not in rows:
                rows[segment] = self.db.execute(_POSTING, (segment, term)).fetchone()
            row = rows[segment]
            if row is not None:
                numbers = array("I")
                numbers.frombytes(row[0])
                seen = list(map(live.__getitem__, numbers))
                kept = [number != NONE for number in seen]
                found[0].extend(compress(seen, kept))
                found[1].extend(compress(row[1], kept))
        return found

    def times(self, term: str, chunk: int) -> int:
        """How often ``chunk`` holds ``term``."""
        chunks, counts = self.postings(term)
        at = bisect_left(chunks, chunk)
        return counts[at] if at < len(chunks) and chunks[at] == chunk else 0

    def holds(self, term: str, first: int, last: int) -> bool:
        """Whether one of the chunks from ``first`` up to ``last`` (exclusive) holds ``term``."""
        chunks = self.postings(term)[0]
        at = bisect_left(chunks, first)
        return at < len(chunks) and chunks[at] < last

    def symbol(self, chunk: int) -> Symbol | None:
        """The symbol of ``chunk``; None for a module's own lines."""
        number = self.number_of[chunk]
        record = self.record(self.file_of[chunk]) if number else None
        return record.outline.symbols[number - 1] if record else None

    def record(self, file: int) -> FileRecord | None:
        """The outline and calls of file number ``file``, or None when it is not indexed."""
        found = self._records.get(file)
        if found is None:
            found = load_records(self.db, [self.keys[file]]).get(self.keys[file])
            if found is not None:
                self._records[file] = found
        return found

    def load(self, files: Iterable[int]) -> None:
        """Read the records of ``files`` at once."""
        wanted = [(file, self.keys[file]) for file in files if file not in self._records]
        found = load_records(self.db, list(dict.fromkeys(key for _, key in wanted)))
        self._records.update((file, found[key]) for file, key in wanted if key in found)


@contextmanager
def viewing(index_path: str, listing: str, candidates: Candidates) -> Iterator[View]:
    """A view of the tree stored under ``listing``. Raises DamagedIndexError, KeyError for a listing not there."""
    with opened(index_path) as db:
        entries = read_listing(db, listing)
        yield make_view(db, entries, candidates)


def read_listing(db: sqlite3.Connection, listing: str) -> list[Entry]:
    """The (path, blob id) pairs stored under ``listing``. Raises KeyError."""
    row = db.execute("SELECT data FROM listing WHERE key = ?", (listing,)).fetchone()
    if row is None:
        raise KeyError(listing)
    return [(path, blob) for path, blob in json.loads(zlib.decompress(row[0]))]


def make_view(db: sqlite3.Connection, entries: Sequence[Entry], candidates: Candidates) -> View:
    """The view of ``entries``; ``candidates`` chooses the paths whose chunks are counted.

    Files of one content are stored once and stand here each with chunks of its own.
    """
    entries = sorted(entries)
    view = View(db, [path for path, _ in entries], [file_key(path, blob) for path, blob in entries])
    wanted = candidates(view.paths)
    stored = {row[0]: row[1:] for row in db.execute("SELECT key, segment, first, chunks FROM file")}
    layers: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    copies: Counter[str] = Counter()
    for file, key in enumerate(view.keys):
        if key in stored and view.paths[file] in wanted:
            segment, first, chunks = stored[key]
            layers.setdefault((copies[key], segment), []).append((file, first, chunks))
            copies[key] += 1
    lengths: dict[int, bytes] = dict(db.execute("SELECT id, lengths FROM segment"))
    for layer, segment in sorted(layers):
        _enter(view, segment, lengths[segment], layers[layer, segment])
    return view


def _enter(view: View, segment: int, lengths: bytes, files: list[tuple[int, int, int]]) -> None:
    words = array("I")
    words.frombytes(lengths)
    live = array("I", [NONE]) * len(words)
    for file, first, chunks in sorted(files, key=itemgetter(1)):
        start = len(view.file_of)
        view.first_of[file] = start
        view.chunks_of[file] = chunks
        live[first : first + chunks] = array("I", range(start, start + chunks))
        view.file_of.extend([file] * chunks)
        view.number_of.extend(range(chunks))
        view.length_of.extend(words[first : first + chunks])
    view._live.append((segment, live))


def load_records(db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, FileRecord]:
    """The stored records of ``keys``, those that are there."""
    found: dict[str, FileRecord] = {}
    for start in range(0, len(keys), 500):
        batch = keys[start : start + 500]
        marks = ",".join("?" * len(batch))
        rows = db.execute(f"SELECT key, data FROM outline WHERE key IN ({marks})", batch)
        found.update((key, FileRecord.unpacked(data)) for key, data in rows)
    return found
