"""A case as who joined it may read it: e-mail addresses are masked where it leaves this account."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace

from workbench.analysis.redact import may_hold_address, redact, redact_bytes, redact_data
from workbench.case.events import Event
from workbench.engine.store.base import Store
from workbench.engine.store.company import Company, Presence
from workbench.engine.store.seam import without_addresses
from workbench.engine.store.snapshots import Snapshot


class Veiled:
    """Implements :class:`workbench.engine.store.base.Store` over ``store``: what is written goes there as it is, what
    is read has no addresses. ``masked`` is how many there were in what was read."""

    def __init__(self, store: Store) -> None:
        self.notice = store.notice
        self.masked = 0
        self._store = store

    def append(self, events: Sequence[Event]) -> list[Event]:
        """As they are: they are masked for everyone who reads them."""
        return self._store.append(events)

    def read(self, after: int, limit: int = 500) -> list[Event]:
        """Events above ``after``, masked."""
        return [self._shown(event) for event in self._store.read(after, limit)]

    def last(self) -> int:
        """The number of the newest event."""
        return self._store.last()

    def load_snapshot(self) -> Snapshot | None:
        """The stored snapshot, masked."""
        found = self._store.load_snapshot()
        return self._masked_snapshot(found) if found is not None else None

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """None is kept: the store's own is whole."""

    def put_blob(self, data: bytes) -> str:
        """Store bytes as they are."""
        return self._store.put_blob(data)

    def get_blob(self, name: str) -> bytes:
        """The bytes of a blob, masked: not those that the name is the hash of."""
        data, count = redact_bytes(self._store.get_blob(name), emails=True)
        self.masked += count
        return data

    def blob_names(self) -> list[str]:
        """The name of every blob."""
        return self._store.blob_names()

    def version(self) -> int:
        """A number that changes when somebody else wrote."""
        return self._store.version()

    def beat(self, me: Presence, drive: bool) -> Company:
        """Who is here, what they look at masked."""
        return _company(self._store.beat(me, drive))

    def hand_over(self, giver: str, taker: str) -> Company:
        """The same, after the wheel was given on."""
        return _company(self._store.hand_over(giver, taker))

    def leave(self, who: str) -> None:
        """``who`` is gone."""
        self._store.leave(who)

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def _shown(self, event: Event) -> Event:
        masked, count = without_addresses(event)
        self.masked += count
        return masked

    def _masked_snapshot(self, snapshot: Snapshot) -> Snapshot:
        try:
            lines = zlib.decompress(snapshot.data).splitlines()
            total = 0
            for index, line in enumerate(lines):
                if may_hold_address(line.decode()):
                    data, count = redact_data(json.loads(line), emails=True)
                    lines[index] = json.dumps(data).encode()
                    total += count
        except (ValueError, zlib.error):
            return replace(snapshot, fold=0)
        self.masked += total
        return replace(snapshot, data=zlib.compress(b"\n".join(lines) + b"\n", 1)) if total else snapshot


def _company(company: Company) -> Company:
    people = (replace(each, looking=redact(each.looking, emails=True)[0]) for each in company.people)
    return replace(company, people=tuple(people))
