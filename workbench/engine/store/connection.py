"""Opening the SQLite file of a case: journal mode by file system, schema and migrations, and what is read-only."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from workbench.engine.store.base import UnreadableError
from workbench.engine.store.filesystems import filesystem, is_network

SCHEMA = 2
WAIT = 10.0
"""Seconds to wait for another process's transaction."""

_TABLES = (
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, actor TEXT NOT NULL,"
    " kind TEXT NOT NULL, v INTEGER NOT NULL, run TEXT NOT NULL, data TEXT NOT NULL)",
    "CREATE TABLE blob (hash TEXT PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), fold INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " state BLOB NOT NULL)",
)
_COMPANY = (
    "CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, host TEXT NOT NULL, looking TEXT NOT NULL,"
    " wants INTEGER NOT NULL, role TEXT NOT NULL, expires REAL NOT NULL)",
    "CREATE TABLE wheel (one INTEGER PRIMARY KEY CHECK (one = 1), holder TEXT NOT NULL)",
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (_TABLES, _COMPANY)
"""The statements that lead from the schema version of their index to the next one."""

_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it cannot be written (read-only file, folder or disk)",
    sqlite3.SQLITE_BUSY: "another program keeps it locked",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened (missing, or no permission)",
    sqlite3.SQLITE_IOERR: "the disk failed",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is not a case of workbench",
}


@dataclass(frozen=True)
class Opened:
    """An open connection and what a person must know of it."""

    db: sqlite3.Connection
    notice: str


def connect(path: Path) -> Opened:
    """Open ``path``, made and migrated as needed; only for reading where it exists but cannot be written.

    Raises sqlite3.Error, OSError, and UnreadableError for the file of a newer program.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        db = _open(f"file:{quote(str(path))}?mode=rw")
        return Opened(db, _prepare(db, path))
    except (sqlite3.Error, OSError):
        if not path.exists() or path.stat().st_size == 0:
            raise
        return Opened(_only_read(path), f"{path} cannot be written: what you do here is kept in memory only")


def identity(path: Path) -> tuple[int, int]:
    """What tells the file at ``path`` from another one of that name; zeros when there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def reason(error: sqlite3.Error) -> str:
    """A failure of SQLite in plain words, with its own."""
    said = _REASONS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return f"{said} ({error})" if said else str(error)


def _open(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None, check_same_thread=False)


def _prepare(db: sqlite3.Connection, path: Path) -> str:
    try:
        _schema(db, path)
        network = is_network(filesystem(path.parent))
        _set_journal_mode(db, "delete" if network else "wal")
        db.execute("PRAGMA synchronous=FULL")
        _migrate(db, path)
    except BaseException:
        db.close()
        raise
    if network:
        return f"{path.parent} is on a network file system: slower, and followed by a look every second"
    return ""


def _set_journal_mode(db: sqlite3.Connection, mode: str) -> None:
    """Retried by hand: SQLite does not wait for the lock that changing the mode needs."""
    deadline = time.monotonic() + WAIT
    while True:
        try:
            if db.execute("PRAGMA journal_mode").fetchone()[0] != mode:
                db.execute(f"PRAGMA journal_mode={mode}")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    if _schema(db, path) == SCHEMA:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        for version in range(_schema(db, path), SCHEMA):
            for statement in MIGRATIONS[version]:
                db.execute(statement)
        db.execute(f"PRAGMA user_version={SCHEMA}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _schema(db: sqlite3.Connection, path: Path) -> int:
    found = int(db.execute("PRAGMA user_version").fetchone()[0])
    if found > SCHEMA:
        raise UnreadableError(f"{path} was written by a newer workbench (schema {found}, this one knows {SCHEMA})")
    return found


def _only_read(path: Path) -> sqlite3.Connection:
    """In a read-only folder SQLite cannot make its helper files; where no log lies beside the file, none is needed."""
    plain = f"file:{quote(str(path))}?mode=ro"
    try:
        return _checked(plain, path)
    except sqlite3.OperationalError:
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size > 0:
            raise
        return _checked(f"{plain}&immutable=1", path)


def _checked(uri: str, path: Path) -> sqlite3.Connection:
    db = _open(uri)
    try:
        if _schema(db, path) < SCHEMA:
            raise UnreadableError(f"{path} holds no case that this workbench can read, and cannot be written")
    except BaseException:
        db.close()
        raise
    return db
