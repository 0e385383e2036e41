"""A clock that runs like any other, but can skip the time in which nothing happens."""

from __future__ import annotations

import time
from bisect import bisect_right
from datetime import UTC, datetime, timedelta

SETTLE = 0.002
"""Seconds kept free on both sides of a skip: log records carry milliseconds only."""


class SkippingClock:
    """Maps this machine's time to ``begin`` plus what passed, plus what was skipped."""

    def __init__(self, begin: datetime) -> None:
        self.begin = begin
        now = time.time()
        self.moments = [now]
        self.offsets = [-now]

    def now(self) -> float:
        """Seconds since ``begin``."""
        return time.time() + self.offsets[-1]

    def skip_to(self, seconds: float) -> None:
        """Let it be ``seconds`` after ``begin``, unless it is later already. Nothing may be under way."""
        if seconds - self.now() > 2 * SETTLE:
            time.sleep(SETTLE)
            moment = time.time()
            time.sleep(SETTLE)
            self.moments.append(moment)
            self.offsets.append(seconds - time.time())

    def map(self, real: datetime) -> datetime:
        """What this clock showed at ``real``."""
        moment = real.timestamp()
        index = max(bisect_right(self.moments, moment) - 1, 0)
        return self.begin.astimezone(UTC) + timedelta(seconds=moment + self.offsets[index])
