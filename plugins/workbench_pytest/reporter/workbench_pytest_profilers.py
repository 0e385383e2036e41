"""The C profiler of cProfile, one for each thread: a third of what a trace function costs. Before Python 3.12.

It knows the functions that were left. To read it makes it forget those that are under way: it does not tell when they
are left, so that they are read from the thread's stack.
"""

from __future__ import annotations

import _lsprof
import gc
import operator
import sys
import threading
from typing import Any

from workbench_pytest_calls import called_all
from workbench_pytest_threads import in_new_threads, patiently, stack

_CALL = operator.methodcaller("__call__")
"""Mapped over functions of C it calls them in one step, in which no other thread runs (the first may run a hook)."""


class Profilers:
    """``_of`` has the latest of each thread, by a number that another thread gets when it has ended; ``_all`` are all
    that have something to tell."""

    def __init__(self) -> None:
        self._of: dict[int, Any] = {}
        self._all: list[tuple[int, Any]] = []
        patiently(self._begin)
        self._end = in_new_threads(self._begin)

    def anew(self) -> None:
        """Profile this thread again where that was ended."""
        if sys.getprofile() is None:
            patiently(self._begin)

    def read(self) -> tuple[dict[int, Any], dict[int, Any]] | None:
        """What was entered since the last time, and what is under way in other threads, by id; None where somebody else
        profiles this thread."""
        mine = self._mine()
        if mine is None:
            return None
        collects = gc.isenabled()
        gc.disable()  # a finalizer would call functions while the profiler is read
        mine.disable()
        try:
            return self._entered()
        finally:
            mine.enable()
            if collects:
                gc.enable()

    def stop(self) -> None:
        """Profile no new thread any more, nor this one."""
        self._end()
        mine = self._mine()
        if mine is not None:
            mine.disable()

    def _mine(self) -> Any:
        """That of this thread; None where it is not at work."""
        mine: Any = self._of.get(threading.get_ident())
        stands: Any = sys.getprofile()
        return mine if stands is mine else None

    def _begin(self) -> None:
        mine = _lsprof.Profiler(subcalls=True, builtins=False)
        mine.enable()
        self._of[threading.get_ident()] = mine
        self._all.append((threading.get_ident(), mine))

    def _entered(self) -> tuple[dict[int, Any], dict[int, Any]]:
        found: dict[int, Any] = {}
        begun: dict[int, Any] = {}
        threads = sys._current_frames()  # what ends from here on is read once more
        for thread, profiler in tuple(self._all):
            over = thread not in threads or self._of[thread] is not profiler
            tops, entries, _ = map(_CALL, (sys._current_frames, profiler.getstats, profiler.clear))
            if thread != threading.get_ident():
                begun.update(stack(tops.get(thread)))
            for entry in entries:
                if not isinstance(entry.code, str):
                    found[id(entry.code)] = entry.code
                    if entry.calls:
                        called_all(entry.code, entry.calls)
            if over:
                profiler.disable()  # one that is not takes the profiler from the thread in which it is deleted
                self._all.remove((thread, profiler))
        return found, begun
