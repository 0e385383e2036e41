"""The one seam behind which things run in the background: counted, cancellable, and never a crash."""

from __future__ import annotations

import asyncio
import itertools
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from workbench.case.enums import CheckStatus

KEPT = 200
"""Ended jobs that are remembered."""

Listener = Callable[["Job"], None]

Progress = Callable[[int, int], None]
"""Told how much is done, of how much (0 while that is unknown)."""


def unheard(done: int, of: int) -> None:
    """Progress of what nobody looks at."""


class Job:
    """One piece of background work. ``of`` is 0 while its size is unknown; ``error`` is a traceback when it FAILED."""

    def __init__(self, ident: int, name: str, changed: Listener) -> None:
        self.id = ident
        self.name = name
        self.status = CheckStatus.RUNNING
        self.started = datetime.now(UTC)
        self.done = 0
        self.of = 0
        self.error = ""
        self._changed = changed
        self._clock = perf_counter()
        self._seconds: float | None = None
        self._ended = asyncio.Event()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self._ended.is_set()

    @property
    def seconds(self) -> float:
        """How long it ran, or has been running."""
        return perf_counter() - self._clock if self._seconds is None else self._seconds

    @property
    def far(self) -> str:
        """How far it is, as far as that is known: ``12/40``, ``12``, or nothing."""
        return f"{self.done}/{self.of}" if self.of else str(self.done or "")

    def progress(self, done: int, of: int) -> None:
        """Say how far it is."""
        self.done, self.of = done, of
        self._changed(self)

    async def wait(self) -> None:
        """Return when it has ended, however it did."""
        await self._ended.wait()

    def end(self, status: CheckStatus, error: str = "") -> None:
        """Called once, by :class:`Jobs`."""
        self.status, self.error = status, error
        self._seconds = perf_counter() - self._clock
        self._ended.set()
        self._changed(self)


class Jobs:
    """The jobs of one session. Lives on one asyncio loop; every method is called there."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._tasks: dict[Job, asyncio.Future[Any]] = {}
        self._late: set[Job] = set()
        self._ended: deque[Job] = deque(maxlen=KEPT)
        self._listeners: list[Listener] = []
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def idle(self) -> bool:
        """Whether no job runs."""
        return not self._tasks

    @property
    def all(self) -> tuple[Job, ...]:
        """Jobs that ended lately, then those that run."""
        return (*self._ended, *self._tasks)

    def start(
        self,
        name: str,
        work: Awaitable[Any] | Callable[[Job], Awaitable[Any]],
        *,
        timeout: float | None = None,
        on_failure: Listener | None = None,
    ) -> Job:
        """Run ``work``, an awaitable or an async function of its job, for at most ``timeout`` seconds.

        The job counts as busy before this returns. What ``work`` raises is kept in ``job.error`` and told to the
        listeners and to ``on_failure``; nothing rises here.
        """
        job = Job(next(self._ids), name, self._tell)
        task = asyncio.ensure_future(_guarded(work, job))
        self._tasks[job] = task
        self._quiet.clear()
        limit = None if timeout is None else asyncio.get_running_loop().call_later(timeout, self._expire, job)

        def ended(future: asyncio.Future[Any]) -> None:
            if limit is not None:
                limit.cancel()
            if asyncio.iscoroutine(work):
                work.close()  # cancelled before its first step, it would be called forgotten
            self._end(job, future, on_failure)

        task.add_done_callback(ended)
        self._tell(job)
        return job

    def cancel(self, job: Job) -> None:
        """Cancel ``job`` if it runs; ``job.wait()`` returns when it has ended."""
        if task := self._tasks.get(job):
            task.cancel()

    def cancel_all(self) -> None:
        """Cancel every job."""
        for job in tuple(self._tasks):
            self.cancel(job)

    async def wait_idle(self) -> None:
        """Return when no job runs."""
        while self._tasks:
            await self._quiet.wait()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every job that starts, moves on or ends; gives the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _expire(self, job: Job) -> None:
        self._late.add(job)
        self.cancel(job)

    def _end(self, job: Job, future: asyncio.Future[Any], on_failure: Listener | None) -> None:
        late = job in self._late
        self._late.discard(job)
        del self._tasks[job]
        self._ended.append(job)
        if not self._tasks:
            self._quiet.set()
        if future.cancelled():
            job.end(CheckStatus.TIMED_OUT if late else CheckStatus.CANCELLED)
            return
        failure = future.exception()
        if failure is None:
            job.end(CheckStatus.DONE)
            return
        job.end(CheckStatus.FAILED, "".join(traceback.format_exception(failure)))
        if on_failure is not None:
            on_failure(job)

    def _tell(self, job: Job) -> None:
        for listener in tuple(self._listeners):
            listener(job)


async def _guarded(work: Awaitable[Any] | Callable[[Job], Awaitable[Any]], job: Job) -> None:
    """Do ``work``; a plugin in it that calls ``sys.exit`` ends its job, not the program."""
    try:
        await (work(job) if callable(work) else work)
    except SystemExit as leaving:
        raise RuntimeError(f"{job.name} tried to end the program: {leaving!r}") from leaving


def last_line(job: Job) -> str:
    """What a failed job ended with."""
    return job.error.strip().rsplit("\n", 1)[-1]
