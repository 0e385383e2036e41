"""The cases on this machine: one file each in the data folder, and an index of them that can be made anew."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from workbench.case.codec import encode
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.engine.store.base import StoreError
from workbench.engine.store.snapshots import unpack
from workbench.engine.store.sqlite import SqliteStore

_TABLE = "CREATE TABLE IF NOT EXISTS cases (id TEXT PRIMARY KEY, repo TEXT, question TEXT, opened TEXT, touched TEXT)"


class CaseNotFoundError(Exception):
    """No case, or more than one, of that id."""


@dataclass(frozen=True, slots=True)
class CaseCard:
    """What the list of cases shows of one."""

    id: str
    repo: str
    question: str
    opened: datetime
    touched: datetime


class Library:
    """The data folder ``data``. Its index is a convenience: losing it loses nothing."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "cases"
        self._index = data / "cases.sqlite"

    def path(self, case: str) -> Path:
        """The file of a case."""
        return self._folder / f"{case}.sqlite"

    def new_id(self) -> str:
        """An id for a new case: the day, then random, so that ids sort by age and a prefix names one."""
        return f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(3)}"

    def find(self, prefix: str) -> str:
        """The id of the one case that begins with ``prefix``. Raises CaseNotFoundError."""
        names = sorted(path.stem for path in self._folder.glob("*.sqlite"))
        found = [name for name in names if name == prefix] or [name for name in names if name.startswith(prefix)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise CaseNotFoundError(f"there is no case {prefix}; workbench cases lists them")
        raise CaseNotFoundError(f"{prefix} could be any of {', '.join(found[:5])}")

    def touch(self, state: CaseState) -> None:
        """Write a case's card. Raises StoreError."""
        now = datetime.now(UTC)
        card = (state.id, state.repo, state.question, encode(state.opened_at or now), encode(now))
        with self._open() as db, db:
            db.execute("REPLACE INTO cases VALUES (?, ?, ?, ?, ?)", card)

    def cards(self, limit: int = 100) -> list[CaseCard]:
        """The cases, latest touched first; cards that are missing are made from their files."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM cases").fetchall()
        known = {row[0]: _card(row) for row in rows if self.path(row[0]).exists()}
        for path in self._folder.glob("*.sqlite"):
            if path.stem not in known and (state := self._read(path)) is not None:
                self.touch(state)
                opened = state.opened_at or datetime.fromtimestamp(path.stat().st_mtime, UTC)
                known[path.stem] = CaseCard(state.id, state.repo, state.question, opened, opened)
        return sorted(known.values(), key=lambda card: card.touched, reverse=True)[:limit]

    def _read(self, path: Path) -> CaseState | None:
        try:
            with closing(SqliteStore(path)) as store:
                state = unpack(store.load_snapshot()) or CaseState()
                while events := store.read(state.seq):
                    state = fold(state, events)
        except Exception:  # noqa: BLE001 - a case file that cannot be read must not hide the others
            return None
        return state if state.id else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._index.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self._index, timeout=10)) as db:
                db.execute(_TABLE)
                yield db
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._index}: {error}") from error


def _card(row: tuple[str, str, str, str, str]) -> CaseCard:
    ident, repo, question, opened, touched = row
    return CaseCard(ident, repo, question, datetime.fromisoformat(opened), datetime.fromisoformat(touched))
