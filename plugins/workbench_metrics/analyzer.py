"""Series with their change points; a change point is an event on the time axis, with what changed before it."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workbench.api import (
    Change,
    ChangeKind,
    Chunk,
    Host,
    Report,
    Series,
    Signal,
    Step,
    Subject,
    bars,
    level_shift,
    moved,
    shift_event,
)
from workbench_metrics.read import MetricsError, read_series, shown

HOUR = 3600.0
BEFORE, AROUND = 6 * HOUR, 2 * HOUR
"""Without a time of the question the last hours are asked for; with one, this long before it and after it."""
KEPT = 500
"""Points of a series that are kept."""


@dataclass(frozen=True, slots=True)
class _Failed:
    text: str


class MetricsAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One chunk per source; an address is asked for the time around the question's."""
        began = subject.since or (subject.onset.at if subject.onset else None)
        end = min(time.time(), began.timestamp() + AROUND) if began else time.time()
        start = began.timestamp() - AROUND if began else end - BEFORE
        for source in subject.inputs.get("metrics", ()):
            web = source.startswith(("http://", "https://", "env:"))
            where = source if web else os.path.abspath(source)  # noqa: PTH100 - a path as typed
            yield Chunk(read, (where, start, end), timeout=60)

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """The series, those that changed most first, and an event for each change."""
        failed = [item.text for item in results if isinstance(item, _Failed)]
        read_ = [item for item in results if isinstance(item, Series)]
        series = [replace(each, shift=level_shift(each.points, len(read_))) for each in read_]
        shifted = moved(series)
        rest = [each for each in series if not each.shift]
        note = f"; not read: {'; '.join(failed)}" if failed else ""
        return Report(
            summary=f"{len(series)} series, the level of {len(shifted)} changed{note}",
            series=tuple(replace(each, points=_thinned(each.points)) for each in (*shifted, *rest)),
            changes=tuple(shift_event(each, tuple(_before(each, subject.changes))) for each in shifted),
        )


def read(source: str, start: float, end: float) -> list[Any]:
    """For a worker: the series of one source, or why there is none."""
    try:
        found = read_series(source, start, end)
    except MetricsError as error:
        return [_Failed(str(error))]
    series = [_series(source, name, points) for name, points in found if points]
    return [*series] or [_Failed(f"{shown(source)}: no series in this window")]


def _series(source: str, name: str, points: Sequence[tuple[datetime, float]]) -> Series:
    mark = hashlib.sha256(f"{source}\0{name}".encode()).hexdigest()[:10]
    return Series(mark, name, shown(source), tuple(points), None, bars(points))


def _before(series: Series, changes: Sequence[Change]) -> Iterator[Signal]:
    """What changed in the hour before: correlation, and told as such."""
    assert series.shift is not None
    start, end = series.shift.start.timestamp() - HOUR, series.shift.end.timestamp()
    near = [each for each in changes if each.kind is not ChangeKind.METRIC and start <= each.at.timestamp() <= end]
    for change in sorted(near, key=lambda each: (-each.at.timestamp(), each.kind is ChangeKind.COMMIT))[:3]:
        minutes = (series.shift.at - change.at).total_seconds() / 60
        when = f"{minutes:.0f} min after" if minutes >= 0 else "about the time of"
        yield Signal("after_change", 0.5, f"{when} {change.kind.value} {change.summary} (correlation)", (change.id,))


def _thinned(points: Sequence[tuple[datetime, float]]) -> tuple[tuple[datetime, float], ...]:
    step = max(1, -(-len(points) // KEPT))
    return tuple(points[::step])
