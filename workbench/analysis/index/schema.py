"""The index file: one SQLite database per repository, content-addressed, shared by every workbench on it.

A *segment* is what one worker stored at once: some files, their chunks numbered from 0, and for each term the chunks
that hold it. Segments are never changed. The language that a file name tells matters to the outline, so that a file's
key is its blob id and its language.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = 3
"""Raised whenever what is stored, or how words are made, changes; a file of another version is built anew."""

BUSY = 30.0
"""Seconds to wait for another workbench that is writing."""

_TABLES = """
CREATE TABLE IF NOT EXISTS segment (id INTEGER PRIMARY KEY, owners BLOB NOT NULL, lengths BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS file (
    key TEXT PRIMARY KEY, segment INTEGER NOT NULL, slot INTEGER NOT NULL, first INTEGER NOT NULL,
    chunks INTEGER NOT NULL, lines INTEGER NOT NULL, problem TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outline (key TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS posting (
    term TEXT NOT NULL, segment INTEGER NOT NULL, chunks BLOB NOT NULL, counts BLOB NOT NULL,
    PRIMARY KEY (segment, term)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listing (key TEXT PRIMARY KEY, at REAL NOT NULL, data BLOB NOT NULL);
"""


class DamagedIndexError(Exception):
    """The index file cannot be read, or is of another version; whoever owns it should remove it and build anew."""


@contextmanager
def opened(index_path: str) -> Iterator[sqlite3.Connection]:
    """A connection to the index file at ``index_path``, created when missing.

    Raises DamagedIndexError; sqlite3.OperationalError where the disk is full, the folder is not there or not writable,
    or another workbench keeps the file locked.
    """
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(index_path, timeout=BUSY, isolation_level=None)
        _prepare(connection)
        yield connection
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not str(error).startswith("no such"):
            raise
        raise DamagedIndexError(f"{Path(index_path).name}: {error}") from error
    finally:
        if connection is not None:
            connection.close()


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    if version != 0:
        raise DamagedIndexError(f"index of version {version}, not {VERSION}")
    connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={VERSION}; COMMIT;")
