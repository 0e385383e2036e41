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

from workbench.case.events import Event
from workbench.engine.store.base import StoreError, UnreadableError, cut, storable
from workbench.engine.store.company import EXPIRY, Company, Presence, Round
from workbench.engine.store.snapshots import Snapshot
from workbench.engine.store.team.schema import connect

if TYPE_CHECKING:
    import psycopg

_APPEND = (
    "SELECT got_id, got_seq FROM workbench.append(%s, %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::int[],"
    " %s::text[], %s::text[], %s)"
)
_READ = (
    "SELECT id, seq, at, actor, kind, v, data, run FROM workbench.event WHERE case_id = %s AND seq > %s"
    " ORDER BY seq LIMIT %s"
)
_SNAPSHOT = (
    "INSERT INTO workbench.snapshot VALUES (%s, %s, %s, %s) ON CONFLICT (case_id)"
    " DO UPDATE SET fold = excluded.fold, seq = excluded.seq, state = excluded.state"
)
_SAY = (
    "INSERT INTO workbench.person VALUES (%s, %s, %s, %s, %s, %s, %s, now() + make_interval(secs => %s))"
    " ON CONFLICT (case_id, id) DO UPDATE SET name = excluded.name, host = excluded.host, looking = excluded.looking,"
    " wants = excluded.wants, role = excluded.role, expires = excluded.expires"
)
_WHEEL = "INSERT INTO workbench.wheel VALUES (%s, %s) ON CONFLICT (case_id) DO UPDATE SET holder = excluded.holder"


class PostgresStore:
    """Implements :class:`workbench.engine.store.base.Store`; StoreError from every method."""

    def __init__(self, url: str, case: str) -> None:
        """Open ``case`` at ``url``; a case that is not there yet begins with its first event."""
        self.notice = ""
        self._case = case
        with told():
            self._db: psycopg.Connection[Any] = connect(url)

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Store what is not stored yet, in one transaction and one round trip."""
        columns = [list(column) for column in zip(*map(_row, events), strict=True)]
        if not columns:
            return []
        with told():
            rows = self._db.execute(_APPEND, (self._case, *columns, channel(self._case))).fetchall()
        seqs = dict(rows)
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
        """Replace the snapshot."""
        with told():
            self._db.execute(_SNAPSHOT, (self._case, snapshot.fold, snapshot.seq, snapshot.data))

    def put_blob(self, data: bytes) -> str:
        """Store bytes by content, compressed."""
        data = cut(data)
        name = hashlib.sha256(data).hexdigest()
        row = (self._case, name, zlib.compress(data, 1))
        with told():
            self._db.execute("INSERT INTO workbench.blob VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", row)
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
        """The number of the newest event: whatever anyone writes raises it."""
        return self.last()

    def beat(self, me: Presence, drive: bool) -> Company:
        """``me`` is here, and takes the wheel with ``drive`` where it is free."""
        row = (self._case, *map(storable, (me.id, me.name, me.host, me.looking)), me.wants, me.role, EXPIRY)
        with self._round() as (people, now):
            self._db.execute(_SAY, row)
            return people.beat(me, drive, now)

    def hand_over(self, giver: str, taker: str) -> Company:
        """Give the wheel on, where ``giver`` has it."""
        with self._round() as (people, now):
            return people.hand_over(giver, taker, now)

    def leave(self, who: str) -> None:
        """``who`` is gone."""
        with self._round() as (people, _):
            self._db.execute("DELETE FROM workbench.person WHERE case_id = %s AND id = %s", (self._case, who))
            people.leave(who)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @contextmanager
    def _round(self) -> Iterator[tuple[Round, float]]:
        """Who is here, under the case's lock and by the server's clock; what became of the wheel is written."""
        with told(), self._db.transaction():
            self._db.execute("SELECT pg_advisory_xact_lock(hashtextextended('wheel ' || %s, 0))", (self._case,))
            self._db.execute("DELETE FROM workbench.person WHERE case_id = %s AND expires <= now()", (self._case,))
            rows = self._db.execute(
                "SELECT id, name, host, looking, wants, role, extract(epoch FROM expires)::float8"
                " FROM workbench.person WHERE case_id = %s",
                (self._case,),
            ).fetchall()
            held = self._one("SELECT holder FROM workbench.wheel WHERE case_id = %s")
            now = self._db.execute("SELECT extract(epoch FROM now())::float8").fetchone()
            people = Round({row[0]: (Presence(*row[:6]), row[6]) for row in rows}, held[0] if held else "")
            yield people, float(now[0]) if now else 0.0
            self._db.execute(_WHEEL, (self._case, people.company().wheel))

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
