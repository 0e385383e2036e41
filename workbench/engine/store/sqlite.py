"""One SQLite file per case: events, blobs, a snapshot. The store gives ``seq`` inside BEGIN IMMEDIATE."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from workbench.case.codec import encode
from workbench.case.events import Event
from workbench.engine.store.base import StoreError, UnreadableError, cut, storable
from workbench.engine.store.company import Company, Presence, Round
from workbench.engine.store.connection import Opened, connect, identity, reason
from workbench.engine.store.snapshots import Snapshot

_INSERT = "INSERT INTO event (id, at, actor, kind, v, run, data) VALUES (?, ?, ?, ?, ?, ?, ?)"
_SELECT = "SELECT id, seq, at, actor, kind, v, data, run FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class SqliteStore:
    """Implements :class:`workbench.engine.store.base.Store`; StoreError from every method.

    A file that can be read but not written opens with a notice, and refuses what writes.
    """

    def __init__(self, path: Path) -> None:
        """Open or create ``path``."""
        self.path = path
        with self._told():
            opened: Opened = connect(path)
            self._db = opened.db
            self._identity = identity(path)
        self.notice = opened.notice

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Store what is not stored yet, in one transaction that is on the disk when this returns."""
        rows = [_row(event) for event in events]
        stored: list[Event] = []
        with self._transaction():
            for event, row in zip(events, rows, strict=True):
                known = self._db.execute("SELECT seq FROM event WHERE id = ?", row[:1]).fetchone()
                seq = known[0] if known else self._db.execute(_INSERT, row).lastrowid
                stored.append(replace(event, seq=int(seq or 0)))
        return stored

    def read(self, after: int, limit: int = 500) -> list[Event]:
        """Events above ``after``, in order."""
        with self._told():
            return [_event(row) for row in self._db.execute(_SELECT, (after, limit)).fetchall()]

    def last(self) -> int:
        """The number of the newest event."""
        with self._told():
            return int(self._db.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0])

    def load_snapshot(self) -> Snapshot | None:
        """The snapshot as it was stored."""
        with self._told():
            row = self._db.execute("SELECT fold, seq, state FROM snapshot").fetchone()
        return Snapshot(*row) if row else None

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Replace the snapshot."""
        row = (snapshot.fold, snapshot.seq, snapshot.data)
        with self._transaction():
            self._db.execute("REPLACE INTO snapshot (one, fold, seq, state) VALUES (1, ?, ?, ?)", row)

    def put_blob(self, data: bytes) -> str:
        """Store bytes by content, compressed."""
        data = cut(data)
        name = hashlib.sha256(data).hexdigest()
        packed = zlib.compress(data, 1)
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO blob (hash, data) VALUES (?, ?)", (name, packed))
        return name

    def get_blob(self, name: str) -> bytes:
        """The bytes of a blob."""
        with self._told():
            row = self._db.execute("SELECT data FROM blob WHERE hash = ?", (storable(name),)).fetchone()
        if row is None:
            raise KeyError(name)
        return zlib.decompress(row[0])

    def blob_names(self) -> list[str]:
        """The hashes of every blob, sorted."""
        with self._told():
            return [str(row[0]) for row in self._db.execute("SELECT hash FROM blob ORDER BY hash").fetchall()]

    def version(self) -> int:
        """SQLite's data_version. StoreError when the file was taken away: nobody would see what is written to it."""
        with self._told():
            if identity(self.path) != self._identity:
                raise StoreError(f"{self.path} was deleted or replaced while it was open")
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def beat(self, me: Presence, drive: bool) -> Company:
        """``me`` is here, and takes the wheel with ``drive`` where it is free."""
        with self._round() as people:
            return people.beat(me, drive, time.time())

    def hand_over(self, giver: str, taker: str) -> Company:
        """Give the wheel on, where ``giver`` has it."""
        with self._round() as people:
            return people.hand_over(giver, taker, time.time())

    def leave(self, who: str) -> None:
        """``who`` is gone."""
        with self._round() as people:
            people.leave(who)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _round(self) -> Iterator[Round]:
        """Who is here, read and written in one transaction; not forced to the disk, since it is true for seconds."""
        with self._told():
            self._db.execute("PRAGMA synchronous=NORMAL")
        try:
            with self._transaction():
                seen = {row[0]: (_presence(row), row[6]) for row in self._db.execute("SELECT * FROM person")}
                held = self._db.execute("SELECT holder FROM wheel").fetchone()
                people = Round(seen, held[0] if held else "")
                yield people
                rows = [
                    (*map(storable, (each.id, each.name, each.host, each.looking)), each.wants, each.role, until)
                    for each, until in people.kept()
                ]
                self._db.execute("DELETE FROM person")
                self._db.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
                self._db.execute("REPLACE INTO wheel VALUES (1, ?)", (people.company().wheel,))
        finally:
            with self._told():
                self._db.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
            raise (UnreadableError if damaged else StoreError)(f"{self.path}: {reason(error)}") from error
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror or error}") from error
        except (ValueError, zlib.error) as error:
            raise UnreadableError(f"{self.path} is damaged: {error}") from error


def _row(event: Event) -> tuple[str, str, str, str, int, str, str]:
    data = json.dumps(event.data, allow_nan=False, separators=(",", ":"))
    return storable(event.id), encode(event.at), storable(event.actor), event.kind, event.v, storable(event.run), data


def _event(row: tuple[str, int, str, str, str, int, str, str]) -> Event:
    ident, seq, at, actor, kind, version, data, run = row
    return Event(ident, seq, datetime.fromisoformat(at), actor, kind, version, json.loads(data), run)


def _presence(row: tuple[str, str, str, str, int, str, float]) -> Presence:
    ident, name, host, looking, wants, role, _ = row
    return Presence(ident, name, host, looking, bool(wants), role)
