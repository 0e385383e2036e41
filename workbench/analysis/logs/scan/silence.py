"""Silences inside of what is read at once: found by halving where the times at both ends are far apart.

So a log that is written all the time costs nothing more than before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

LEAST_GAP = 600.0
"""Seconds without a record that may count as a gap."""
KEPT = 200
"""Silences that are kept at most, the longest."""
PROBES = 256
"""Times that are read of one chunk at most, beside those at its ends."""
TRIED = 64
"""Lines without a time that are passed by for one that has one."""

Pairs = Iterable[tuple[int, bytes]]
Silence = tuple[float, float]


class Silences:
    """``found`` are the silences of one log, (start, end) in seconds since 1970. ``first_time`` gives the first time
    that one of some pairs of kind and line has."""

    def __init__(self, first_time: Callable[[Pairs], float | None], found: list[Silence]) -> None:
        self.found = found
        self._first_time = first_time
        self._last: float | None = None
        self._probes = 0

    def look(self, first: float | None, last: float | None, numbers: Sequence[int], lines: Sequence[bytes]) -> None:
        """Look through a chunk, whose first and last times are known."""
        if first is None or last is None:
            return
        if self._last is not None and first - self._last > LEAST_GAP:
            self.found.append((self._last, first))
        self._last = last
        if last - first > LEAST_GAP:
            self._probes = 0
            self._halve(0, len(lines), first, last, numbers, lines)
        if len(self.found) > 2 * KEPT:
            self.found[:] = longest(self.found)

    def _halve(
        self, low: int, high: int, start: float, end: float, numbers: Sequence[int], lines: Sequence[bytes]
    ) -> None:
        """Between the lines ``low`` and ``high``, of the times ``start`` and ``end``."""
        while end - start > LEAST_GAP and self._probes < PROBES:
            if high - low <= 1:
                self.found.append((start, end))
                return
            middle = (low + high) // 2
            self._probes += 1
            near = slice(middle, min(high, middle + TRIED))
            at = self._first_time(zip(numbers[near], lines[near], strict=True))
            if at is None or not start <= at <= end:
                high = middle
                continue
            self._halve(low, middle, start, at, numbers, lines)
            low, start = middle, at


def longest(found: Iterable[Silence]) -> list[Silence]:
    """The longest silences, in order of time."""
    return sorted(sorted(found, key=lambda each: each[0] - each[1])[:KEPT])
