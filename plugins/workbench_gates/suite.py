"""The whole suite at head and at base."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.api import (
    ChangeSubject,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    Known,
    RunStatus,
    Step,
    TestOutcome,
    TestResult,
    TestRun,
)

ALONE = 3
"""Times a newly failing test is run alone, to tell flaky from failing."""

_BAD = frozenset(
    {
        TestOutcome.FAILED,
        TestOutcome.ERROR,
        TestOutcome.COLLECTION_ERROR,
        TestOutcome.CRASHED,
        TestOutcome.TIMED_OUT,
    }
)


@dataclass(frozen=True, slots=True)
class Suites:
    """Both runs; ``alone`` maps a newly failing test to how many of its ALONE runs failed."""

    head: TestRun
    base: TestRun
    alone: Mapping[str, int] = field(default_factory=dict)


class SuiteGate:
    """Implements :class:`workbench.api.Gate`. A failure that base has too is not the change's."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Always: without tests it is inconclusive, not passed over."""
        return ""

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """Head, base, then each new failure alone."""
        head = await host.test(subject.head)
        base = await host.test(subject.base)
        before = _failing(base)
        alone: dict[str, int] = {}
        for test in [ident for ident in _failing(head) if ident not in before and "::" in ident]:
            runs = [await host.test(subject.head, (test,)) for _ in range(ALONE)]
            alone[test] = sum(run.status is not RunStatus.PASSED for run in runs)
        yield Known((Suites(head, base, alone),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a new failure; a flaky one is named and keeps it inconclusive."""
        (suites,) = results
        head, base = suites.head, suites.base
        failing, before = _failing(head), _failing(base)
        ran = sum(result.outcome is not TestOutcome.NOT_RUN for result in head.results)
        new = [ident for ident in failing if ident not in before]
        flaky = [ident for ident in new if 0 < suites.alone.get(ident, ALONE) < ALONE or suites.alone.get(ident) == 0]
        real = [ident for ident in new if ident not in flaky]
        fixed = [ident for ident in before if ident not in failing]
        status, reason = _verdict(head, ran, real, flaky, len(failing) - len(new))
        figures = (
            Figure("new failures", len(real), threshold=0, n=ran),
            Figure("flaky", len(flaky), threshold=0, n=ran),
            Figure("still failing", len(failing) - len(new), baseline=len(before), n=ran),
            Figure("fixed", len(fixed), n=ran),
            Figure("suite time", head.seconds, "s", baseline=base.seconds),
        )
        evidence = tuple(_evidence(failing[ident]) for ident in [*real, *flaky][:20])
        return GateResult("suite", "suite", status, reason, figures=figures, examined=ran, evidence=evidence)


def _verdict(head: TestRun, ran: int, real: Sequence[str], flaky: Sequence[str], known: int) -> tuple[GateStatus, str]:
    if real:
        more = f" and {len(real) - 1} more" if len(real) > 1 else ""
        return GateStatus.FAIL, f"{real[0]} fails and passed before{more}"
    if head.status not in (RunStatus.PASSED, RunStatus.FAILED):
        return GateStatus.INCONCLUSIVE, head.message or f"the suite ended {head.status.value}"
    if not ran:
        return GateStatus.INCONCLUSIVE, "no test ran"
    if flaky:
        return GateStatus.INCONCLUSIVE, f"{flaky[0]} fails in the suite and not always alone: flaky"
    note = f", {known} that fail at base too" if known else ""
    return GateStatus.PASS, f"{ran - known} of {ran} pass{note}"


def _failing(run: TestRun) -> dict[str, TestResult]:
    return {result.id: result for result in run.results if result.outcome in _BAD}


def _evidence(result: TestResult) -> Evidence:
    return Evidence(result.id, result.message.split("\n", 1)[0][:200], result.path, result.line)
