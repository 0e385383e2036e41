"""Bringing the index file up to date: functions for worker processes; several workbenches may run them at once."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import time
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from workbench.analysis.index.schema import opened
from workbench.analysis.index.segment import LARGEST, Segment, make_segment
from workbench.analysis.languages import is_indexed, language

KEPT_LISTINGS = 24
"""Listings that stay in the file; older ones go when a new one comes."""

Entry = tuple[str, str]
"""A repository-relative path and its git blob id."""


def file_key(path: str, blob_id: str) -> str:
    """What a file is stored under: its content and its language."""
    return f"{blob_id}.{language(path)}"


def put_listing(index_path: str, key: str, entries: Sequence[Entry]) -> list[Entry]:
    """Store the files of one tree under ``key`` and give back those that the index does not hold yet.

    Only files worth indexing come back; each content once. Raises DamagedIndexError.
    """
    data = zlib.compress(json.dumps(list(entries), separators=(",", ":")).encode(), 1)
    with opened(index_path) as db:
        db.execute("INSERT OR REPLACE INTO listing VALUES (?, ?, ?)", (key, time.time(), data))
        db.execute(
            "DELETE FROM listing WHERE key NOT IN (SELECT key FROM listing ORDER BY at DESC LIMIT ?)", (KEPT_LISTINGS,)
        )
        known = {found for (found,) in db.execute("SELECT key FROM file")}
    missing = {file_key(path, blob): (path, blob) for path, blob in entries if is_indexed(path)}
    return sorted(entry for key, entry in missing.items() if key not in known)


def update(index_path: str, repo_root: str, entries: Sequence[Entry]) -> list[Entry]:
    """Index the files of ``entries`` that are missing, read from the working tree at ``repo_root``.

    Gives back the entries whose file is not there with that very content (changed since, filtered by git, gone): their
    bytes can be given to :func:`update_contents`. Symbolic links are not followed. Raises DamagedIndexError.
    """
    root = Path(repo_root)
    elsewhere: list[Entry] = []
    found: list[tuple[str, str, bytes]] = []
    for path, blob in entries:
        data = _content(root, path, blob)
        if data is None:
            elsewhere.append((path, blob))
        else:
            found.append((path, blob, data))
    update_contents(index_path, found)
    return elsewhere


def update_contents(index_path: str, contents: Sequence[tuple[str, str, bytes]]) -> list[Entry]:
    """Index (path, blob id, bytes) as given. The list it returns is empty. Raises DamagedIndexError."""
    if not contents:
        return []
    with opened(index_path) as db:
        missing = {}
        for path, blob, data in contents:
            key = file_key(path, blob)
            if key not in missing and not db.execute("SELECT 1 FROM file WHERE key = ?", (key,)).fetchone():
                missing[key] = (key, path, data)
    if missing:
        segment = make_segment(missing.values())
        with opened(index_path) as db:
            _store(db, segment)
    return []


def _store(db: sqlite3.Connection, segment: Segment) -> None:
    records = [(key, record.packed()) for key, _, record in segment.files]
    db.execute("BEGIN IMMEDIATE")
    values = (segment.owners.tobytes(), segment.lengths.tobytes())
    number = db.execute("INSERT INTO segment (owners, lengths) VALUES (?, ?)", values).lastrowid
    db.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", _rows(segment, number or 0))
    db.executemany("INSERT OR REPLACE INTO outline VALUES (?, ?)", records)
    terms = sorted(segment.postings.items())
    db.executemany(
        "INSERT INTO posting VALUES (?, ?, ?, ?)",
        ((term, number, chunks.tobytes(), counts) for term, (chunks, counts) in terms),
    )
    db.execute("COMMIT")


def _rows(segment: Segment, number: int) -> Iterable[tuple[str, int, int, int, int, int, str]]:
    for slot, (key, first, record) in enumerate(segment.files):
        outline = record.outline
        yield key, number, slot, first, len(record.calls), outline.lines, outline.problem


def _content(root: Path, path: str, blob: str) -> bytes | None:
    """The bytes of the file when git would give it that blob id; the head of one that is too large to be indexed."""
    full = root / path
    try:
        if not stat.S_ISREG(full.lstat().st_mode) or not full.resolve().is_relative_to(root.resolve()):
            return None
        with full.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) > LARGEST or blob_id(data, len(blob)) == blob else None


def blob_id(data: bytes, digits: int = 40) -> str:
    """The id git gives to a blob with these bytes: SHA-1 with 40 digits, SHA-256 with 64."""
    algorithm = hashlib.sha256 if digits == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
