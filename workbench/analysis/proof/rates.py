"""How often a test fails, and when two rates differ. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

from workbench.analysis.statistics import fisher_exact_greater, wilson_interval

MISSED = 0.01
"""Share of trials in which a failure that is there may go unseen."""

SIGNIFICANT = 0.01
"""p-value under which two failure rates are called different."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Failures of ``n`` runs."""

    failed: int
    n: int

    def words(self) -> str:
        """The rate with its 95 % confidence interval."""
        low, high = wilson_interval(self.failed, self.n)
        return f"{self.failed} of {self.n} runs fail ({low:.0%} to {high:.0%})"


def runs_to_see(rate: Rate, most: int) -> int:
    """How many runs, 2 to ``most``, of a test that fails at ``rate`` show a failure in all but MISSED of cases.

    The smallest n with (1 - p)^n <= MISSED, where p is the lower end of the rate's interval.
    """
    low, _ = wilson_interval(rate.failed, rate.n)
    if low >= 1:
        return 2
    return min(most, max(2, ceil(log(MISSED) / log(1 - low)))) if low > 0 else most


def rates_differ(without: Rate, with_fix: Rate) -> bool:
    """Whether tests fail more often without the fix than with it, by Fisher's exact test at SIGNIFICANT."""
    return fisher_exact_greater(without.failed, without.n, with_fix.failed, with_fix.n) < SIGNIFICANT
