"""A series of values over time as it is shown: its bars, how far its level changed, and that as a change event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workbench.case.enums import ChangeKind
from workbench.case.logs import Change
from workbench.case.metrics import Series
from workbench.case.model import Signal

BARS = 24


def bars(points: Sequence[tuple[datetime, float]]) -> tuple[int, ...]:
    """Means of equal stretches of the points, 0..100 of the largest one."""
    size = max(1, len(points) // BARS)
    means = [
        sum(v for _, v in points[at : at + size]) / len(points[at : at + size]) for at in range(0, len(points), size)
    ]
    low, high = min(0.0, *means), max(means)
    return tuple(round(100 * (mean - low) / (high - low)) if high > low else 0 for mean in means)


def moved(series: Sequence[Series]) -> list[Series]:
    """Those whose level changed, by how many times it did."""
    return sorted((each for each in series if each.shift), key=lambda each: -_factor(each))


def shift_event(series: Series, near: Sequence[Signal] = (), endpoint: str = "") -> Change:
    """The change of its level, ``near`` being what happened before it. ``series`` must have a shift."""
    shift = series.shift
    assert shift is not None
    return Change(
        id=f"metric:{series.id}",
        at=shift.at,
        kind=ChangeKind.METRIC,
        summary=f"{series.name}: {shift.before:.4g} → {shift.after:.4g} ({series.source})",
        score=round(sum(signal.weight for signal in near), 4),
        signals=tuple(near),
        endpoint=endpoint,
    )


def _factor(series: Series) -> float:
    assert series.shift is not None
    low, high = sorted((abs(series.shift.before), abs(series.shift.after)))
    return high / max(low, 1e-12)
