"""The change point of a series of values, by the test that tells when errors began.

A sample above a quantile of the series is an event, the share of the samples that have passed the clock. A level that
rises puts those events late, one that falls puts the samples below a quantile late, and ``rise`` bounds the chance that
a steady series does so (see ``change``). Each quantile that is tried counts as one more look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from workbench.analysis.logs.before.change import ChangePoint, is_change, rise
from workbench.analysis.logs.before.exposure import clock_exposure
from workbench.case.metrics import Shift

QUANTILES = (0.5, 0.67, 0.8, 0.9, 0.95)
LEAST = 8
"""Samples that a change is told from at least."""
STEP = 60.0
"""Seconds that one sample stands for on the clock of samples."""
CLEAR = 1.1
"""Times that one level must be of the other."""


def level_shift(points: Sequence[tuple[datetime, float]], looked_at: int, clear: float = CLEAR) -> Shift | None:
    """When the level of ``points`` (oldest first) changed, ``looked_at`` series having been looked at; None where it
    did not, or where neither level is ``clear`` times the other."""
    values = [value for _, value in points]
    if len(values) < LEAST or min(values) == max(values):
        return None
    looks = looked_at * len(QUANTILES) * 2
    found = [point for sign in (1, -1) for point in _points([sign * value for value in values])]
    sure = [point for point in found if is_change(point, looks)]
    if not sure:
        return None
    best = max(sure, key=lambda point: point.surprise)
    at, start, end = (min(len(points) - 1, max(0, round(time / STEP))) for time in (best.at, best.start, best.end))
    before, after = median(values[:at] or values[:1]), median(values[at:])
    low, high = sorted((abs(before), abs(after)))
    if low and high / low < clear:
        return None
    return Shift(points[at][0], points[min(start, at)][0], points[max(end, at)][0], before, after)


def _points(values: Sequence[float]) -> list[ChangePoint]:
    ranked = sorted(values)
    clock = [clock_exposure(0.0, STEP * len(values))]
    found = []
    for quantile in QUANTILES:
        above = ranked[min(len(ranked) - 1, int(quantile * len(ranked)))]
        times = [STEP * number for number, value in enumerate(values) if value >= above]
        if 2 * len(times) <= len(values) + 2 and (point := rise(times, clock)) is not None:
            found.append(point)
    return found
