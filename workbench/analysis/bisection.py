"""Finding the first bad one of a row, several tries at once, some of which say nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Trial(StrEnum):
    """What one try said; ``skip``: it could not be tried."""

    GOOD = "good"
    BAD = "bad"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Positions in the row: the last known good before the first known bad."""

    good: int
    bad: int


def bounds(said: Mapping[int, Trial], count: int) -> Bounds:
    """Where the change from good to bad lies in a row of ``count``; before the row (-1) is good, its last is bad.

    A good one after a bad one says that the first bad one lies earlier.
    """
    bad = min((at for at, trial in said.items() if trial is Trial.BAD), default=count - 1)
    good = max((at for at, trial in said.items() if trial is Trial.GOOD and at < bad), default=-1)
    return Bounds(good, bad)


def next_tries(said: Mapping[int, Trial], count: int, width: int) -> tuple[int, ...]:
    """Up to ``width`` positions that part what is left evenly; none when the first bad one is as narrow as it gets.

    Positions that could not be tried are passed over for their nearest neighbours.
    """
    limits = bounds(said, count)
    left = [at for at in range(limits.good + 1, limits.bad) if at not in said]
    if not left:
        return ()
    span = limits.bad - limits.good
    chosen: list[int] = []
    for part in range(1, width + 1):
        ideal = limits.good + span * part / (width + 1)
        free = [at for at in left if at not in chosen]
        if free:
            chosen.append(min(free, key=lambda at: (abs(at - ideal), at)))
    return tuple(sorted(chosen))


def suspects(said: Mapping[int, Trial], count: int) -> tuple[int, ...]:
    """Positions any of which may be the first bad one: one alone, or with it those before it that said nothing."""
    limits = bounds(said, count)
    return tuple(range(limits.good + 1, limits.bad + 1))
