"""What a journal goes on with when its store fails: memory, over whatever the store can still read."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace

from workbench.case.events import Event
from workbench.engine.store.base import Store, StoreError, WriteRefusedError, cut, renamed
from workbench.engine.store.company import Company, Presence, Round
from workbench.engine.store.snapshots import Snapshot


class MemoryStore:
    """Implements :class:`workbench.engine.store.base.Store` in memory, after event ``after`` of ``base``."""

    def __init__(self, base: Store | None = None, after: int = 0, notice: str = "") -> None:
        self.notice = notice
        self._base = base
        self._after = after
        self._events: list[Event] = []
        self._known: dict[str, int] = {}
        self._blobs: dict[str, bytes] = {}
        self._round = Round()

    @property
    def holds(self) -> int:
        """How many events are here and nowhere else."""
        return len(self._events)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of these."""
        return frozenset(self._known)

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Keep what is not kept yet."""
        for event in events:
            if event.id not in self._known:
                self._known[event.id] = seq = self._after + len(self._events) + 1
                self._events.append(replace(event, seq=seq))
        return [replace(event, seq=self._known[event.id]) for event in events]

    def read(self, after: int, limit: int = 500) -> list[Event]:
        """Events above ``after``: the base's, then the ones here."""
        if self._base is not None and after < self._after:
            found = [event for event in self._base.read(after, limit) if event.seq <= self._after]
            if found:
                return found
        start = max(0, after - self._after)
        return self._events[start : start + limit]

    def last(self) -> int:
        """The number of the newest event."""
        return self._after + len(self._events)

    def load_snapshot(self) -> Snapshot | None:
        """The base's."""
        return self._base.load_snapshot() if self._base is not None else None

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Memory needs none."""

    def put_blob(self, data: bytes) -> str:
        """Keep bytes by content."""
        data = cut(data)
        name = hashlib.sha256(data).hexdigest()
        self._blobs[name] = data
        return name

    def get_blob(self, name: str) -> bytes:
        """The bytes of a blob, from here or the base."""
        if name in self._blobs or self._base is None:
            return self._blobs[name]
        return self._base.get_blob(name)

    def blob_names(self) -> list[str]:
        """The hash of every blob, here or in the base."""
        return sorted({*self._blobs, *(self._base.blob_names() if self._base is not None else ())})

    def version(self) -> int:
        """Nobody else writes here."""
        return 0

    def beat(self, me: Presence, drive: bool) -> Company:
        """Nobody else is here: who works without the store keeps the wheel of what is in memory."""
        return self._round.beat(me, drive, time.monotonic())

    def hand_over(self, giver: str, taker: str) -> Company:
        """There is nobody to give it to."""
        return self._round.hand_over(giver, taker, time.monotonic())

    def leave(self, who: str) -> None:
        """``who`` is gone."""
        self._round.leave(who)

    def close(self) -> None:
        """Let go of the base."""
        if self._base is not None:
            self._base.close()

    def pour(self, into: Store) -> list[WriteRefusedError]:
        """Store what is only here in ``into``, blobs first; all of the base too where it was taken away. Gives why
        events were refused for good: they are let go.

        Raises StoreError; what was stored by then is not stored twice by the next try.
        """
        if into.last() < self._after and self._base is not None:
            after = 0
            while after < self._after and (events := self._base.read(after)):
                into.append(events)
                after = events[-1].seq
        stored = {name: into.put_blob(data) for name, data in self._blobs.items()}
        names = {name: other for name, other in stored.items() if other != name}
        refused: list[WriteRefusedError] = []
        fresh = [replace(event, seq=0, data=renamed(event.data, names)) for event in self._events]
        try:
            into.append(fresh)
        except WriteRefusedError:
            for event in fresh:
                try:
                    into.append([event])
                except WriteRefusedError as error:
                    refused.append(error)
        if into.last() < self._after:
            raise StoreError("the events before are gone")
        return refused
