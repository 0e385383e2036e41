"""A call on its way through the pool: a future that can be cancelled while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol


class Priority(IntEnum):
    """Which waiting call goes first: what a person waits for, before what fills in behind. What a save waits for is
    PROMPT: it is short, and done by a worker that does not stand back on a busy machine."""

    PROMPT = -1
    INTERACTIVE = 0
    BACKGROUND = 1


@dataclass(frozen=True, slots=True)
class Task:
    """A module-level function with picklable arguments; ``limit`` in seconds."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    limit: float

    @property
    def name(self) -> str:
        """The function as a person reads it."""
        module = getattr(self.function, "__module__", "") or ""
        return f"{module}.{getattr(self.function, '__qualname__', repr(self.function))}".lstrip(".")


class Killable(Protocol):
    """Who runs a call."""

    def kill(self) -> None:
        """End it at once; safe from any thread."""
        ...


class Call(Future[Any]):
    """The future of one task. Cancelling it while it runs kills the worker that runs it, and no other."""

    def __init__(self, task: Task, prompt: bool = False) -> None:
        super().__init__()
        self.task = task
        self.prompt = prompt
        self._guard = threading.RLock()
        self._runner: Killable | None = None
        self._stopped = False

    def cancel(self) -> bool:
        """Cancel it, running or not; False when it is already done."""
        if super().cancel():
            return True
        with self._guard:
            if self.done():
                return False
            self._stopped = True
            if self._runner is not None:
                self._runner.kill()
            return True

    def cancelled(self) -> bool:
        """Whether it was cancelled, before it ran or while it did."""
        return super().cancelled() or (self._stopped and self.done())

    @property
    def stopped(self) -> bool:
        """Whether it was cancelled while it ran: the worker is killed."""
        return self._stopped

    def run_by(self, runner: Killable) -> None:
        """From now on ``runner`` works on it."""
        with self._guard:
            self._runner = runner
            if self._stopped:
                runner.kill()

    def settle(self, value: Any, failure: BaseException | None = None) -> None:
        """End it with its value or failure, or as cancelled."""
        with self._guard:
            self._runner = None
            if self._stopped:
                self.set_exception(CancelledError())
            elif failure is not None:
                self.set_exception(failure)
            else:
                self.set_result(value)
