"""From a save to the results that it called for, measured."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Pace:
    """What a save brought: how many tests it called for, and seconds from the save's report to a first and last result
    of these; None before there is one; ``how`` says what of it was not as ever."""

    tests: int = 0
    first: float | None = None
    last: float | None = None
    how: str = ""


class Stopwatch:
    """Measures one save after the other; ``pace`` is the latest's, None before its first result."""

    def __init__(self) -> None:
        self.pace: Pace | None = None
        self._saved_at = 0.0
        self._running = False
        self._tests: set[str] = set()

    def saved(self) -> None:
        """A save was told."""
        self._saved_at = perf_counter()

    def begin(self) -> None:
        """What runs from now on is what the save calls for."""
        self.pace, self._running = None, True
        self._tests.clear()

    def result(self) -> None:
        """One of them has its result."""
        if self._running:
            seconds = perf_counter() - self._saved_at
            known = self.pace or Pace()
            self.pace = replace(known, first=seconds if known.first is None else known.first, last=seconds)

    def ran(self, tests: Collection[str], how: str = "") -> None:
        """A run of these has ended; what was outstanding may run once more among all."""
        if self._running and tests:
            self._tests.update(tests)
            self.pace = replace(self.pace or Pace(), tests=len(self._tests), how=how)

    def stop(self) -> None:
        """What runs from now on, the save does not call for."""
        self._running = False
