"""The one thread of this process that touches a case's store: it gathers appends and follows other writers."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from workbench.case.errors import ToldError
from workbench.case.events import Event
from workbench.case.state import CaseState
from workbench.engine.store.base import Store, StoreError
from workbench.engine.store.ledger import Ledger
from workbench.engine.store.snapshots import Snapshot, pack

GATHER = 0.05
"""Seconds between two transactions at least."""

POLL = 1.0
"""Seconds between two looks at whether another process wrote."""

WORTH_A_SNAPSHOT = 50
"""Events since the last snapshot for which closing writes one."""


class ReadOnlyError(ToldError):
    """The case cannot be written; the message says why."""


@dataclass(frozen=True)
class _Item:
    """Events to append, or work to do with the store; neither: just look, or close."""

    done: Future[Any] = field(default_factory=Future)
    events: Sequence[Event] = ()
    work: Callable[[Store], Any] | None = None
    closes: bool = False


class Writer:
    """Runs ``ledger`` on a thread. Every method may be called from any thread and returns at once.

    A future that was handed out cannot be cancelled: what was asked for is done, whether or not somebody still waits.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._pending: list[_Item] = []
        self._due = 0.0
        self._tend_at = 0.0
        self._closing = False
        self._packing = False
        self._ended = False
        self._lock = threading.Lock()
        self._opened: Future[None] = Future()
        self.thread = threading.Thread(target=self._run, name="workbench-journal", daemon=True)

    def start(self) -> Future[None]:
        """Open the case; done when its state stands. UnreadableError comes through it."""
        self._opened.set_running_or_notify_cancel()
        self.thread.start()
        return self._opened

    def append(self, events: Sequence[Event]) -> Future[None]:
        """Done when the events are durable and folded; else the reason comes through it: ReadOnlyError,
        MalformedEventError or WriteRefusedError."""
        return self._put(_Item(events=events))

    def call(self, work: Callable[[Store], Any]) -> Future[Any]:
        """Done when ``work`` was done with the store; StoreError and KeyError come through it."""
        return self._put(_Item(work=work))

    def wake(self) -> None:
        """Look now whether another process wrote."""
        self._put(_Item())

    def close(self) -> None:
        """Write what was asked for before this, and the snapshot, and end."""
        self._put(_Item(closes=True))

    def _put(self, item: _Item) -> Future[Any]:
        item.done.set_running_or_notify_cancel()
        with self._lock:
            if not self._ended:
                self._queue.put(item)
                return item.done
        item.done.set_exception(ReadOnlyError("the case is closed"))
        return item.done

    def _run(self) -> None:
        try:
            try:
                self._ledger.open()
            except StoreError as error:
                self._opened.set_exception(error)
                return
            self._opened.set_result(None)
            while not self._closing:
                self._turn()
            if self._ledger.state.seq - self._ledger.snapshot_seq >= WORTH_A_SNAPSHOT:
                self._ledger.save_snapshot(pack(self._ledger.state))
            self._ledger.close()
        finally:
            self._end()

    def _turn(self) -> None:
        wait = max(0.0, self._due - time.monotonic()) if self._pending else POLL
        items = self._taken(wait)
        for item in items:
            if item.work is not None:
                self._do(item, item.work)
            elif item.events:
                self._pending.append(item)
            else:
                self._closing = self._closing or item.closes
                item.done.set_result(None)
        self._ledger.look()
        if self._pending and (self._closing or time.monotonic() >= self._due):
            self._write()
        if time.monotonic() >= self._tend_at:
            self._tend_at = time.monotonic() + POLL
            self._ledger.tend()
        if self._ledger.snapshot_due and not self._packing:
            self._snapshot(self._ledger.state)

    def _taken(self, wait: float) -> list[_Item]:
        items: list[_Item] = []
        try:
            items.append(self._queue.get(timeout=wait))
            while not items[-1].closes:
                items.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return items

    def _do(self, item: _Item, work: Callable[[Store], Any]) -> None:
        try:
            item.done.set_result(work(self._ledger.store))
        except (StoreError, KeyError) as error:
            item.done.set_exception(error)

    def _write(self) -> None:
        items, self._pending = self._pending, []
        if self._ledger.readonly:
            for item in items:
                item.done.set_exception(ReadOnlyError(self._ledger.readonly))
            return
        refused = self._ledger.append([item.events for item in items])
        self._due = time.monotonic() + GATHER
        for item, error in zip(items, refused, strict=True):
            if error is None:
                item.done.set_result(None)
            else:
                item.done.set_exception(error)

    def _snapshot(self, state: CaseState) -> None:
        """Packed on a thread of its own, so that appends go on meanwhile; written on this one."""
        self._packing = True
        threading.Thread(target=lambda: self._packed(pack(state)), name="workbench-snapshot", daemon=True).start()

    def _packed(self, snapshot: Snapshot) -> None:
        def save(store: Store) -> None:
            self._packing = False
            self._ledger.save_snapshot(snapshot)

        self.call(save)

    def _end(self) -> None:
        """Nobody waits forever for a thread that is gone."""
        with self._lock:
            self._ended = True
        left = list(self._pending)
        while not self._queue.empty():
            left.append(self._queue.get_nowait())
        for item in left:
            item.done.set_exception(ReadOnlyError("the case is closed"))
        if not self._opened.done():
            self._opened.set_exception(StoreError("the journal could not be opened"))
