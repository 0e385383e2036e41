"""How long the requests of each endpoint took over time, as series whose level may have changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from workbench.analysis.logs.before.level import LEAST, level_shift
from workbench.analysis.logs.before.series import bars, moved, shift_event
from workbench.analysis.logs.operations.calls import CallRow
from workbench.analysis.statistics import quantile
from workbench.case.logs import Change
from workbench.case.metrics import Series

SHOWN = 12
"""Endpoints that are told of: those whose level changed, then those with the most requests."""
SHARE = 0.95
EACH = 20
"""Requests that a point stands for on average; of fewer than half as many none is made."""
CLEAR = 1.3
"""Times that one level must be of the other: less is no reason to wake anybody."""
FINEST, MOST = 60.0, 120
"""Seconds between two points at least, and points of a series at most."""


def durations(served: Mapping[str, CallRow]) -> tuple[Series, ...]:
    """The 95th percentile of each endpoint in seconds; those whose level changed first."""
    series = [made for name, row in served.items() if (made := _series(name, row)) is not None]
    told = [replace(each, shift=level_shift(each.points, len(series), CLEAR)) for each in series]
    first = moved(told)
    rest = sorted((each for each in told if not each.shift), key=lambda each: -served[_endpoint(each)].calls)
    return tuple([*first, *rest][:SHOWN])


def slower(series: Sequence[Series]) -> tuple[Change, ...]:
    """The changes of level among them, each with its endpoint."""
    return tuple(shift_event(each, endpoint=_endpoint(each)) for each in moved(series))


def _endpoint(series: Series) -> str:
    return series.name.partition(": ")[0]


def _series(endpoint: str, row: CallRow) -> Series | None:
    timed = [(at, took) for at, took in zip(row.times, row.seconds, strict=True) if took >= 0]
    if len(timed) < EACH * LEAST:
        return None
    start, end = min(at for at, _ in timed), max(at for at, _ in timed)
    step = max(FINEST, (end - start) * EACH / len(timed), (end - start) / MOST)
    groups: dict[int, list[float]] = defaultdict(list)
    for at, took in timed:
        groups[int((at - start) / step)].append(took)
    points = tuple(
        (datetime.fromtimestamp(start + number * step, UTC), quantile(sorted(group), SHARE))
        for number, group in sorted(groups.items())
        if len(group) * 2 >= EACH
    )
    if len(points) < LEAST:
        return None
    mark = hashlib.sha256(f"served\0{endpoint}".encode()).hexdigest()[:10]
    name = f"{endpoint}: p95, s"
    return Series(mark, name, f"{row.calls:,} requests read", points, None, bars(points))
