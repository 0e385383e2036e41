"""The index file of the library: one JSON card per case. Whatever is wrong with it, it is thrown away and made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from workbench.engine.store.base import StoreError
from workbench.engine.store.connection import reason

VERSION = 3
"""Raised with every change of the cards or their table."""

_TABLE = "CREATE TABLE IF NOT EXISTS card (id TEXT PRIMARY KEY, stamp INTEGER NOT NULL, card TEXT NOT NULL)"


class CardIndex:
    """Cards by case id, each with the stamp of the file it was made of. A folder that cannot be written has none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, tuple[int, str]]:
        """Every card: id to stamp and JSON; nothing where there is no index to read."""
        try:
            with self._open() as db:
                rows = db.execute("SELECT id, stamp, card FROM card").fetchall()
        except StoreError:
            return {}
        return {ident: (stamp, text) for ident, stamp, text in rows}

    def write(self, cards: Iterable[tuple[str, int, str]]) -> None:
        """Write cards in the place of those before. Raises StoreError."""
        rows = list(cards)
        if rows:
            with self._open() as db, db:
                db.executemany("REPLACE INTO card (id, stamp, card) VALUES (?, ?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                db = self._prepared()
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                    raise
                self._path.unlink(missing_ok=True)
                db = self._prepared()
            with closing(db):
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {reason(error)}") from error
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror or error}") from error

    def _prepared(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10)
        try:
            if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                with db:
                    db.execute("DROP TABLE IF EXISTS card")
                    db.execute("DROP TABLE IF EXISTS cases")
                    db.execute(_TABLE)
                    db.execute(f"PRAGMA user_version={VERSION}")
        except BaseException:
            db.close()
            raise
        return db
