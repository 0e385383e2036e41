"""How often a test fails, and when two rates differ. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.analysis.statistics import fisher_exact_greater, wilson_interval

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


def rates_differ(without: Rate, with_fix: Rate) -> bool:
    """Whether tests fail more often without the fix than with it, by Fisher's exact test at SIGNIFICANT."""
    return fisher_exact_greater(without.failed, without.n, with_fix.failed, with_fix.n) < SIGNIFICANT
