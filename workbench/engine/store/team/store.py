"""One case in a team's PostgreSQL. The events table is the log; NOTIFY only wakes, and carries a number."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.analysis.redact import redact, redact_bytes
from workbench.case.events import Event
from workbench.engine.store.base import StoreError, UnreadableError, WriteRefusedError, cut, storable
from workbench.engine.store.company import EXPIRY, Company, Presence
from workbench.engine.store.owners import is_alive
from workbench.engine.store.seam import counted, without_addresses
from workbench.engine.store.snapshots import Snapshot
from workbench.engine.store.team.schema import connect

if TYPE_CHECKING:
    import psycopg

_APPEND = (
    "SELECT got_id, got_seq, why FROM workbench.append(%s, %s::text[], %s::timestamptz[], %s::text[], %s::text[],"
    " %s::int[], %s::text[], %s::text[])"
)
_READ = (
    "SELECT id, seq, least(greatest(at, '0002-01-01Z'), '9998-12-31Z'), actor, kind, v, data, run"
    " FROM workbench.event WHERE case_id = %s AND seq > %s ORDER BY seq LIMIT %s"
)
_BEAT = "SELECT workbench.beat(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_PEOPLE = "SELECT id, name, host, looking, wants, role FROM workbench.person WHERE case_id = %s AND expires > now()"


class PostgresStore:
    """Implements :class:`workbench.engine.store.base.Store`; StoreError from every method."""

    def __init__(self, url: str, case: str) -> None:
        """Open ``case`` at ``url``; a case that is not there yet begins with its first event."""
        self.notice = ""
        self._case = case
        self._looks = 0
        with told():
            self._db: psycopg.Connection[Any] = connect(url)

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Store what is not stored yet, in one transaction and one round trip; the e-mail addresses in it are masked
        and counted, since others read it."""
        events = [counted(*without_addresses(event)) for event in events]
        columns = [list(column) for column in zip(*map(_row, events), strict=True)]
        if not columns:
            return []
        with told():
            rows = self._db.execute(_APPEND, (self._case, *columns)).fetchall()
        refused = next((row[2] for row in rows if row[2]), "")
        if refused:
            raise WriteRefusedError(f"the team's store: {refused}")
        seqs = {row[0]: row[1] for row in rows}
        return [replace(event, seq=int(seqs[storable(event.id)])) for event in events]

    def read(self, after: int, limit: int = 500) -> list[Event]:
        """Events above ``after``, in order."""
        with told():
            return [_event(row) for row in self._db.execute(_READ, (self._case, after, limit)).fetchall()]

    def last(self) -> int:
        """The number of the newest event."""
        found = self._one("SELECT coalesce(max(seq), 0) FROM workbench.event WHERE case_id = %s")
        return int(found[0]) if found else 0

    def load_snapshot(self) -> Snapshot | None:
        """The snapshot as it was stored."""
        row = self._one("SELECT fold, seq, state FROM workbench.snapshot WHERE case_id = %s")
        return Snapshot(*row) if row else None

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Replace the snapshot, where our login may; the others' will do."""
        row = (self._case, snapshot.fold, snapshot.seq, snapshot.data)
        self._call("SELECT workbench.save_snapshot(%s, %s, %s, %s)", row)

    def put_blob(self, data: bytes) -> str:
        """Store bytes by content, compressed, addresses masked."""
        data = cut(redact_bytes(data, emails=True)[0])
        name = hashlib.sha256(data).hexdigest()
        row = (self._case, name, zlib.compress(data, 1))
        if not self._call("SELECT workbench.keep(%s, %s, %s)", row):
            raise WriteRefusedError("the team's store: output is kept only of who may drive")
        return name

    def get_blob(self, name: str) -> bytes:
        """The bytes of a blob."""
        row = self._one("SELECT data FROM workbench.blob WHERE case_id = %s AND hash = %s", storable(name))
        if row is None:
            raise KeyError(name)
        with told():
            return zlib.decompress(row[0])

    def blob_names(self) -> list[str]:
        """The hash of every blob, in order."""
        query = "SELECT hash FROM workbench.blob WHERE case_id = %s ORDER BY hash"
        with told():
            return [str(row[0]) for row in self._db.execute(query, (self._case,)).fetchall()]

    def version(self) -> int:
        """Another one each time: to ask whether there is news is as dear as to read it."""
        self._looks += 1
        return self._looks

    def beat(self, me: Presence, drive: bool) -> Company:
        """``me`` is here, and takes the wheel with ``drive`` where it is free; by the server's clock and its rules."""
        texts = map(storable, (me.id, me.name, me.host, redact(me.looking, emails=True)[0]))
        self._call(_BEAT, (self._case, *texts, me.wants, me.role, EXPIRY, drive))
        return self._company()

    def hand_over(self, giver: str, taker: str) -> Company:
        """Give the wheel on, where ``giver`` has it and is ours."""
        self._call("SELECT workbench.hand_over(%s, %s, %s)", (self._case, giver, taker))
        return self._company()

    def leave(self, who: str) -> None:
        """``who`` is gone."""
        self._call("SELECT workbench.leave(%s, %s)", (self._case, who))

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _company(self) -> Company:
        """Who is here; a program of this host that is known to be dead is let go at once."""
        with told():
            rows = self._db.execute(_PEOPLE, (self._case,)).fetchall()
        people = [Presence(*row) for row in rows]
        dead = [each for each in people if not is_alive(each.host)]
        for each in dead:
            self.leave(each.id)
        held = self._one("SELECT holder FROM workbench.wheel WHERE case_id = %s")
        here = sorted((each for each in people if each not in dead), key=lambda each: (each.name, each.id))
        wheel = held[0] if held and any(each.id == held[0] for each in here) else ""
        return Company(wheel, tuple(here))

    def _call(self, query: str, row: tuple[Any, ...]) -> bool:
        with told():
            answer = self._db.execute(query.encode(), row).fetchone()
        return bool(answer and answer[0])

    def _one(self, query: str, *more: str) -> tuple[Any, ...] | None:
        with told():
            row: tuple[Any, ...] | None = self._db.execute(query.encode(), (self._case, *more)).fetchone()
            return row


def channel(case: str) -> str:
    """The channel on which it is told that ``case`` has a new event."""
    return f"workbench_{hashlib.sha256(case.encode('utf-8', 'replace')).hexdigest()[:24]}"


@contextmanager
def told() -> Iterator[None]:
    """What psycopg raises, in words for a person; the address is not in them, since it may hold a password."""
    try:
        import psycopg
    except ImportError:
        raise StoreError("the team's store needs psycopg: pip install 'bug-workbench[postgresql]'") from None
    try:
        yield
    except psycopg.Error as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise StoreError(f"the team's store: {said}") from error
    except (ValueError, zlib.error) as error:
        raise UnreadableError(f"the team's store is damaged: {error}") from error


def _row(event: Event) -> tuple[str, datetime, str, str, int, str, str]:
    data = json.dumps(event.data, allow_nan=False, separators=(",", ":"))
    return storable(event.id), event.at, storable(event.actor), event.kind, event.v, storable(event.run), data


def _event(row: tuple[str, int, datetime, str, str, int, Any, str]) -> Event:
    ident, seq, at, actor, kind, version, data, run = row
    return Event(ident, seq, at.astimezone(UTC), actor, kind, version, data, run)
