"""What happens when: pure, and the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

BEGIN = 0.0
DEPLOY = 57 * 60.0
ONSET = 62 * 60.0
END = 91 * 60.0
"""Seconds since 13:00: r411 until DEPLOY, then r412; from ONSET on twice the traffic, and impatient clients."""

QUIET, BUSY = 0.75, 1.5
"""Ordinary requests per second before and after ONSET."""

ORDINARY = {"me": 62, "sessions": 10, "refresh": 9, "login": 12, "partner": 3, "logout": 2, "typo": 2}
"""How often which ordinary request comes, in percent."""

STEADY = {"health": 30.0, "expired": 240.0, "statistics": 540.0, "wrong_key": 150.0}
"""What was always there: seconds between two, with some jitter but for the health check."""

TARGETS = {"DatabaseTimeout": 84, "TokenRefreshConflict": 60, "RateLimitExceeded": 60}
"""How many unhandled errors of each kind the incident shall have; with 36 wrong keys that is 35, 25, 25 and 15 %."""

DEPLOY_GAP = 6.0
HOLD = 1.7
"""Seconds for which the second connection keeps the write lock; longer than r412 waits."""


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """At ``at`` seconds someone does ``what``."""

    at: float
    what: str


def plan(seed: int) -> list[Arrival]:
    """All arrivals in order."""
    random = Random(seed)
    locks = lock_times(random)
    arrivals = [Arrival(at, "lock") for at in locks]
    arrivals += [Arrival(at + random.uniform(0.05, 0.5), "during_lock") for at in locks for _ in range(5)]
    arrivals += [arrival for arrival in ordinary(random) if not any(-1 < arrival.at - at < HOLD + 0.3 for at in locks)]
    arrivals += steady(random)
    for what, every in (("double_refresh", 23.0), ("impatient_login", 40.0)):
        arrivals += [Arrival(at, what) for at in spread(random, 240.0, DEPLOY - 120, 700.0)]
        arrivals += [Arrival(at, what) for at in spread(random, ONSET + 5, END - 5, every)]
    return sorted(arrival for arrival in arrivals if not 0 <= arrival.at - DEPLOY < DEPLOY_GAP)


def wanted(kind: str, at: float) -> float:
    """How many errors of ``kind`` there shall be by ``at``: it begins at once and gets worse."""
    done = min(max((at - ONSET) / (END - 15 - ONSET), 0.0), 1.0)
    return TARGETS[kind] * (0.5 * done + 0.5 * done**2)


def lock_times(random: Random) -> list[float]:
    """A few before the deploy, many after the onset."""
    return spread(random, 400.0, DEPLOY - 60, 800.0) + spread(random, ONSET + 1, END - 5, 50.0)


def ordinary(random: Random) -> list[Arrival]:
    """Requests that come whenever they come (a Poisson process)."""
    arrivals, at = [], BEGIN
    kinds, weights = list(ORDINARY), list(ORDINARY.values())
    while (at := at + random.expovariate(BUSY if at >= ONSET else QUIET)) < END - 2:
        what = random.choices(kinds, weights)[0]
        arrivals.append(Arrival(at, "me" if what == "sessions" and at < DEPLOY else what))
    return arrivals


def steady(random: Random) -> list[Arrival]:
    """What comes all the time, in good hours and bad."""
    arrivals = []
    for what, every in STEADY.items():
        times = spread(random, BEGIN, END - 2, every, jitter=0.0 if what == "health" else 0.3)
        arrivals += [Arrival(at, what) for at in times]
    return arrivals


def spread(random: Random, begin: float, end: float, every: float, jitter: float = 0.3) -> list[float]:
    """Times from ``begin`` to ``end``, ``every`` so many seconds, each off by up to ``jitter`` of that."""
    count = int((end - begin) / every)
    times = [begin + every * (index + 0.5 + random.uniform(-jitter, jitter)) for index in range(count)]
    return [at for at in times if begin <= at < end]
