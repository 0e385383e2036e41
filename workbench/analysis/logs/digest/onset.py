"""When it began: the change points of all errors together, and each error's trend against the time before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.analysis.logs.before.change import ChangePoint, is_change, rise
from workbench.analysis.logs.before.exposure import Exposure, clock_exposure, record_exposure
from workbench.analysis.logs.before.trend import Window, trend, window
from workbench.analysis.logs.digest.events import Gathered
from workbench.analysis.logs.digest.times import moment
from workbench.analysis.logs.scan.table import Table
from workbench.case.enums import Trend
from workbench.case.logs import Onset

ORDER = (Trend.NEW, Trend.RISEN, Trend.UNKNOWN, Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One error against the time before. ``surprise`` orders errors of one trend."""

    trend: Trend
    factor: float | None
    surprise: float
    change: ChangePoint | None = None


def exposures(table: Table) -> list[Exposure]:
    """The clocks that a rate is doubted by: seconds, and records."""
    if table.start is None or table.end is None or table.end <= table.start:
        return []
    stretches = [(each.start, each.end, sum(each.counts.values())) for each in table.segments]
    by_records = record_exposure(stretches)
    return [clock_exposure(table.start, table.end), *([by_records] if by_records else [])]


def changes(errors: Sequence[Gathered], clocks: Sequence[Exposure]) -> list[ChangePoint | None]:
    """The change point of each error, None where its rate did not rise."""
    found = [rise(error.times(), clocks) if clocks else None for error in errors]
    return [point if point is not None and is_change(point, len(errors)) else None for point in found]


def find_onset(points: Sequence[ChangePoint | None], since: float | None) -> Onset | None:
    """The surest change, or what the user said; None for logs in which nothing changed."""
    if since is not None:
        at = moment(since)
        return Onset(at, at, at) if at else None
    sure = [point for point in points if point is not None]
    if not sure:
        return None
    best = max(sure, key=lambda point: point.surprise)
    at, start, end = moment(best.at), moment(best.start), moment(best.end)
    return Onset(at, start, end) if at and start and end else None


def window_of(onset: Onset | None, table: Table) -> Window | None:
    """The time since the onset and what it is compared with; None where there is no onset or no time before it."""
    if onset is None or table.start is None or table.end is None:
        return None
    since = onset.at.timestamp()
    return window(since, table.start, table.end) if table.start < since <= table.end else None


def verdict(error: Gathered, point: ChangePoint | None, place: Window | None) -> Verdict:
    """What one error did: its own change point says it, else the window around the onset."""
    times = error.times()
    if point is not None:
        return Verdict(Trend.RISEN if point.before else Trend.NEW, point.factor, point.surprise, point)
    if not times:
        return Verdict(Trend.UNKNOWN, None, 0.0)
    if place is None:
        return Verdict(Trend.AS_ALWAYS, None, 0.0)
    found, factor, sure = trend(times, place)
    return Verdict(found, factor, sure)
