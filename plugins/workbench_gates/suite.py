"""The whole suite at head and at base."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.api import (
    BAD,
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

INTEGRATION = frozenset({"integration", "e2e", "end_to_end", "functional", "system", "acceptance"})
"""Folders (and beginnings of file names) whose tests are of more than one part; all others count as unit tests."""


@dataclass(frozen=True, slots=True)
class Suites:
    """Both runs; ``alone`` maps a newly failing test to how many of its ALONE runs failed; ``shuffled`` is head once
    more in an order drawn with ``seed``, and ``ordered`` what failed so at base too."""

    head: TestRun
    base: TestRun
    alone: Mapping[str, int] = field(default_factory=dict)
    shuffled: TestRun | None = None
    seed: int = 0
    ordered: frozenset[str] = frozenset()

    @property
    def by_order(self) -> list[str]:
        """Tests that fail in another order alone, and do not at base."""
        if self.shuffled is None:
            return []
        return [
            test for test in _failing(self.shuffled) if test not in _failing(self.head) and test not in self.ordered
        ]


class SuiteGate:
    """Implements :class:`workbench.api.Gate`. A failure that base has too is not the change's; a test that the change
    brings and that fails now and then is no flaky test, but shows that something is wrong now and then."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Always: without tests it is inconclusive, not passed over."""
        return ""

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """Head, base, each new failure alone; head once more in another order unless the verdict is clear by then."""
        host.progress(0, 3)
        head = await host.test(subject.head)
        host.progress(1, 3)
        base = await host.test(subject.base)
        host.progress(2, 3)
        before = _failing(base)
        known = {result.id for result in base.results}
        alone: dict[str, int] = {}
        for test in [ident for ident in _failing(head) if ident not in before and ident in known and "::" in ident]:
            runs = [await host.test(subject.head, (test,)) for _ in range(ALONE)]
            alone[test] = sum(run.status is not RunStatus.PASSED for run in runs)
        seed = int(subject.head[:6], 16)
        again = {"WORKBENCH_SEED": str(seed)}
        settled = any(test not in before and alone.get(test, ALONE) == ALONE for test in _failing(head))
        shuffled = await host.test(subject.head, (), again) if len(head.results) > 1 and not settled else None
        suites = Suites(head, base, alone, shuffled, seed)
        if suites.by_order:
            ordered = frozenset(_failing(await host.test(subject.base, (), again)))
            suites = replace(suites, ordered=ordered)
        yield Known((suites,))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a new failure; a flaky one is named and keeps it inconclusive."""
        (suites,) = results
        head, base = suites.head, suites.base
        failing, before = _failing(head), _failing(base)
        ran = sum(result.outcome is not TestOutcome.NOT_RUN for result in head.results)
        new = [ident for ident in failing if ident not in before]
        old = {result.id for result in base.results}
        flaky = [ident for ident in new if ident in old and suites.alone.get(ident, ALONE) < ALONE]
        by_order = [ident for ident in suites.by_order if ident in old]
        now_and_then = [ident for ident in suites.by_order if ident not in old]
        real = [ident for ident in new if ident not in flaky] + now_and_then
        fixed = [ident for ident in before if ident not in failing]
        status, reason = _verdict(head, base, ran, real, flaky, len(failing) - len(new))
        if status is GateStatus.PASS:
            reason = f"{reason} ({_kinds(head)})"
            if by_order:
                status = GateStatus.INCONCLUSIVE
                reason = f"{by_order[0]} fails in another order (seed {suites.seed}), and not at base"
        figures = (
            Figure("new failures", len(real), threshold=0, n=ran),
            Figure("flaky", len(flaky), threshold=0, n=ran),
            Figure("fail in another order", *_shuffled(suites), threshold=0),
            Figure("still failing", len(failing) - len(new), baseline=len(before), n=ran),
            Figure("fixed", len(fixed), n=ran),
            Figure("suite time", head.seconds, "s", baseline=base.seconds),
        )
        again = _failing(suites.shuffled) if suites.shuffled else {}
        evidence = tuple(_evidence({**again, **failing}[ident]) for ident in [*real, *flaky, *by_order][:20])
        return GateResult("suite", "suite", status, reason, figures=figures, examined=ran, evidence=evidence)


def _verdict(
    head: TestRun, base: TestRun, ran: int, real: Sequence[str], flaky: Sequence[str], known: int
) -> tuple[GateStatus, str]:
    if real:
        more = f" and {len(real) - 1} more" if len(real) > 1 else ""
        known_before = any(result.id == real[0] for result in base.results)
        return (
            GateStatus.FAIL,
            f"{real[0]} fails{' and passed before' if known_before else ', a test of the change'}{more}",
        )
    if head.status not in (RunStatus.PASSED, RunStatus.FAILED):
        return GateStatus.INCONCLUSIVE, head.message or f"the suite ended {head.status.value}"
    if not ran:
        return GateStatus.INCONCLUSIVE, "no test ran"
    if flaky:
        return GateStatus.INCONCLUSIVE, f"{flaky[0]} fails in the suite and not always alone: flaky"
    note = f", {known} that fail at base too" if known else ""
    return GateStatus.PASS, f"{ran - known} of {ran} pass{note}"


def _shuffled(suites: Suites) -> tuple[int | None, str]:
    """How many fail in another order alone; unknown where the runner did not shuffle."""
    run = suites.shuffled
    if run is None or [each.id for each in run.results] == [each.id for each in suites.head.results]:
        return None, ""
    return len(suites.by_order), ""


def _kinds(run: TestRun) -> str:
    """How many of each kind ran."""
    counts = {"unit": 0, "integration": 0}
    for result in run.results:
        if result.outcome is not TestOutcome.NOT_RUN:
            parts = result.id.partition("::")[0].lower().removesuffix(".py").split("/")
            many = INTEGRATION.intersection(parts) or parts[-1].removeprefix("test_").split("_")[0] in INTEGRATION
            counts["integration" if many else "unit"] += 1
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)


def _failing(run: TestRun) -> dict[str, TestResult]:
    return {result.id: result for result in run.results if result.outcome in BAD}


def _evidence(result: TestResult) -> Evidence:
    return Evidence(result.id, result.message.split("\n", 1)[0][:200], result.path, result.line)
