"""Worker processes behind :class:`concurrent.futures.Executor`: a hung or dead one is replaced alone."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from workbench.api import Chunk
from workbench.engine.process.call import Call, Priority, Task
from workbench.engine.process.handle import Overrun, Worker
from workbench.engine.process.wire import LimitReached, RemoteTraceback
from workbench.engine.process.wire import WorkerDied as WorkerDied

LIMIT = 600.0
"""Seconds a submitted call may run when nothing else is said."""


class WorkerPool(Executor):
    """At most ``jobs`` worker processes (one per core by default), each started when first needed, and one more for
    prompt calls, which never wait for what stands back on a busy machine.

    Each is held by a thread of its own that only waits. ``memory`` limits each worker's address space, in bytes (0: no
    limit; a call beyond it raises MemoryError). A call that outlives its limit raises LimitReached (a TimeoutError),
    one whose process ends raises WorkerDied; what it raised itself rises with the worker's traceback as its cause.
    Arguments and results are pickled in this process, so big ones cost the screen time.
    """

    def __init__(self, jobs: int | None = None, memory: int = 0) -> None:
        self._size = max(1, jobs or os.cpu_count() or 1)
        self._memory = memory
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, int, Call]] = []
        self._news = threading.Condition()
        self._idle = 0
        self._hurries = False
        self._threads: set[threading.Thread] = set()
        self._running: set[Call] = set()
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a module-level function on picklable arguments. Raises RuntimeError after :meth:`shutdown`."""
        return self.enter(Task(fn, args, kwargs, LIMIT))

    async def run_chunk(self, chunk: Chunk, priority: Priority = Priority.BACKGROUND, turn: int = 0) -> list[Any]:
        """The chunk's list. Cancelling this kills the worker at it. Raises TypeError when it gave no list."""
        call = self.enter(Task(chunk.function, chunk.args, {}, chunk.timeout), priority, turn)
        result = await asyncio.wrap_future(call)
        if not isinstance(result, list):
            raise TypeError(f"{call.task.name} must return a list, not {type(result).__name__}")
        return result

    def enter(self, task: Task, priority: Priority = Priority.INTERACTIVE, turn: int = 0) -> Call:
        """Queue ``task``, the ``turn``-th of whoever has many. Raises RuntimeError after shutdown.

        Within a priority the lower turn goes first, so that nobody waits for all that another has queued; then who came
        first.
        """
        call = Call(task, prompt=priority is Priority.PROMPT)
        with self._news:
            if self._closed:
                raise RuntimeError("the worker pool is shut down")
            heapq.heappush(self._waiting, (priority, turn, next(self._order), call))
            if call.prompt and not self._hurries:
                self._hurries = True
                self._start(True)
            elif len(self._waiting) > self._idle and len(self._threads) - self._hurries < self._size:
                self._start(False)
            self._news.notify_all()
        return call

    def _start(self, prompt: bool) -> None:
        thread = threading.Thread(target=self._serve, args=(prompt,), name="worker", daemon=True)
        self._threads.add(thread)
        thread.start()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; end each worker when nothing waits. ``cancel_futures`` also stops what waits or runs."""
        with self._news:
            self._closed = True
            threads = tuple(self._threads)
            calls = [*self._running, *(waiting[-1] for waiting in self._waiting)] if cancel_futures else []
            self._news.notify_all()
        for call in calls:
            call.cancel()
        if wait:
            for thread in threads:
                thread.join()

    def _serve(self, prompt: bool) -> None:
        workers: dict[bool, Worker | None] = {}
        try:
            while (call := self._next(prompt)) is not None:
                workers[call.prompt] = self._work(call, workers.get(call.prompt))
        finally:
            for worker in workers.values():
                _closed(worker)
            with self._news:
                self._threads.discard(threading.current_thread())

    def _next(self, prompt: bool) -> Call | None:
        """The next call to run, waited for; None when the pool is shut down and nothing waits. Only one that is
        ``prompt`` where that is said."""
        with self._news:
            while True:
                while self._waiting and (not prompt or self._waiting[0][-1].prompt):
                    call = heapq.heappop(self._waiting)[-1]
                    if call.set_running_or_notify_cancel():
                        self._running.add(call)
                        return call
                if self._closed:
                    return None
                self._idle += not prompt
                self._news.wait()
                self._idle -= not prompt

    def _work(self, call: Call, worker: Worker | None) -> Worker | None:
        """Run one call; the worker for the next one, or None when this one is spent."""
        value: Any = None
        failure: Exception | None = None
        try:
            if worker is not None and not worker.alive():
                worker = _closed(worker)
            request = pickle.dumps((call.task.function, call.task.args, call.task.kwargs), pickle.HIGHEST_PROTOCOL)
            worker = worker or Worker(self._memory, call.prompt)
            call.run_by(worker)
            good, reply = worker.call(request, call.task.limit)
            value = pickle.loads(reply)
            if not good:
                raised, text = value
                raised.__cause__ = RemoteTraceback(text)
                failure = raised
        except Overrun as overrun:
            failure = LimitReached(f"{call.task.name} was stopped after its limit of {call.task.limit:g} s")
            failure.__cause__ = RemoteTraceback(overrun.stack) if overrun.stack else None
            worker = _closed(worker)
        except WorkerDied as death:
            failure = WorkerDied(f"{call.task.name}: {death}")
            worker = _closed(worker)
        except Exception as broken:  # noqa: BLE001 - pickling runs a plugin's code; its failure is that call's alone
            failure = broken
        with self._news:
            self._running.discard(call)
        call.settle(value, failure)
        return _closed(worker) if call.stopped else worker


def _closed(worker: Worker | None) -> Worker | None:
    """``worker`` let go; always None, which is what is left of it."""
    if worker is not None:
        worker.close()
    return None
