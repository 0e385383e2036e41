"""The change point of a rate: a likelihood-ratio test for Poisson events, made honest about bursts and about looking.

Given how many events there were, the events of a steady Poisson process are uniform over its exposure. For a split at
share u with k of n events before it, the log likelihood ratio of two rates against one is

    L(u) = k ln(k / (n u)) + (n - k) ln((n - k) / (n (1 - u)))

(M. Csorgo and L. Horvath, "Limit Theorems in Change-Point Analysis", 1997, ch. 1), the relative entropy that bounds
the binomial tail (W. Hoeffding, JASA 58, 1963): P(L >= x) <= 2 exp(-x) for a split chosen beforehand, and at most 2n
times that for the best of the splits at the n events. For events that begin late (k = 0) the bound is exact and needs
no correction: P(first event after u) = (1 - u)^n. L is divided by the dispersion (Pearson's chi-squared over its
degrees of freedom, at least 1), so that one burst of equal events is not a change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from operator import itemgetter

from workbench.analysis.logs.before.exposure import Exposure

FALSE_ALARM = 0.005
"""Chance that a log in which nothing changes is said to have changed, over all of its errors together."""
NEAR = 3.0
"""Splits whose log likelihood is this close to the best are in the interval: a likelihood of 1/20 of the best one's."""
LEAST = 4
"""Events after a change that it is told from at least."""
SHORTEST = 60.0
"""Seconds that a log must cover for a change to be told."""
_BINS = 20
_SPLITS = 4000
_FIRST = itemgetter(0)


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A rate that rose: at ``at``, between ``start`` and ``end`` (seconds); ``factor`` is None where none was before.

    ``surprise`` is the log of how unlikely a steady rate would make it, after correction for looking.
    """

    at: float
    start: float
    end: float
    before: int
    after: int
    factor: float | None
    surprise: float


def rise(times: Sequence[float], exposures: Sequence[Exposure]) -> ChangePoint | None:
    """The best split of sorted event ``times`` into a lower and a higher rate, by the clock that doubts it most.

    None for fewer than LEAST events and for rates that never rise. Whether it is a change is ``is_change``'s to say.
    """
    if len(times) < LEAST or not exposures or exposures[0].times[-1] - exposures[0].times[0] < SHORTEST:
        return None
    found = [_best(times, exposure) for exposure in exposures]
    sure = [each for each in found if each is not None]
    return min(sure, key=lambda each: each.surprise) if sure and len(sure) == len(found) else None


def is_change(point: ChangePoint, looked_at: int) -> bool:
    """Whether ``point`` is a change, ``looked_at`` errors having been looked at in this log."""
    return point.surprise > log(max(looked_at, 1) / FALSE_ALARM)


def lateness(times: Sequence[float], exposures: Sequence[Exposure]) -> float:
    """How unlikely a steady rate would begin so late (sorted ``times``): minus the log of the chance that none of the
    events comes before the first one. It tells of fewer events than a change can be told from."""
    if not times:
        return 0.0
    late = [-len(times) * log(max(1 - exposure.shares_by(times[:1])[0], 1e-9)) for exposure in exposures]
    return min(late, default=0.0)


def _best(times: Sequence[float], exposure: Exposure) -> ChangePoint | None:
    n = len(times)
    shares = exposure.shares_by(times)
    step = max(1, n // _SPLITS)
    ratios = _ratios(shares, range(0, n - LEAST + 1, step))
    best, k = max(ratios[1:], default=ratios[0], key=_FIRST)
    if ratios[0][0] >= best - log(2 * n):
        best, k = ratios[0]
    if best <= 0:
        return None
    spread = _dispersion(shares, k)
    near = [at for ratio, at in ratios if ratio / spread > best / spread - NEAR]
    u = shares[k]
    rate = (n - k) / max(times[-1] - times[k], 1e-9)
    gap = min(log(1 / 0.05) / rate, times[k] - times[k - 1] if k else times[k] - exposure.times[0])
    surprise = best / spread - (0.0 if k == 0 else log(2 * n))
    factor = ((n - k) / max(1 - u, 1e-9)) / (k / max(u, 1e-9)) if k else None
    start = min(times[near[0]], times[k] - gap)
    return ChangePoint(times[k], max(start, exposure.times[0]), times[near[-1]], k, n - k, factor, surprise)


def _ratios(shares: Sequence[float], splits: range) -> list[tuple[float, int]]:
    """L(u) of the module's docstring for splits where the rate rises there, else 0; with the split."""
    n = len(shares)
    found = []
    for k in splits:
        u = shares[k]
        if u * n <= k:
            found.append((0.0, k))
            continue
        u = 1e-9 if u < 1e-9 else 1 - 1e-9 if u > 1 - 1e-9 else u
        late, expected = n - k, n * u
        found.append(((k * log(k / expected) if k else 0.0) + late * log(late / (n - expected)), k))
    return found


def _dispersion(shares: Sequence[float], k: int) -> float:
    """Pearson's chi-squared over its degrees of freedom, of counts in equal bins on both sides; 1 at least."""
    total = 0.0
    freedom = 0
    for part, low, high in ((shares[:k], 0.0, shares[k]), (shares[k:], shares[k], 1.0)):
        bins = min(_BINS, len(part))
        if bins < 2 or high <= low:
            continue
        edges = [bisect_left(part, low + (high - low) * n / bins) for n in range(1, bins)]
        counts = [after - before for before, after in pairwise([0, *edges, len(part)])]
        mean = len(part) / bins
        total += sum((count - mean) ** 2 / mean for count in counts)
        freedom += bins - 1
    return max(1.0, total / freedom) if freedom else 1.0


def chance(point: ChangePoint) -> float:
    """The bound on the chance that a steady rate looks like this, 0..1."""
    return min(1.0, exp(-point.surprise))
