"""The change's own tests again and again with other seeds and delays, at head and without the fix."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import (
    ChangeSubject,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    Known,
    Step,
    TestRate,
    fisher_exact_greater,
    gate_setting,
    wilson_interval,
)

RUNS = 30
"""Runs of each test on each side."""

SIGNIFICANT = 0.01

HANGS = 3
"""Repetitions that do not end, from which on the test is said to hang: fewer may be the machine's doing."""


class StressGate:
    """Implements :class:`workbench.api.Gate`. Its negative control is the change without its fix."""

    required = True
    exclusive = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where the case or a test speaks of a race, and the change brings tests."""
        if not subject.tests:
            return "the change brings no test to repeat"
        asked = subject.racy or "stress" in subject.settings.get("proposed", {})
        named = "stress" in subject.settings.get("named", ()) or gate_setting(subject, "stress", "enabled", False)
        return "" if asked or named else "nothing in the case or the change speaks of a race"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """Both sides, with seeded delays at what the change touches."""
        yield Known(await host.stress(RUNS, True))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails when a test fails at head at all; without a failing control it says nothing of the race."""
        rates: list[TestRate] = [rate for rate in results if rate.runs]
        silent = [rate for rate in results if rate.problem]
        failed, runs = sum(rate.failed for rate in rates), sum(rate.runs for rate in rates)
        worst = max(rates, key=lambda rate: rate.failed / rate.runs, default=None)
        controls = [rate for rate in rates if _is_control(rate)]
        base_failed, base_runs = sum(rate.base_failed for rate in rates), sum(rate.base_runs for rate in rates)
        low, high = wilson_interval(failed, runs)
        status, reason = GateStatus.PASS, f"{_rates(rates)}; the interval ends at {high:.0%}"
        over = sum(rate.over for rate in rates)
        if 0 < failed == over < HANGS:
            status = GateStatus.INCONCLUSIVE
            reason = f"a repetition did not end within its limit, once or twice: {_rates(rates)}: {_first(rates)}"
        elif failed and worst is not None:
            status, reason = GateStatus.FAIL, f"{worst.test.rpartition('::')[2]}: {_rates([worst])}: {worst.message}"
        elif silent:
            status, reason = GateStatus.INCONCLUSIVE, silent[0].problem
        elif not controls:
            status = GateStatus.INCONCLUSIVE
            reason = f"no test fails more often without the fix ({_rates(rates)}): they do not see the race"
        figures = (
            Figure("failing runs", failed, "", 0, base_failed if base_runs else None, runs, high - low),
            Figure("highest rate that fits", high, baseline=wilson_interval(base_failed, base_runs)[1], n=runs),
        )
        evidence = tuple(
            Evidence(rate.test, f"{_rates([rate])}{_replay(rate)}{f': {rate.problem}' if rate.problem else ''}")
            for rate in results
        )
        return GateResult("stress", "stress", status, reason, figures=figures, examined=runs, evidence=evidence)


def _first(rates: Sequence[TestRate]) -> str:
    return next((rate.message for rate in rates if rate.over), "")


def _is_control(rate: TestRate) -> bool:
    if not rate.base_runs:
        return False
    return fisher_exact_greater(rate.base_failed, rate.base_runs, rate.failed, rate.runs) < SIGNIFICANT


def _rates(rates: Sequence[TestRate]) -> str:
    head = f"head {sum(rate.failed for rate in rates)} of {sum(rate.runs for rate in rates)} runs fail"
    base_runs = sum(rate.base_runs for rate in rates)
    over = sum(rate.over for rate in rates)
    head += f" ({over} of them ended at the limit of a repetition)" if over else ""
    base = f"base {sum(rate.base_failed for rate in rates)} of {base_runs}" if base_runs else "base unknown"
    return f"{head}, {base}"


def _replay(rate: TestRate) -> str:
    if not (rate.seed and rate.failed):
        return ""
    came = f", failed in {rate.replayed} of {rate.replays} replays" if rate.replays else ""
    return f" (again: workbench test --perturb --seed {rate.seed} {rate.test}{came})"
