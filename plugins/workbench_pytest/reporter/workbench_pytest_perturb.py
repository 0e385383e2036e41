"""Seeded delays at the lines under suspicion, for threads and for asyncio tasks, and the interleaving that they made.

Runs inside the user's interpreter: standard library only. A thread that reaches such a line first waits a moment for
another one (a barrier), then sleeps now and then before lines; a task is held back some turns of its loop whenever it
could go on. What is random comes from the seed and the order in which threads and tasks first arrive.
"""

from __future__ import annotations

import asyncio
import collections
import collections.abc
import linecache
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from workbench_pytest_threads import in_new_threads, patiently

MEETING = 0.05
"""Seconds that a thread waits, once, for another one to come."""

GAP = 0.002
"""Seconds that every thread sleeps before a line which the seed chose for it: all get past the line before together."""

CHOSEN, COMMON = 0.75, 0.8
"""Share of lines with a gap, and of turns in which gaps are common; in the others each thread has its own."""

JITTER = 0.0003
"""Seconds at most by which the gaps of two threads differ."""

HELD = 6
"""Turns of the loop at most that a task is held back whenever it could go on."""

BACKWARDS = 0.6
"""Share of seeds in which tasks are held back the longer the earlier they came (HELD turns, half of them, ...), so that
the later ones go first; in the others each is slow or not by its own dice."""

KEPT = 60
"""Lines of an interleaving that are kept: its last ones."""

_TEST = ("test_", "conftest.py")


class Perturber:
    """Delays between ``begin`` and ``end``; ``places`` are absolute files with the lines meant (all when none)."""

    def __init__(self, root: str, places: dict[str, set[int]]) -> None:
        self._root = os.path.realpath(root) + os.sep
        self._places = places
        self._files: dict[str, bool] = {}
        self._lock = threading.Lock()
        self._met = threading.Event()
        self._arrived: dict[Any, tuple[str, random.Random]] = {}
        self._seed = 0
        self._before: Any = None
        self._end: Callable[[], None] = lambda: None
        self.backwards = False
        self.steps: collections.deque[tuple[str, str, int]] = collections.deque(maxlen=KEPT)

    def begin(self, seed: int) -> None:
        """From now on delay by ``seed``."""
        self._seed = seed
        self.backwards = random.Random(f"{seed}:order").random() < BACKWARDS
        self._arrived, self._met = {}, threading.Event()
        self.steps.clear()
        self._before = sys.gettrace()
        self._end = in_new_threads(self._trace)
        patiently(self._trace)

    def end(self) -> None:
        """Delay no more."""
        patiently(lambda: sys.settrace(self._before))
        self._end()

    def _trace(self) -> None:
        sys.settrace(self._called)

    def interleaving(self) -> str:
        """The last steps at the suspected lines: who, where, and the line; a new speaker stands after a blank line."""
        rows, last = [], ""
        for who, path, line in list(self.steps):
            if last and who != last:
                rows.append("")
            last = who
            text = linecache.getline(path, line).strip()
            rows.append(f"{who:<10} {path[len(self._root) :]}:{line}  {text}")
        return "\n".join(rows)

    def chance(self, key: Any, kind: str) -> tuple[str, random.Random]:
        """The name and the dice of a thread or task: the same for the same seed and order of arrival."""
        with self._lock:
            known = self._arrived.get(key)
            if known is None:
                number = len(self._arrived) + 1
                name = f"{kind} {number}"
                known = self._arrived[key] = name, random.Random(f"{self._seed}:{number}")
                if number > 1:
                    self._met.set()
            return known

    def _called(self, frame: Any, event: str, arg: Any) -> Any:
        return self._line if self._is_suspect(frame.f_code.co_filename) else None

    def _line(self, frame: Any, event: str, arg: Any) -> Any:
        if event != "line":
            return self._line
        path, line = frame.f_code.co_filename, frame.f_lineno
        meant = self._places.get(path)
        if meant and line not in meant:
            return self._line
        task = _task()
        if task is not None:
            self.steps.append((self.chance(task, "task")[0], path, line))
            return self._line
        thread = threading.current_thread()
        if thread is threading.main_thread():
            return self._line
        new = thread not in self._arrived
        name, dice = self.chance(thread, "thread")
        if new:
            self._met.wait(MEETING)
        time.sleep(self._delay(line, dice))
        self.steps.append((name, path, line))
        return self._line

    def _delay(self, line: int, dice: random.Random) -> float:
        common = random.Random(f"{self._seed}").random() < COMMON
        chooser = random.Random(f"{self._seed}:{line}") if common else dice
        return (GAP if chooser.random() < CHOSEN else 0.0) + dice.random() * JITTER

    def _is_suspect(self, path: str) -> bool:
        known = self._files.get(path)
        if known is None:
            if self._places:
                known = path in self._places
            else:
                inside = path.startswith(self._root) and "site-packages" not in path
                known = inside and not os.path.basename(path).startswith(_TEST)
            self._files[path] = known
        return known


class _Held(collections.abc.Coroutine):  # type: ignore[type-arg]
    """A task's coroutine that now and then lets the others go first."""

    def __init__(self, inner: Any, perturber: Perturber) -> None:
        self._inner = inner
        self._perturber = perturber
        self._hold = -1
        self._slow: bool | None = None

    def send(self, value: Any) -> Any:
        if self._hold < 0:
            self._hold = self._next()
        if self._hold:
            self._hold -= 1
            return None
        self._hold = -1
        return self._inner.send(value)

    def throw(self, *args: Any) -> Any:
        return self._inner.throw(*args)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Any:
        return self._inner.__await__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _next(self) -> int:
        name, dice = self._perturber.chance(_task(), "task")
        if self._perturber.backwards:
            return HELD >> (int(name.rpartition(" ")[2]) - 1)
        if self._slow is None:
            self._slow = dice.random() < 0.5
        return dice.randint(1, HELD) if self._slow else 0


def hold_tasks(perturber: Perturber) -> None:
    """From now on every task of every loop is held back by ``perturber``."""
    create = asyncio.BaseEventLoop.create_task

    def create_task(self: Any, coro: Any, **options: Any) -> Any:
        return create(self, _Held(coro, perturber) if asyncio.iscoroutine(coro) else coro, **options)

    asyncio.BaseEventLoop.create_task = create_task  # type: ignore[method-assign]


def _task() -> Any:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


def from_environment(root: str) -> Perturber | None:
    """The perturber that WORKBENCH_PERTURB asks for: ``*`` for the project's code, else ``path`` or ``path:1-9``
    (relative to ``root``), separated by line feeds."""
    asked = os.environ.get("WORKBENCH_PERTURB")
    if not asked:
        return None
    places: dict[str, set[int]] = {}
    for entry in filter(None, asked.split("\n")) if asked != "*" else ():
        path, _, lines = entry.partition(":")
        first, _, last = lines.partition("-")
        meant = places.setdefault(os.path.join(os.path.realpath(root), path), set())
        if first:
            meant.update(range(int(first), int(last or first) + 1))
    perturber = Perturber(root, places)
    hold_tasks(perturber)
    return perturber
