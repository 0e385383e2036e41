"""Times as git prints them."""

from __future__ import annotations

from datetime import UTC, datetime

_START = datetime.fromtimestamp(0, UTC)


def git_time(said: str) -> datetime:
    """The time of so many seconds since 1970, in UTC.

    A commit that a broken tool made has none that can be read, or one beyond all calendars; it gets the start of 1970,
    as ``git blame`` gives it.
    """
    try:
        return datetime.fromtimestamp(int(said), UTC)
    except (ValueError, OverflowError, OSError):
        return _START
