"""Value types of metrics: a series over time and the point at which it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """A series that changed its level: at ``at``, between ``start`` and ``end``; medians before and after."""

    at: datetime
    start: datetime
    end: datetime
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Series:
    """A metric over time. ``points`` pair time and value, oldest first; ``shift`` is None where nothing changed."""

    id: str
    name: str
    source: str
    points: tuple[tuple[datetime, float], ...]
    shift: Shift | None = None
    sparkline: tuple[int, ...] = ()
