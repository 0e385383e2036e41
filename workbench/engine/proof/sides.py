"""The runs of a change's tests on one tree, and what they showed of each test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from time import perf_counter

from workbench.analysis.proof import Rate
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestResult
from workbench.case.testing import Raised
from workbench.engine.proof.turns import TURNS, belongs, overran, repeated, repetitions
from workbench.engine.proof.workshop import Ran, Workshop

REPEATS = 3
"""Runs of an ordinary test on each side: one that fails now and then must not pass for a proof."""

RACY_REPEATS = 30
"""Runs of a test that starts threads, or whose outcome varied; TURNS of them share a process."""

WIDTH = 2
"""Runs under way at once."""

ALONE = 20
"""Tests at most that are run alone, after a run of all of them ended before it came to them."""

Counted = Callable[[str, int, int], None]
"""Told the name of a step, how many more of its runs are done, and how many more it has."""

_FINE = (TestOutcome.PASSED, TestOutcome.XFAILED, TestOutcome.SKIPPED, TestOutcome.NOT_RUN)


@dataclass(frozen=True)
class Side:
    """What the runs on one tree showed of one test: failures of n, the first failure, and what spoils the judgement;
    ``over`` of the failures are repetitions that went beyond their limit."""

    rate: Rate
    result: TestResult | None
    raised: Raised | None
    root: str
    problem: str
    racy: bool
    seconds: float
    modules: int
    over: int = 0


class Sides:
    """Runs tests on trees. Those of one change share a process, and one that is not there or takes the process down
    does not stop the others; racy ones are run alone and often."""

    def __init__(self, workshop: Workshop, counted: Counted) -> None:
        self._workshop = workshop
        self._counted = counted

    async def of(
        self, step: str, tree: str, tests: Sequence[str], racy: Collection[str], again: Collection[str] | None = None
    ) -> dict[str, Side]:
        """The side of each test. What failed at first is run again, or, with ``again``, these tests."""
        started = perf_counter()
        runs: dict[str, list[Ran]] = {test: [] for test in tests}
        plain = [test for test in tests if test not in racy]
        if plain:
            await self._plain(step, tree, plain, runs, again)
        marked = [test for test in plain if any(_racy(test, ran) for ran in runs[test])]
        for test in [*(test for test in tests if test in racy), *marked]:
            runs[test] = await self._often(step, tree, test)
        seconds = (perf_counter() - started) / max(1, len(tests))
        return {test: side_of(test, runs[test], seconds) for test in tests}

    async def _plain(
        self,
        step: str,
        tree: str,
        tests: Sequence[str],
        runs: dict[str, list[Ran]],
        again: Collection[str] | None,
    ) -> None:
        self._counted(step, 0, REPEATS)
        first = await self._workshop.run(tree, tests)
        for test in tests:
            runs[test].append(first)
        self._counted(step, 1, 0)
        if len(tests) > 1 and not first.foreign:
            lost = [test for test in tests if not results_of(test, first)][:ALONE]
            for test in lost:
                runs[test][:] = [await self._workshop.run(tree, [test])]
        failed = [test for test in tests if failures(test, runs[test][0])]
        if again is not None and any(test in again for test in failed):
            return
        repeated = failed if again is None else [test for test in tests if test in again]
        if not repeated or all(spoiled(test, runs[test][0]) for test in repeated):
            return
        more = await asyncio.gather(*(self._workshop.run(tree, repeated) for _ in range(REPEATS - 1)))
        for test in repeated:
            runs[test] += more
        self._counted(step, REPEATS - 1, 0)

    async def _often(self, step: str, tree: str, test: str) -> list[Ran]:
        self._counted(step, 0, RACY_REPEATS)
        batches, runs = 0, list[Ran]()
        while batches * TURNS < RACY_REPEATS and not any(spoiled(test, run) or overran(test, run) for run in runs):
            if step == "green" and any(failures(test, run) for run in runs):
                break
            width = min(WIDTH, RACY_REPEATS // TURNS - batches) if runs else 1
            found = await asyncio.gather(*(self._batch(tree, test) for _ in range(width)))
            runs += [run for batch in found for run in batch]
            batches += width
            self._counted(step, width * TURNS, 0)
        return runs

    async def _batch(self, tree: str, test: str) -> list[Ran]:
        found = await repeated(
            self._workshop, lambda tests, env, at: self._workshop.run(tree, tests, env), [test], TURNS
        )
        return found[test]


def side_of(test: str, runs: Sequence[Ran], seconds: float) -> Side:
    """What ``runs``, at least one, showed of ``test``."""
    problem = next((text for run in runs if (text := spoiled(test, run))), "")
    failed = [(run, result) for run in runs for result in failures(test, run)]
    failed.sort(key=lambda each: each[1].outcome is not TestOutcome.FAILED)  # what failed says more than what hung
    rate = Rate(sum(_failed_turns(test, run) for run in runs), sum(max(1, repetitions(test, run)) for run in runs))
    run, result = failed[0] if failed else (runs[0], None)
    return Side(
        rate=rate,
        result=result,
        raised=run.finished.tracker.raised.get(result.id) if result else None,
        root=str(run.worktree),
        problem=problem,
        racy=rate.n >= RACY_REPEATS or 0 < rate.failed < rate.n,
        seconds=seconds,
        modules=len(run.finished.tracker.modules) - len(run.foreign),
        over=sum(overran(test, run) for run in runs),
    )


def results_of(test: str, run: Ran) -> list[TestResult]:
    """What ran of ``test``."""
    results = run.finished.run.results
    return [one for one in results if one.outcome is not TestOutcome.NOT_RUN and belongs(test, one.id)]


def failures(test: str, run: Ran) -> list[TestResult]:
    """What failed of ``test``."""
    return [result for result in results_of(test, run) if result.outcome not in _FINE]


def spoiled(test: str, run: Ran) -> str:
    """Why a run says nothing at all of ``test``, or the empty string."""
    if run.foreign:
        return f"{run.foreign[0]} was imported from outside the worktree: the wrong code was run"
    ran, ended = results_of(test, run), run.finished.run
    if not ran:
        if ended.status in (RunStatus.PASSED, RunStatus.FAILED):
            return f"{test} did not run: pytest does not collect it"
        return ended.message or f"{test} did not run"
    if all(result.outcome is TestOutcome.SKIPPED for result in ran):
        return f"{ran[0].id} is skipped: {ran[0].message}"
    return ""


def _racy(test: str, run: Ran) -> bool:
    return any(belongs(test, ident) for ident in run.finished.tracker.racy)


def _failed_turns(test: str, run: Ran) -> int:
    """How often it failed there; a failure outside of a turn (collection, a crash) is one."""
    counted = (n for ident, n in run.finished.tracker.failed_turns.items() if belongs(test, ident))
    return max([1 if failures(test, run) else 0, *counted])
