"""One SQLite file per case: events, blobs, a snapshot. WAL; the store gives ``seq`` inside BEGIN IMMEDIATE."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from workbench.case.codec import decode, encode
from workbench.case.events import Event
from workbench.case.state import FOLD_VERSION, CaseState
from workbench.engine.store.base import StoreError

SCHEMA = 1
BLOB_LIMIT = 8 << 20
"""Bytes of a blob beyond which it is cut."""

CUT_MARK = b"\n... cut here: the record keeps 8 MiB of it ...\n"
WAIT = 10.0
"""Seconds to wait for another process's transaction."""

_TABLES = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
    v INTEGER NOT NULL, run TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS blob (hash TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), fold INTEGER, seq INTEGER, state BLOB);
"""
_MIGRATIONS: dict[int, str] = {0: _TABLES}
"""Schema version to the statements that lead to the next one."""

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs"})
"""File systems on which WAL does not work."""


class SqliteStore:
    """Implements :class:`workbench.engine.store.base.Store`. Raises StoreError from every method."""

    def __init__(self, path: Path | None) -> None:
        """Open or create ``path``; None keeps everything in memory."""
        self.path = path
        self.notice = ""
        with _told(path):
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = sqlite3.connect(
                str(path) if path else ":memory:", timeout=WAIT, isolation_level=None, check_same_thread=False
            )
            if path is not None and filesystem(path.parent) in NETWORK:
                self._db.execute("PRAGMA journal_mode=DELETE")
                self.notice = "the data folder is on a network file system: slower, and followed by polling"
            else:
                self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL" if self.notice else "PRAGMA synchronous=NORMAL")
            self._migrate()

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Store what is not stored yet; gives each with its seq, known ones with the seq they have."""
        stored: list[Event] = []
        with self._transaction():
            for event in events:
                row = self._db.execute("SELECT seq FROM event WHERE id = ?", (event.id,)).fetchone()
                if row is None:
                    row = self._db.execute(
                        "INSERT INTO event (id, at, actor, kind, v, run, data) VALUES (?,?,?,?,?,?,?) RETURNING seq",
                        (
                            event.id,
                            encode(event.at),
                            event.actor,
                            event.kind,
                            event.v,
                            event.run,
                            json.dumps(event.data),
                        ),
                    ).fetchone()
                stored.append(replace(event, seq=row[0]))
        return stored

    def read(self, after: int, limit: int = 1000) -> list[Event]:
        """Events above ``after``, in order."""
        with _told(self.path):
            rows = self._db.execute(
                "SELECT id, seq, at, actor, kind, v, data, run FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
                (after, limit),
            ).fetchall()
        return [_event(row) for row in rows]

    def load_snapshot(self) -> CaseState | None:
        """The snapshot, if it is of this fold version and can be read."""
        with _told(self.path):
            row = self._db.execute("SELECT fold, state FROM snapshot").fetchone()
        if row is None or row[0] != FOLD_VERSION:
            return None
        try:
            return decode(CaseState, json.loads(zlib.decompress(row[1])))
        except (ValueError, TypeError, KeyError, zlib.error):
            return None

    def save_snapshot(self, state: CaseState) -> None:
        """Replace the snapshot."""
        data = zlib.compress(json.dumps(encode(state)).encode(), 1)
        with self._transaction():
            self._db.execute("REPLACE INTO snapshot VALUES (1, ?, ?, ?)", (FOLD_VERSION, state.seq, data))

    def put_blob(self, data: bytes) -> str:
        """Store bytes by content."""
        if len(data) > BLOB_LIMIT:
            data = data[: BLOB_LIMIT // 2] + CUT_MARK + data[-BLOB_LIMIT // 2 :]
        name = hashlib.sha256(data).hexdigest()
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO blob VALUES (?, ?)", (name, zlib.compress(data, 1)))
        return name

    def get_blob(self, name: str) -> bytes:
        """The bytes of a blob."""
        with _told(self.path):
            row = self._db.execute("SELECT data FROM blob WHERE hash = ?", (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return zlib.decompress(row[0])

    def version(self) -> int:
        """SQLite's data_version: changes when another connection wrote."""
        with _told(self.path):
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _migrate(self) -> None:
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found > SCHEMA:
            raise StoreError(f"{self.path} was written by a newer workbench (schema {found}); update this one")
        for version in range(found, SCHEMA):
            self._db.executescript(f"BEGIN IMMEDIATE;{_MIGRATIONS[version]}PRAGMA user_version={version + 1};COMMIT;")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _told(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def filesystem(folder: Path) -> str:
    """The type of the file system that ``folder`` is on, empty where it cannot be told."""
    best, kind = "", ""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    real = str(folder.resolve())
    for line in mounts:
        fields = line.split(" ")
        if len(fields) > 2 and (real + "/").startswith(fields[1].rstrip("/") + "/") and len(fields[1]) >= len(best):
            best, kind = fields[1], fields[2]
    return kind


@contextmanager
def _told(path: Path | None) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path or 'the journal in memory'}: {error}") from error


def _event(row: tuple[str, int, str, str, str, int, str, str]) -> Event:
    ident, seq, at, actor, kind, version, data, run = row
    return Event(ident, seq, datetime.fromisoformat(at), actor, kind, version, json.loads(data), run)
