"""A limit for each repetition of a test: one beyond it ends its process, since what it waits for may never come.

Until one repetition has ended, each may take ``most`` seconds; then FACTOR times the longest one so far, and at least
LEAST. The watch is a thread that Python's ``threading`` does not know: tests which count threads see none of it.
"""

from __future__ import annotations

import _thread
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

LEAST = 20.0
"""Seconds that every repetition may take: locks of databases are waited for 5 to 15 of them."""

FACTOR = 20
"""How many times as long as the longest one before it a repetition may take."""

LOOK = 0.2
"""Seconds between two looks at the clock."""

STATUS = 70
"""Exit code of a process that was ended so."""


class Limit:
    """Watches the repetitions between ``begin`` and ``end``; ``told`` gets the test, the seconds that it had, and where
    its threads stand."""

    def __init__(self, most: float, told: Callable[[str, float, str], None]) -> None:
        self._most = most
        self._told = told
        self._longest = 0.0
        self._now: tuple[str, float, float] | None = None
        self._watched = False
        self._clock, self._sleep = time.monotonic, time.sleep  # kept: tests put others in their place

    def begin(self, test: str) -> None:
        """A repetition of ``test`` begins."""
        if not self._watched:
            self._watched = True
            _thread.start_new_thread(self._watch, ())
        seconds = min(self._most, max(LEAST, FACTOR * self._longest)) if self._longest else self._most
        self._now = test, self._clock(), seconds

    def end(self) -> None:
        """It has ended."""
        now, self._now = self._now, None
        if now is not None:
            self._longest = max(self._longest, self._clock() - now[1])

    def _watch(self) -> None:
        while True:
            self._sleep(LOOK)
            now = self._now
            if now is not None and self._clock() - now[1] > now[2]:
                self._told(now[0], now[2], _stacks(_thread.get_ident()))
                os._exit(STATUS)


def _stacks(own: int) -> str:
    """Where every other thread stands."""
    frames: dict[int, Any] = sys._current_frames()
    threads = [traceback.format_stack(frame) for ident, frame in frames.items() if ident != own]
    return "\n".join("a thread\n" + "".join(lines[-6:]) for lines in threads)
