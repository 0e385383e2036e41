"""The journal of one open case, as the loop sees it: append, follow, and the state that is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from workbench.analysis.redact import redact_bytes
from workbench.case.events import Event
from workbench.case.state import CaseState
from workbench.engine.store.base import Store, cut
from workbench.engine.store.ledger import Ledger
from workbench.engine.store.memory import MemoryStore
from workbench.engine.store.writer import ReadOnlyError, Writer

__all__ = ["Journal", "Listener", "ReadOnlyError"]

T = TypeVar("T")
Listener = Callable[[CaseState, Sequence[Event]], None]
Follow = Callable[[Callable[[], None]], Callable[[], None]]


class Journal:
    """A case's journal. Lives on one asyncio loop; every method but :meth:`wake` is called there.

    ``state`` is the fold of all that is stored. ``notice`` is what a person must know of the store (it works in memory,
    it is slow); listeners are called, with no events, when it changes. ``in_memory`` is True as long as what comes is
    kept nowhere else; ``readonly_reason`` says why the case cannot be written, and is empty where it can.
    """

    def __init__(self, make_store: Callable[[], Store], readonly: str = "", tends: bool = True) -> None:
        self.state = CaseState()
        self.notice = ""
        self.in_memory = False
        self.readonly_reason = readonly
        self._listeners: list[Listener] = []
        self._unfollow: Callable[[], None] = _nothing
        self._loop = asyncio.get_running_loop()
        self._ledger = Ledger(make_store, self._step, readonly, tends)
        self._writer = Writer(self._ledger)

    @classmethod
    async def open(
        cls, make_store: Callable[[], Store], readonly: str = "", follow: Follow | None = None, tends: bool = True
    ) -> Journal:
        """Open and fold what is there; ``make_store`` is called on the writer's thread, again when a store failed.
        ``follow`` is handed :meth:`wake`, to call it when somebody else wrote, and gives the way to stop. Without
        ``tends`` the ends of runs whose process is gone are left to others to journal.

        A folder that cannot be written or a full disk is no error: the journal works in memory and says so in
        ``notice``. Raises UnreadableError for a file that holds no journal, is damaged or a newer program's.
        """
        journal = cls(make_store, readonly, tends)
        await asyncio.wrap_future(journal._writer.start())
        if follow is not None:
            journal._unfollow = follow(journal.wake)
        return journal

    async def append(self, *events: Event) -> None:
        """Return when the events are durable and folded; events appended while others are written go together.

        Raises ReadOnlyError, MalformedEventError for data that its kind cannot have and WriteRefusedError where the
        serving side refuses it (nothing of it is stored).
        """
        if self.readonly_reason:
            raise ReadOnlyError(self.readonly_reason)
        await asyncio.wrap_future(self._writer.append(events))

    async def put_blob(self, data: bytes) -> str:
        """Store bytes by content, secrets masked and the middle of more than BLOB_LIMIT cut out; gives their hash.

        Put a blob before the event that names it.
        """
        clean, _ = await asyncio.to_thread(redact_bytes, cut(data))
        return str(await asyncio.wrap_future(self._writer.call(lambda store: store.put_blob(clean))))

    async def get_blob(self, name: str) -> bytes:
        """The bytes of a blob. Raises KeyError and StoreError."""
        return bytes(await asyncio.wrap_future(self._writer.call(lambda store: store.get_blob(name))))

    async def at(self, work: Callable[[Store], T]) -> T:
        """What ``work`` gives, done with the store on its thread. Raises StoreError, ReadOnlyError when closed."""
        found: T = await asyncio.wrap_future(self._writer.call(work))
        return found

    async def events(self, after: int = 0) -> list[Event]:
        """Every stored event above ``after``. Raises StoreError."""
        found: list[Event] = []
        while batch := await self._read(found[-1].seq if found else after):
            found += batch
        return found

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` on the loop with the new state and what made it; gives the way to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    def wake(self) -> None:
        """Look now whether another process wrote; the file watcher calls it, from any thread."""
        self._writer.wake()

    async def close(self) -> None:
        """Write what was appended before this and the snapshot, then let go. May be called twice."""
        self._unfollow()
        self._writer.close()
        await asyncio.to_thread(self._writer.thread.join)

    async def _read(self, after: int) -> list[Event]:
        found: list[Event] = await asyncio.wrap_future(self._writer.call(lambda store: store.read(after)))
        return found

    def _step(self, events: Sequence[Event]) -> None:
        """On the writer's thread: hand its state to the loop, if that is still there."""
        ledger = self._ledger
        with suppress(RuntimeError):
            standing = (ledger.notice, ledger.readonly, isinstance(ledger.store, MemoryStore))
            self._loop.call_soon_threadsafe(self._take, ledger.shown, standing, tuple(events))

    def _take(self, state: CaseState, standing: tuple[str, str, bool], events: tuple[Event, ...]) -> None:
        notice, self.readonly_reason, self.in_memory = standing
        self.state, self.notice = state, notice or self.notice
        for listener in tuple(self._listeners):
            listener(state, events)


def _nothing() -> None:
    """Nobody follows."""
