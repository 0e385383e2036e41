"""Times as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_SPAN = re.compile(r"(\d+)\s*(s|m|min|h|d|w)( ago)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_time(text: str, now: datetime) -> datetime | None:
    """The aware UTC time that ``text`` means: a span back from ``now`` (``30m``, ``2h``), a clock time of the last 24
    hours (``14:02``, UTC), or ISO 8601 (UTC where it names no zone). None when it is none of these."""
    text = text.strip()
    if span := _SPAN.fullmatch(text):
        return now - timedelta(seconds=int(span[1]) * _UNITS[span[2]])
    if clock := _CLOCK.fullmatch(text):
        hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
        if hour > 23 or minute > 59 or second > 59:
            return None
        at = now.astimezone(UTC).replace(hour=hour, minute=minute, second=second, microsecond=0)
        return at if at <= now else at - timedelta(days=1)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
