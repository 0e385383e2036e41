"""How much a program had to do over time: the records that it writes all the time, whatever else is switched on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from itertools import chain
from typing import Protocol

BINS = 20
MOST = 0.5
"""Share of the stretches of time in which something is logged that a shape must be seen in to tell of the work."""


class Counted(Protocol):
    """A stretch of the log: first and last time, counts by shape."""

    start: float
    end: float
    counts: Mapping[int, int]


def steady(segments: Sequence[Counted]) -> list[tuple[float, float, int]]:
    """(start, end, records) of each stretch of the log that has times, of shapes that are seen most of the time.

    So a level that is logged for an hour, or what a release says beside, is no more traffic. All records count where
    no shape is seen most of the time.
    """
    timed = [each for each in segments if each.start > 0]
    if not timed:
        return []
    first = min(each.start for each in timed)
    width = max(max(each.end for each in timed) - first, 1e-9) / BINS
    seen: defaultdict[int, set[int]] = defaultdict(set)
    for each in timed:
        for place in range(_bin(each.start, first, width), _bin(each.end, first, width) + 1):
            seen[place].update(each.counts)
    bins = Counter(chain.from_iterable(seen.values()))
    always = {shape for shape, count in bins.items() if count > MOST * len(seen)}
    if not always:
        return [(each.start, each.end, sum(each.counts.values())) for each in timed]
    return [(each.start, each.end, _counted(each.counts, always)) for each in timed]


def _counted(counts: Mapping[int, int], shapes: Set[int]) -> int:
    """How many records are of ``shapes``."""
    return sum([counts[shape] for shape in shapes & counts.keys()])


def _bin(at: float, first: float, width: float) -> int:
    return min(BINS - 1, int((at - first) / width))
