"""How much could have failed by a time: the share of the log that had passed, by the clock and by its records."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Exposure:
    """A rising curve over times (seconds): ``shares[i]`` of all, 0..1, had passed by ``times[i]``."""

    times: tuple[float, ...]
    shares: tuple[float, ...]

    def shares_by(self, times: Sequence[float]) -> list[float]:
        """The share, 0..1, that had passed by each of sorted ``times``."""
        done = bisect_left(times, self.times[0])
        found = [0.0] * done
        for (before, low), (after, high) in pairwise(zip(self.times, self.shares, strict=True)):
            upto = bisect_left(times, after, done)
            if upto > done:
                rate = (high - low) / (after - before)
                found += [low + (time - before) * rate for time in times[done:upto]]
                done = upto
        return found + [1.0] * (len(times) - done)


def clock_exposure(start: float, end: float) -> Exposure:
    """Every second counts the same."""
    return Exposure((start, end), (0.0, 1.0))


def record_exposure(stretches: Sequence[tuple[float, float, int]]) -> Exposure | None:
    """Every record counts the same. ``stretches`` are (start, end, records) of the log; None where nothing is timed."""
    marks: dict[float, float] = {}
    for start, end, records in stretches:
        if records and end >= start > 0:
            marks[start] = marks.get(start, 0.0)
            marks[max(end, start + 1e-6)] = marks.get(end, 0.0) + records
    if len(marks) < 2:
        return None
    total = sum(marks.values())
    done = 0.0
    times: list[float] = []
    shares: list[float] = []
    for time in sorted(marks):
        done += marks[time]
        times.append(time)
        shares.append(done / total)
    return Exposure(tuple(times), tuple(shares))
