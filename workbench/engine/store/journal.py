"""The journal of one open case: appended by one writer thread, folded off the loop, followed live."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from workbench.analysis.redact import redact_data
from workbench.case.events import Event, NewerEventError
from workbench.case.fold import fold, interrupted
from workbench.case.state import CaseState
from workbench.engine.store.base import Store, StoreError
from workbench.engine.store.owners import is_alive

GATHER = 0.05
"""Seconds between two transactions at least."""

POLL = 1.0
"""Seconds between two looks at whether another process wrote."""

SNAPSHOT_EVERY = 500
"""Events after which the snapshot is written anew."""

Listener = Callable[[CaseState, Sequence[Event]], None]


class ReadOnlyError(Exception):
    """The case cannot be written; the message says why."""


@dataclass(frozen=True)
class _Wanted:
    events: tuple[Event, ...]
    done: asyncio.Future[None]


class Journal:
    """A case's journal. ``state`` is the fold of all that is durable; ``notice`` says what a person must know of it.

    ``make_store`` is called on the writer thread. When the store fails, the journal goes on in memory and says so.
    """

    def __init__(self, make_store: Callable[[], Store], in_memory: Callable[[], Store], readonly: str = "") -> None:
        self.state = CaseState()
        self.notice = ""
        self.readonly = readonly
        self._make_store = make_store
        self._in_memory = in_memory
        self._queue: queue.Queue[_Wanted | Callable[[Store], None] | None] = queue.Queue()
        self._listeners: list[Listener] = []
        self._loop = asyncio.get_running_loop()
        self._opened = self._loop.create_future()
        self._thread = threading.Thread(target=self._write, name="workbench-journal", daemon=True)
        self._snapshot_at = 0

    @classmethod
    async def open(cls, make_store: Callable[[], Store], in_memory: Callable[[], Store], readonly: str = "") -> Journal:
        """Open and fold what is there."""
        journal = cls(make_store, in_memory, readonly)
        journal._thread.start()
        await journal._opened
        return journal

    async def append(self, *events: Event) -> None:
        """Return when the events are durable and folded. Raises ReadOnlyError."""
        if self.readonly:
            raise ReadOnlyError(self.readonly)
        done = self._loop.create_future()
        self._queue.put(_Wanted(events, done))
        await done

    async def put_blob(self, data: bytes) -> str:
        """Store bytes by content, redacted by the caller; gives their hash."""
        return str(await self._call(lambda store: store.put_blob(data)))

    async def get_blob(self, name: str) -> bytes:
        """The bytes of a blob. Raises KeyError."""
        data = await self._call(lambda store: store.get_blob(name))
        return bytes(data)

    async def events(self, after: int = 0) -> list[Event]:
        """Every stored event above ``after``."""
        found: list[Event] = []
        while batch := await self._call(partial(_read, after=found[-1].seq if found else after)):
            found += batch
        return found

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` on the loop with the new state and what made it; gives the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def wake(self) -> None:
        """Look now whether another process wrote."""
        self._queue.put(lambda store: None)

    async def close(self) -> None:
        """Write what is queued and the snapshot, then let go."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    async def _call(self, work: Callable[[Store], Any]) -> Any:
        done: asyncio.Future[Any] = self._loop.create_future()

        def run(store: Store) -> None:
            try:
                self._settle(done, work(store), None)
            except (StoreError, KeyError) as error:
                self._settle(done, None, error)

        self._queue.put(run)
        return await done

    def _write(self) -> None:
        store = self._open()
        version = store.version()
        while True:
            try:
                item = self._queue.get(timeout=POLL)
            except queue.Empty:
                item = _look
            if item is None:
                break
            if isinstance(item, _Wanted):
                store = self._append(store, self._gather(item))
            else:
                item(store)
            seen = store.version()
            if seen != version:
                version = seen
                self._catch_up(store)
        self._snapshot(store)
        store.close()

    def _gather(self, first: _Wanted) -> list[_Wanted]:
        """What is queued already: one transaction for all of it."""
        wanted = [first]
        while True:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return wanted
            if isinstance(item, _Wanted):
                wanted.append(item)
            else:
                self._queue.put(item)
                return wanted

    def _open(self) -> Store:
        try:
            store = self._make_store()
            state = store.load_snapshot() or CaseState()
        except StoreError as error:
            self.notice = f"{error}. Working in memory: nothing of this case is kept when you leave"
            store, state = self._in_memory(), CaseState()
        self._snapshot_at = state.seq
        try:
            while events := store.read(state.seq):
                state = fold(state, events)
        except NewerEventError as error:
            self.readonly = f"{error}; the case is shown as far as this program understands it, and cannot be written"
        self.state = interrupted(state, _owner_alive(state))
        self.notice = self.notice or getattr(store, "notice", "")
        self._loop.call_soon_threadsafe(self._opened.set_result, None)
        return store

    def _append(self, store: Store, wanted: list[_Wanted]) -> Store:
        events = [replace(event, data=_redacted(event.data)) for item in wanted for event in item.events]
        try:
            stored = store.append(events)
        except StoreError as error:
            store = self._retreat(store, error)
            stored = store.append(events)
        self._fold(store, stored)
        for item in wanted:
            self._settle(item.done, None, None)
        if self.state.seq - self._snapshot_at >= SNAPSHOT_EVERY:
            self._snapshot(store)
        return store

    def _retreat(self, broken: Store, error: StoreError) -> Store:
        """Go on in memory with all that was durable, so that what is on screen stays and nothing is lost unsaid."""
        memory = self._in_memory()
        try:
            after = 0
            while events := broken.read(after):
                memory.append(events)
                after = events[-1].seq
        except StoreError:
            pass
        self.notice = f"{error}. What was saved before stays saved; from here on the case is only in memory"
        return memory

    def _catch_up(self, store: Store) -> None:
        while events := store.read(self.state.seq):
            before = self.state.seq
            self._fold(store, events)
            if self.state.seq == before:
                return

    def _fold(self, store: Store, events: Sequence[Event]) -> None:
        if events and events[0].seq > self.state.seq + 1:
            events = store.read(self.state.seq)
        try:
            self.state = fold(self.state, events)
        except NewerEventError as error:
            self.readonly = f"{error}; the case cannot be written from here on"
        state = self.state
        self._loop.call_soon_threadsafe(self._tell, state, tuple(events))

    def _tell(self, state: CaseState, events: Sequence[Event]) -> None:
        for listener in tuple(self._listeners):
            listener(state, events)

    def _snapshot(self, store: Store) -> None:
        if self.readonly:
            return
        try:
            store.save_snapshot(self.state)
            self._snapshot_at = self.state.seq
        except StoreError as error:
            self.notice = f"{error}. The case is kept; it opens more slowly next time"

    def _settle(self, future: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
        def settle() -> None:
            if future.done():
                return
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)

        self._loop.call_soon_threadsafe(settle)


def _read(store: Store, after: int) -> list[Event]:
    return store.read(after)


def _look(store: Store) -> None:
    """Nothing to do but to see whether another process wrote."""


def _redacted(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict(redact_data(data)[0])


def _owner_alive(state: CaseState) -> Callable[[str], bool]:
    owners = {run_id: run.owner for run_id, run in state.running.items()}
    return lambda run_id: is_alive(owners.get(run_id, ""))
