"""When it began: the change points of all errors together, and each error's trend against the time before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from workbench.analysis.logs.before.change import ChangePoint, is_change, lateness, rise
from workbench.analysis.logs.before.exposure import Exposure
from workbench.analysis.logs.before.trend import UNLIKELY, Window, trend, window
from workbench.analysis.logs.digest.coverage import covering, spanning, whole
from workbench.analysis.logs.digest.events import Gathered
from workbench.analysis.logs.digest.times import moment
from workbench.analysis.logs.scan.table import Table
from workbench.case.enums import Trend
from workbench.case.logs import Onset

LEAST = 60.0
"""Seconds that logs cover at least where an error without an onset counts as one that was always there."""

ORDER = (Trend.NEW, Trend.RISEN, Trend.UNKNOWN, Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One error against the time before. ``surprise`` orders errors of one trend; ``unseen`` says why none is told."""

    trend: Trend
    factor: float | None
    surprise: float
    change: ChangePoint | None = None
    unseen: str = ""


def changes(errors: Sequence[Gathered], table: Table) -> list[ChangePoint | None]:
    """The change point of each error, None where its rate did not rise in the logs that cover its time."""
    found = [rise(times, exposures) for times, exposures in _seen(errors, table)]
    return [point if point is not None and is_change(point, len(errors)) else None for point in found]


def lateness_of(errors: Sequence[Gathered], table: Table) -> list[float]:
    """How unlikely it is that each error begins as late as it does if it was always there; 0 where it is not."""
    found = [lateness(times, exposures) for times, exposures in _seen(errors, table)]
    return [late if late > UNLIKELY else 0.0 for late in found]


def too_seldom(late: float, looked_at: int) -> str:
    """Why an error that begins ``late``, one of ``looked_at``, is not said to have always been there; empty where it
    is."""
    sure = late > UNLIKELY + log(max(looked_at, 1))
    return "all of it came late, too seldom to tell whether it is new" if sure else ""


def _seen(errors: Sequence[Gathered], table: Table) -> Iterator[tuple[Sequence[float], Sequence[Exposure]]]:
    """The times of each error, and the clocks of the logs that cover them."""
    every = whole(table).exposures
    for error in errors:
        cover = spanning(error.logs) if error.logs else None
        yield (cover.times, cover.exposures) if cover else (error.times(), every)


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


def unseen_before(onset: Onset | None, table: Table) -> str:
    """Why the logs cannot tell what was always there; empty where they can."""
    if table.start is None or table.end is None:
        return ""
    if onset is not None:
        return "the logs begin after the time that is looked at" if onset.at.timestamp() <= table.start else ""
    return f"the logs cover less than {LEAST:.0f} s" if table.end - table.start < LEAST else ""


def verdict(
    error: Gathered, point: ChangePoint | None, place: Window | None, late: float = 0.0, unseen: str = ""
) -> Verdict:
    """What one error did: its own change point says it, else the window around the onset, as far as its logs reach.

    Where there is no onset, errors that began ``late`` come before others; ``unseen`` says why nothing tells whether
    this one was always there.
    """
    if point is not None:
        return Verdict(Trend.RISEN if point.before else Trend.NEW, point.factor, point.surprise, point)
    times = error.times()
    if not times:
        return Verdict(Trend.UNKNOWN, None, 0.0)
    if place is None:
        return Verdict(Trend.UNKNOWN if unseen else Trend.AS_ALWAYS, None, late, unseen=unseen)
    if not error.logs:
        return Verdict(*trend(times, place))
    cover = covering(error.logs, place.start)
    if not cover.logs:
        return Verdict(Trend.UNKNOWN, None, 0.0, unseen="its logs end before the time that is looked at")
    if not any(cover.length(start, end) for start, end in place.before):
        return Verdict(Trend.UNKNOWN, None, 0.0, unseen="its logs begin after the time that is compared with")
    return Verdict(*trend(cover.times, place, cover.length))
