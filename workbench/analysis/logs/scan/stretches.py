"""Stretches of time of a log, and how many of them become fewer: all of one width, in whatever order they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SHORTEST = 2.0**-10
"""Seconds that stretches are joined to first; every further time to twice as many."""
FEW = 32
"""Stretches that are not joined, however much they hold."""


@dataclass
class Segment:
    """A stretch of the log: its first and last time (seconds since 1970) and the count of each shape by number."""

    start: float
    end: float
    counts: Mapping[int, int]
    requests: int = 0
    failed: int = 0


def joined(segments: Sequence[Segment], width: float, most: int) -> tuple[list[Segment], float]:
    """Segments of ``width`` seconds, or of the least width at which they hold ``most`` counts or are few; that width.

    Widths are powers of two and begin at multiples of themselves, so what a part was joined to earlier is within what
    the whole is joined to: no order of parts changes the result. Segments without times become one of their own.
    """
    found = _of_width(segments, width) if width else list(segments)
    while len(found) > FEW and sum(len(each.counts) for each in found) > most:
        width = width * 2 or SHORTEST
        found = _of_width(found, width)
    return found, width


def _of_width(segments: Sequence[Segment], width: float) -> list[Segment]:
    cells: dict[float, list[Segment]] = {}
    for each in segments:
        cells.setdefault(each.start // width if each.start > 0 else -1.0, []).append(each)
    return [_one(together) if len(together) > 1 else together[0] for together in cells.values()]


def _one(segments: Sequence[Segment]) -> Segment:
    counts: dict[int, int] = {}
    for each in segments:
        for shape, count in each.counts.items():
            counts[shape] = counts.get(shape, 0) + count
    return Segment(
        min(each.start for each in segments),
        max(each.end for each in segments),
        counts,
        sum(each.requests for each in segments),
        sum(each.failed for each in segments),
    )
