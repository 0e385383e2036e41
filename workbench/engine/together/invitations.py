"""Invitations to one case: a token of 128 bits, of which only the hash is kept; it expires, and can be revoked.

A token is good for one joiner. Who joins with it first brings a key of their own, and from then on the token goes with
that key alone: it can be used again after a lost link, and not by anybody who saw it pass by.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workbench.case.enums import Role
from workbench.case.errors import ToldError
from workbench.engine.store.base import StoreError
from workbench.engine.store.connection import reason

_TABLE = (
    "CREATE TABLE IF NOT EXISTS invitation (hash TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL,"
    " role TEXT NOT NULL, name TEXT NOT NULL, expires REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0,"
    " key TEXT NOT NULL DEFAULT '')"
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation, without its token. ``name`` is the joiner's, empty where they choose it; ``used``: they came."""

    id: str
    case: str
    role: Role
    name: str
    expires: datetime
    revoked: bool = False
    used: bool = False


class InvitationError(ToldError):
    """A token that opens nothing; the message says why, to whom holds it and to the record."""


class Invitations:
    """The invitations to the cases of this account, in a file of mode 0600. StoreError from every method."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def make(self, case: str, role: Role, seconds: float, name: str = "") -> tuple[str, Invitation]:
        """A new token, shown once and kept nowhere, and its invitation."""
        token = secrets.token_hex(16)
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        made = Invitation(secrets.token_hex(4), case, role, name, until)
        with self._open() as db:
            db.execute(
                "INSERT INTO invitation (hash, id, case_id, role, name, expires) VALUES (?, ?, ?, ?, ?, ?)",
                (hashed(token), made.id, case, role.value, name, until.timestamp()),
            )
        return token, made

    def redeem(self, token: str, case: str, key: str) -> Invitation:
        """The invitation of ``token`` for ``case``, bound to ``key`` from now on. Raises InvitationError."""
        with self._open() as db:
            row = db.execute("SELECT * FROM invitation WHERE hash = ?", (hashed(token),)).fetchone()
            if row is None:
                raise InvitationError("this invitation is not known here: ask for a new one")
            made = _invitation(row)
            if made.case != case:
                raise InvitationError("this invitation is for another case")
            if made.revoked:
                raise InvitationError("this invitation was revoked")
            if row["expires"] <= time.time():
                raise InvitationError("this invitation has expired: ask for a new one")
            if made.used and not secrets.compare_digest(row["key"], hashed(key)):
                raise InvitationError("this invitation was used already, by another program: ask for a new one")
            db.execute("UPDATE invitation SET key = ? WHERE id = ?", (hashed(key), made.id))
        return made

    def stands(self, ident: str) -> bool:
        """Whether an invitation still holds: who came by it may stay."""
        with self._open() as db:
            row = db.execute("SELECT revoked, expires FROM invitation WHERE id = ?", (ident,)).fetchone()
        return row is not None and not row["revoked"] and row["expires"] > time.time()

    def revoke(self, ident: str) -> Invitation | None:
        """Let an invitation hold no more; None when there is none of that id."""
        with self._open() as db:
            db.execute("UPDATE invitation SET revoked = 1 WHERE id = ?", (ident,))
            row = db.execute("SELECT * FROM invitation WHERE id = ?", (ident,)).fetchone()
        return _invitation(row) if row else None

    def of(self, case: str) -> list[Invitation]:
        """The invitations to a case, the latest to expire first."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM invitation WHERE case_id = ? ORDER BY expires DESC", (case,)).fetchall()
        return [_invitation(row) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            with closing(sqlite3.connect(self._path, timeout=10)) as db, db:
                db.row_factory = sqlite3.Row
                db.execute(_TABLE)
                db.execute("BEGIN IMMEDIATE")
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {reason(error)}") from error
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror or error}") from error


def hashed(secret: str) -> str:
    """What is kept of a token or key: it has 128 random bits, so that a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _invitation(row: sqlite3.Row) -> Invitation:
    until = datetime.fromtimestamp(row["expires"], UTC)
    return Invitation(
        row["id"], row["case_id"], Role(row["role"]), row["name"], until, bool(row["revoked"]), bool(row["key"])
    )
