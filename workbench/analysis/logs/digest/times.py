"""Small helpers about times and counts over time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise

BUCKETS = 32


def moment(seconds: float | None) -> datetime | None:
    """Seconds since 1970 as an aware time in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def sparkline(times: Iterable[float], start: float | None, end: float | None) -> tuple[int, ...]:
    """Counts in BUCKETS equal stretches from ``start`` to ``end``; empty where there are no times."""
    if start is None or end is None:
        return ()
    width = max(end - start, 1.0) / BUCKETS
    by_time = sorted(times)
    edges = [bisect_left(by_time, start + number * width) for number in range(1, BUCKETS)]
    return tuple(after - before for before, after in pairwise([0, *edges, len(by_time)])) if by_time else ()


def inside(start: float, end: float, low: float, high: float) -> float:
    """The share, 0..1, of the stretch from ``start`` to ``end`` that lies between ``low`` and ``high``."""
    if end <= start:
        return float(low <= start < high)
    return max(0.0, min(end, high) - max(start, low)) / (end - start)
