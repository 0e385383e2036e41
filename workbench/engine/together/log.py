"""What a joiner has of a journal: a snapshot and the events after it, in order, without a gap."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from workbench.case.events import Event
from workbench.engine.store.snapshots import Snapshot


class Log:
    """May be used from any thread. ``stamp`` is another number when more is known than before."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.stamp = 0
        self.last = 0
        self._events: list[Event] = []
        self._ahead: dict[int, Event] = {}
        self._lock = threading.Lock()

    @property
    def _start(self) -> int:
        return self.snapshot.seq if self.snapshot is not None else 0

    @property
    def end(self) -> int:
        """The number up to which everything is here."""
        return self._start + len(self._events)

    def begin(self, snapshot: Snapshot | None) -> None:
        """Start from ``snapshot``, where nothing is known yet."""
        with self._lock:
            if not self._events and self.snapshot is None:
                self.snapshot = snapshot

    def add(self, events: Iterable[Event], last: int = 0) -> None:
        """What came, in any order; ``last`` is the newest number that there is."""
        with self._lock:
            for event in events:
                self._ahead[event.seq] = event
                self.last = max(self.last, event.seq)
            while self.end + 1 in self._ahead:
                self._events.append(self._ahead.pop(self.end + 1))
            self._ahead = {seq: event for seq, event in self._ahead.items() if seq > self.end}
            self.last = max(self.last, last)
            self.stamp += 1

    def read(self, after: int, limit: int) -> list[Event] | None:
        """Events above ``after``; None where they are not here and have to be asked for."""
        with self._lock:
            if after >= self.last:
                return []
            if not self._start <= after < self.end:
                return None
            return self._events[after - self._start : after - self._start + limit]
