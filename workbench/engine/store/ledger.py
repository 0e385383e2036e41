"""A store and the state folded from it, kept in step. Synchronous: lives on the journal's writer thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from workbench.case.codec import encode
from workbench.case.events import KINDS, Event, MalformedEventError, readable
from workbench.case.fold import fold, interrupted, interruption
from workbench.case.state import CaseState
from workbench.engine.store.base import Store, StoreError, UnreadableError, WriteRefusedError
from workbench.engine.store.memory import MemoryStore
from workbench.engine.store.owners import is_alive
from workbench.engine.store.seam import admitted
from workbench.engine.store.snapshots import Snapshot, unpack

RETRY = 5.0
"""Seconds between two tries to write what had to be kept in memory."""

SNAPSHOT_EVERY = 500
"""Events after which the snapshot is due; a tenth of the journal where that is more, since it costs by its length."""

FROM_HERE_ON = "From here on the case is only in memory, and written when that works again"

BATCH = 500
"""Events that are read at once; fewer mean that there are no more."""

Tell = Callable[[Sequence[Event]], None]
Refusal = MalformedEventError | WriteRefusedError


class Ledger:
    """``state`` is the fold of ``store``; ``tell`` is called with the events of every step, none for a mere notice.

    ``readonly`` says why the case cannot be written, ``notice`` what else a person must know; ``tends``: the ends of
    dead runs are journaled here.
    """

    def __init__(self, make_store: Callable[[], Store], tell: Tell, readonly: str = "", tends: bool = True) -> None:
        self.state = CaseState()
        self.notice = ""
        self.readonly = readonly
        self.store: Store = MemoryStore()
        self.snapshot_seq = 0
        self._tends = tends
        self._make_store = make_store
        self._tell = tell
        self._version = 0
        self._retry_at = 0.0
        self._heard: frozenset[str] = frozenset()
        self._heard_seq = 0

    @property
    def shown(self) -> CaseState:
        """The state for people: where nothing can be written, dead runs are marked at least on screen."""
        return interrupted(self.state, self._is_alive) if self.readonly else self.state

    @property
    def snapshot_due(self) -> bool:
        """Whether enough has come since the last one."""
        return self.state.seq - self.snapshot_seq >= max(SNAPSHOT_EVERY, self.snapshot_seq // 10)

    def open(self) -> None:
        """Open the store and fold it. Raises UnreadableError; a store that fails otherwise is replaced by memory."""
        try:
            self.store = self._make_store()
            self._load()
        except UnreadableError:
            self.store.close()
            raise
        except StoreError as error:
            self._retreat(
                f"{error}. Working in memory: what you do here is lost when you leave, unless that works again by then"
            )
        self.notice = self.notice or self.store.notice
        self.mark_interrupted()
        self._tell([])

    def append(self, batches: Sequence[Sequence[Event]]) -> list[Refusal | None]:
        """Store the batches in one transaction; for each, why it was refused (left out as a whole) or None."""
        try:
            return self._append(batches)
        except WriteRefusedError as error:
            # one of them spoils a transaction: each for itself, so that the others are kept
            return [error] if len(batches) == 1 else [self.append([batch])[0] for batch in batches]

    def _append(self, batches: Sequence[Sequence[Event]]) -> list[Refusal | None]:
        ahead, events, refused = self.state, list[Event](), list[Refusal | None]()
        for batch in batches:
            try:
                ready = [replace(admitted(event), seq=ahead.seq + n) for n, event in enumerate(batch, 1)]
                ahead = fold(ahead, ready, strict=True)
            except MalformedEventError as error:
                refused.append(error)
                continue
            events += ready
            refused.append(None)
        if events:
            stored = self._stored(events)
            if stored == events:  # else others wrote before us, or the store masked more than we did
                self.state = ahead
                self._tell(stored)
            else:
                self._version = -1
                self.look()
        return refused

    def look(self) -> None:
        """Fold what others wrote since the last look."""
        try:
            version = self.store.version()
            if version != self._version:
                self._version = version
                self._catch_up(self._tell)
        except StoreError as error:
            self._retreat(f"{error}. {FROM_HERE_ON}")

    def tend(self) -> None:
        """What is done while nothing else is: mark dead runs, and write what had to stay in memory."""
        self.mark_interrupted()
        if isinstance(self.store, MemoryStore) and time.monotonic() >= self._retry_at:
            self.heal(self.store)

    def mark_interrupted(self) -> None:
        """Journal the end of every run whose process is gone."""
        dead = [run for run in self.state.running if not self._is_alive(run)]
        if not dead or self.readonly or not self._tends:
            return
        self.look()
        ends = [self._interruption(run) for run in dead if run in self.state.running]
        if ends and not self.readonly:
            self.append([ends])

    def heal(self, memory: MemoryStore) -> None:
        """Try to write what is only in memory, and go on in the store."""
        self._retry_at = time.monotonic() + RETRY
        try:
            store = self._make_store()
        except StoreError:
            return
        before = self.state
        self._heard, self._heard_seq = memory.ids, before.seq - memory.holds
        fresh: list[Event] = []
        try:
            refused = memory.pour(store)
            self.store = store
            self._load(fresh.extend, self._heard_seq)
        except StoreError:
            self.store, self.state = memory, before
            store.close()
            return
        finally:
            self._heard, self._heard_seq = frozenset(), 0
        memory.close()
        self.notice = store.notice or "the case is saved again, with all that was only in memory"
        if refused:
            lost = f"{len(refused)} of what was only in memory was refused"
            self.notice = f"the case is saved again, but {lost}: {refused[0]}"
        self._tell(fresh)

    def close(self) -> None:
        """A last try to write what is only in memory, then let go."""
        if isinstance(self.store, MemoryStore) and self.store.holds:
            self.heal(self.store)
        self.store.close()

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Store a snapshot of this state; a failure only makes the next opening slower."""
        self.snapshot_seq = snapshot.seq
        try:
            self.store.save_snapshot(snapshot)
        except StoreError as error:
            self.notice = f"{error}. The case is kept; it opens more slowly next time"
            self._tell([])

    def _load(self, tell: Tell | None = None, told: int | None = None) -> None:
        """Fold the store from its snapshot on; from its beginning where the snapshot stands for more than was ``told``,
        since ``tell`` must hear of the rest."""
        state = unpack(self.store.load_snapshot()) or CaseState()
        self._version = self.store.version()
        self.state = state if state.seq <= (self.store.last() if told is None else told) else CaseState()
        self.snapshot_seq = self.state.seq
        self._catch_up(tell or self._tell)

    def _catch_up(self, tell: Tell) -> None:
        """Fold what is stored and not folded yet, by whomever it was written, and ``tell`` of it."""
        while events := self.store.read(self.state.seq, BATCH):
            known, newer = readable(events)
            self.state = fold(self.state, known)
            if newer:
                self.readonly = f"{newer}: the case is shown as it stood before that, and cannot be written"
            fresh = [event for event in known if event.seq > self._heard_seq and event.id not in self._heard]
            if fresh or newer:
                tell(fresh)
            if newer or len(events) < BATCH:
                return

    def _stored(self, events: Sequence[Event]) -> list[Event]:
        try:
            return self.store.append(events)
        except WriteRefusedError:
            raise
        except StoreError as error:
            self._retreat(f"{error}. What was saved before stays saved. {FROM_HERE_ON}")
            return self.store.append(events)

    def _retreat(self, notice: str) -> None:
        """Go on in memory, so that what is on screen stays and nothing is lost unsaid."""
        self.notice = notice
        self._retry_at = time.monotonic() + RETRY
        self.store = MemoryStore(self.store, self.state.seq, notice)
        self._tell([])

    def _is_alive(self, run: str) -> bool:
        return is_alive(self.state.running[run].owner)

    def _interruption(self, run: str) -> Event:
        """Its id is made of the run's, so that several programs that see it dead say it once."""
        kind, data = "analysis.finished", {"check": encode(interruption(self.state.running[run]))}
        return Event(f"{run}.interrupted", 0, datetime.now(UTC), "workbench/journal", kind, KINDS[kind], data, run)
