"""New, risen, as always, fallen or gone: the events since a time against the events before it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

from workbench.case.enums import Trend

DAY = 86400.0
WEEK = 7 * DAY
SURE = log(100)
"""Log likelihood ratio from which a difference is one: odds of 100 to 1."""
UNLIKELY = log(20)
"""The same for "there was none before" and "there is none any more"."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in seconds, and the stretches before it that it is compared with."""

    start: float
    end: float
    before: tuple[tuple[float, float], ...]

    @property
    def length(self) -> float:
        """Seconds of the window."""
        return max(self.end - self.start, 1e-9)

    @property
    def before_length(self) -> float:
        """Seconds of what it is compared with."""
        return sum(end - start for start, end in self.before)


def window(since: float, first: float, last: float) -> Window:
    """What came since ``since`` in a log from ``first`` to ``last``, against the same hours of the day and the week
    before where the log reaches, else against all that came before."""
    same = [(since - back, last - back) for back in (DAY, WEEK) if since - back >= first and last - since <= back]
    before = same or ([(first, since)] if since > first else [])
    return Window(since, last, tuple(before))


def trend(
    times: Sequence[float], place: Window, covered: Callable[[float, float], float] | None = None
) -> tuple[Trend, float | None, float]:
    """The trend of events at sorted ``times``, the factor between the rates, and how sure it is (log likelihood ratio).

    An error that came before the window, outside of the hours that are compared, is not new. ``covered`` gives the
    seconds between two times in which events could be seen, where those are not all.
    """
    after = _within(times, place.start, place.end + 1)
    before = sum(_within(times, start, end) for start, end in place.before)
    ever = bisect_left(times, place.start)
    length, length_before = place.length, place.before_length
    if covered:
        length = max(covered(place.start, place.end), 1e-9)
        length_before = sum(covered(start, end) for start, end in place.before)
    if not place.before or length_before <= 0:
        return Trend.UNKNOWN, None, 0.0
    return judge(before, after, length_before, length, ever)


def judge(
    before: float, after: float, length_before: float, length_after: float, ever: float
) -> tuple[Trend, float | None, float]:
    """The trend of two counts over two lengths; ``ever`` counts all events before the window."""
    n = before + after
    if n == 0:
        return Trend.AS_ALWAYS, None, 0.0
    share = length_after / (length_before + length_after)
    factor = (after / length_after) / (before / length_before) if before and after else None
    sure = (after * log(after / (n * share)) if after else 0.0) + (
        before * log(before / (n * (1 - share))) if before else 0.0
    )
    if ever == 0:
        return (Trend.NEW if sure > UNLIKELY else Trend.UNKNOWN), None, sure
    if after == 0:
        return (Trend.GONE if sure > UNLIKELY else Trend.AS_ALWAYS), None, sure
    if sure > SURE and factor is not None and factor >= 2:
        return Trend.RISEN, factor, sure
    if sure > SURE and factor is not None and factor <= 0.5:
        return Trend.FALLEN, factor, sure
    return Trend.AS_ALWAYS, factor, sure


def _within(times: Sequence[float], start: float, end: float) -> int:
    return bisect_left(times, end) - bisect_left(times, start)
