"""Making a segment: files parsed, cut into chunks and counted. Pure."""

from __future__ import annotations

import gc
import json
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from workbench.analysis.outline import Outline, Symbol, outline_of
from workbench.analysis.outline.chunks import calls, chunk_texts
from workbench.analysis.tokens import count, parts

LARGEST = 2_000_000
"""Bytes of a file that is still parsed; a larger one is listed with its problem and no words."""

NAMED = "@"
"""Prefix of a term that stands in the name of a symbol."""

EXACT = "="
"""Prefix of the whole name of a symbol, lower case."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file as it is stored: its outline and what each chunk calls (chunk 0 is the module's own lines)."""

    outline: Outline
    calls: tuple[tuple[str, ...], ...]

    def packed(self) -> bytes:
        """The record as bytes."""
        outline = self.outline
        symbols = [[s.qualname, s.kind, s.line, s.end_line, s.bases, s.decorators, s.doc] for s in outline.symbols]
        head = [outline.language, outline.lines, outline.imports, outline.doc, outline.problem]
        return zlib.compress(json.dumps([head, symbols, self.calls], separators=(",", ":")).encode(), 1)

    @classmethod
    def unpacked(cls, data: bytes) -> FileRecord:
        """The record that :meth:`packed` made."""
        (language, lines, imports, doc, problem), symbols, called = json.loads(zlib.decompress(data))
        made = tuple(
            Symbol(name, kind, line, end, tuple(bases), tuple(decorators), about)
            for name, kind, line, end, bases, decorators, about in symbols
        )
        outline = Outline(language, lines, made, tuple(imports), doc, problem)
        return cls(outline, tuple(tuple(names) for names in called))


@dataclass(slots=True)
class Segment:
    """What one batch of files gives. ``files`` are (key, first chunk, record); arrays have one entry per chunk."""

    files: list[tuple[str, int, FileRecord]] = field(default_factory=list)
    owners: array[int] = field(default_factory=lambda: array("I"))
    lengths: array[int] = field(default_factory=lambda: array("I"))
    postings: dict[str, tuple[array[int], bytearray]] = field(default_factory=dict)


def make_segment(contents: Iterable[tuple[str, str, bytes]]) -> Segment:
    """The segment of ``contents``: (key, path, bytes) of each file. Never raises for what a file holds."""
    segment = Segment()
    with _no_collection():
        for key, path, data in contents:
            _add(segment, key, path, data)
    return segment


def _add(segment: Segment, key: str, path: str, data: bytes) -> None:
    first = len(segment.owners)
    text, problem = decoded(data)
    if problem:
        record = FileRecord(Outline("", data.count(b"\n"), problem=problem), ((),))
        texts = [""]
    else:
        outline = outline_of(path, text)
        texts = chunk_texts(outline, text)
        record = FileRecord(outline, tuple(calls(chunk) for chunk in texts))
    slot = len(segment.files)
    segment.files.append((key, first, record))
    for number, chunk in enumerate(texts):
        counts = count(chunk)
        if number:
            _add_name(counts, record.outline.symbols[number - 1])
        segment.owners.append(slot)
        segment.lengths.append(sum(counts.values()))
        _post(segment.postings, first + number, counts)


def _add_name(counts: dict[str, int], symbol: Symbol) -> None:
    for part in parts(symbol.owner.rpartition(".")[2]):
        counts[part] = counts.get(part, 0) + 1
    for part in parts(symbol.name):
        counts[part] = counts.get(part, 0) + 1
        counts[NAMED + part] = 1
    counts[EXACT + symbol.name.lower()] = 1


def _post(postings: dict[str, tuple[array[int], bytearray]], chunk: int, counts: dict[str, int]) -> None:
    known = postings.get
    for term, times in counts.items():
        entry = known(term)
        if entry is None:
            entry = postings[term] = (array("I"), bytearray())
        entry[0].append(chunk)
        entry[1].append(times if times < 256 else 255)


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a file's bytes and, when it is none, why: too large or binary. Bytes that are not UTF-8 are kept
    readable one by one (Latin-1)."""
    if len(data) > LARGEST:
        return "", f"too large to index ({len(data) // 1_000_000} MB)"
    if b"\0" in data[:8192]:
        return "", "binary"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n"), ""


@contextmanager
def _no_collection() -> Iterator[None]:
    """The garbage collector off: syntax trees are many objects and no circles worth finding while they live."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
