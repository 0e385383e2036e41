"""Small exact statistics that the verdicts rest on."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, comb, sqrt


def wilson_interval(successes: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval of a rate, 0..1 (E. B. Wilson, JASA 22, 1927); (0, 1) when ``n`` is 0."""
    if n == 0:
        return 0.0, 1.0
    rate = successes / n
    spread = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    middle = rate + z * z / (2 * n)
    scale = 1 + z * z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def fisher_exact_greater(a: int, a_total: int, b: int, b_total: int) -> float:
    """One-sided p-value of Fisher's exact test that the rate a / a_total is not above b / b_total.

    The hypergeometric tail (R. A. Fisher, J. Roy. Stat. Soc. 85, 1922).
    """
    total, hits = a_total + b_total, a + b
    ways = comb(total, hits)
    tail = sum(comb(a_total, k) * comb(b_total, hits - k) for k in range(a, min(a_total, hits) + 1))
    return tail / ways


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value at ``share`` (0..1) of sorted values, by nearest rank. Raises ValueError for no values."""
    if not ordered:
        raise ValueError("no values")
    return ordered[min(len(ordered) - 1, max(0, ceil(share * len(ordered)) - 1))]
