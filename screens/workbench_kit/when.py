"""Times, durations and shares as they are written on screen. Pure."""

from __future__ import annotations

from datetime import datetime


def clock(at: datetime, other: datetime | None = None) -> str:
    """``14:02``, with the day before it when ``other`` is on another day. Times are shown in UTC."""
    if other is not None and at.date() != other.date():
        return at.strftime("%d %b %H:%M")
    return at.strftime("%H:%M")


def span(seconds: float) -> str:
    """``29 min``, ``3 h``, ``2 d``: the largest unit that gives at least one, rounded down."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(max(0, seconds))} s"


def brief(seconds: float) -> str:
    """A duration with as many digits as matter: ``0.41 s``, ``17 s``, ``2:05``."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"


def elapsed(seconds: float) -> str:
    """Time so far, as a clock counts it: ``0:07``, ``12:05``, ``1:00:00``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def percent(share: float) -> str:
    """A share of 0..1 as ``12.6 %``."""
    return f"{share * 100:.1f} %"
