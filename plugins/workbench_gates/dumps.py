"""How many rows each table has, as a dump of the database tells."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from pathlib import Path

HEADER = 200
"""Lines of a dump in which counts that its maker wrote are looked for."""

LARGEST = 20_000_000_000
"""Bytes of a dump beyond which only its header is read."""

_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rb"^(?:--|#)\s*rows?\s+(?:of|in)\s+(?:table\s+)?([\w.\"`]+)\s*[:=]?\s*(\d+)\s*$",
        rb"^(?:--|#)\s*(?:table\s+)?([\w.\"`]+)\s*[:=]\s*(\d+)\s+rows?\s*$",
        rb"^(?:--|#).*\b(?:name|table)\s*[:=]\s*([\w.\"`]+).*?\brows?\s*[:=]\s*(\d+)",
    )
)
_COPY = re.compile(rb"^COPY (?:[\w\"]+\.)?\"?(\w+)\"? .*FROM stdin;")
_INSERT = re.compile(
    rb"^INSERT (?:INTO|IGNORE INTO) (?:[`\"]?\w+[`\"]?\.)?[`\"]?(\w+)[`\"]?[^(]*(?:\([^)]*\)\s*)?VALUES", re.I
)
_MYDUMPER = re.compile(r"^\[`?[\w-]+`?\.`?(\w+)`?\]")

CUSTOM = b"PGDMP"
"""How a dump begins that pg_dump wrote in its own format."""


class DumpError(Exception):
    """A dump cannot be read, or tells nothing; the message says what would."""


def rows_of(name: str) -> list[tuple[str, int]]:
    """For a worker: rows by table. A header's counts come first (``-- orders: 9 rows``; mydumper's ``metadata``); of a
    plain dump the rows of COPY and INSERT are counted otherwise, ``.gz`` too. Raises DumpError."""
    path = Path(name)
    try:
        if path.is_dir():
            return sorted(_metadata(path / "metadata").items())
        with _opened(path) as file:
            if file.peek(5)[:5] == CUSTOM:
                raise DumpError(f"{path.name} is in pg_dump's own format: pg_restore -f - {path.name} makes it plain")
            found = _header(_first(file, HEADER))
        if not found and path.stat().st_size <= LARGEST:
            with _opened(path) as file:
                found = _counted(file)
    except OSError as error:
        raise DumpError(f"{path.name} cannot be read: {error.strerror or error}") from error
    if not found:
        raise DumpError(f"{path.name} tells of no rows")
    return sorted(found.items())


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    file = path.open("rb")
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if packed else file


def _first(lines: Iterable[bytes], most: int) -> Iterator[bytes]:
    for at, line in enumerate(lines):
        if at >= most:
            return
        yield line


def _header(lines: Iterable[bytes]) -> Mapping[str, int]:
    hits = (pattern.match(line.strip()) for line in lines for pattern in _WRITTEN)
    return {_name(hit[1]): int(hit[2]) for hit in hits if hit}


def _counted(lines: Iterable[bytes]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    copying = ""
    for line in lines:
        if copying:
            if line.startswith(b"\\."):
                copying = ""
            else:
                found[copying] += 1
        elif hit := _COPY.match(line):
            copying = _name(hit[1])
            found[copying] += 0
        elif hit := _INSERT.match(line):
            found[_name(hit[1])] += 1 + _more(line[hit.end() :])
    return found


def _more(values: bytes) -> int:
    """Rows of an INSERT after its first: ``),(`` outside of quoted texts."""
    return len(re.findall(rb"\)\s*,\s*\(", re.sub(rb"'(?:[^'\\]|\\.|'')*'", b"''", values)))


def _metadata(path: Path) -> Mapping[str, int]:
    """mydumper's ``metadata``: a section a table, with ``rows = 500000``."""
    found: dict[str, int] = {}
    table = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if hit := _MYDUMPER.match(line.strip()):
            table = hit[1]
        elif table and (rows := re.match(r"\s*rows\s*=\s*(\d+)", line)):
            found[table] = int(rows[1])
    if not found:
        raise DumpError(f"{path.parent.name} is no dump of mydumper with counts")
    return found


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace('"', "").replace("`", "").rpartition(".")[2]
