"""Red, green, red again."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from workbench.analysis.proof import Rate, rates_differ, redness, same_reason
from workbench.case.enums import ProofStatus, RunStatus, TestOutcome
from workbench.case.model import Proof, ProofStep, TestResult
from workbench.case.testing import Raised
from workbench.engine.proof.change import CodeChange
from workbench.engine.proof.workshop import Ran, Workshop
from workbench.engine.repo.trees import Trees

REPEATS = 3
"""Runs of an ordinary test on each side: one that fails now and then must not pass for a proof."""

TURNS = 10
"""Runs of a racy test in one process, its own fixtures made anew for each."""

RACY_REPEATS = 30
"""Runs of a test that starts threads, or whose outcome varied; TURNS of them share a process."""

WIDTH = 2
"""Runs under way at once."""

Told = Callable[[ProofStep], None]

Progress = Callable[[str, int, int], None]
"""Told the name of a step, how many of its runs are done, and how many it has."""


@dataclass(frozen=True)
class Side:
    """What the runs on one tree showed of one test: failures of n, the first failure, and what spoils the judgement."""

    rate: Rate
    result: TestResult | None
    raised: Raised | None
    root: str
    problem: str
    racy: bool
    seconds: float
    modules: int


class Prover:
    """Proves one change. ``told`` gets each step when it is decided, ``progress`` how far the runs of one are."""

    def __init__(
        self,
        workshop: Workshop,
        trees: Trees,
        told: Told = lambda step: None,
        progress: Progress = lambda step, done, of: None,
    ) -> None:
        self._workshop = workshop
        self._trees = trees
        self._told = told
        self._progress = progress
        self._runs: dict[str, list[int]] = {}
        self._modules: dict[str, int] = {}
        self._steps: list[ProofStep] = []

    async def prove(self, change: CodeChange, named_fix: Sequence[str] = ()) -> Proof:
        """The proof of ``change``; ``named_fix`` are the paths of the fix when the change holds more than it."""
        self._steps = []
        if not change.tests:
            return self._proof(change, ProofStatus.INCONCLUSIVE, "the change brings no new or changed test")
        if not change.fix:
            return self._proof(
                change, ProofStatus.INCONCLUSIVE, "the change holds tests only: there is no fix to prove"
            )
        without = await asyncio.to_thread(self._trees.overlay, change.base, change.head, list(change.support))
        reds = {test: await self._side("red", without, test, test in change.racy) for test in change.tests}
        red = self._red(change, without, reds)
        if red is not None:
            return self._proof(change, *red)
        sides = {test: await self._with_fix(change, without, test, side) for test, side in reds.items()}
        green = self._green(change, sides)
        if green is not None:
            return self._proof(change, *green)
        return await self._red_again(change, without, named_fix, sides)

    async def _with_fix(self, change: CodeChange, without: str, test: str, red: Side) -> tuple[Side, Side]:
        """Both sides of a test. One whose outcome varied runs as often as one that starts threads, on both."""
        if red.problem or not red.rate.failed:
            return red, red
        green = await self._side("green", change.head, test, red.racy)
        if red.racy and red.rate.n < RACY_REPEATS and not green.problem and not green.rate.failed:
            red = await self._side("red", without, test, True)
        return red, green

    async def _side(self, step: str, tree: str, test: str, racy: bool) -> Side:
        started = perf_counter()
        turns, wanted = (TURNS, RACY_REPEATS) if racy else (1, REPEATS)
        self._count(step, of=wanted)
        runs: list[Ran] = []
        while len(runs) * turns < wanted and not any(_spoiled(run) for run in runs):
            if step == "green" and any(_failures(run) for run in runs):
                break
            width = min(WIDTH, wanted // turns - len(runs)) if runs else 1
            env = {"WORKBENCH_REPEAT": str(turns)}
            runs += await asyncio.gather(*(self._workshop.run(tree, [test], env) for _ in range(width)))
            self._count(step, done=width * turns)
            if runs[0].finished.tracker.racy and not racy:
                return await self._side(step, tree, test, True)
        side = _side_of(test, runs, perf_counter() - started)
        self._modules[step] = max(self._modules.get(step, 0), side.modules)
        return side

    def _count(self, step: str, done: int = 0, of: int = 0) -> None:
        """``done`` more runs of a step are done, and it has ``of`` more."""
        runs = self._runs.setdefault(step, [0, 0])
        runs[0] += done
        runs[1] += of
        self._progress(step, *runs)

    def _red(self, change: CodeChange, tree: str, sides: Mapping[str, Side]) -> tuple[ProofStatus, str] | None:
        reds = list(sides.values())
        seconds = sum(side.seconds for side in reds)
        problems = [side.problem for side in reds if side.problem]
        if problems:
            return self._step("red", tree, "inconclusive", problems[0], seconds, ProofStatus.INCONCLUSIVE)
        passing = [test for test, side in sides.items() if not side.rate.failed]
        if len(passing) == len(reds):
            what = f"{_names(passing)} passes without the fix too"
            return self._step("red", tree, "not_red", what, seconds, ProofStatus.NOT_NEEDED)
        judged = [(test, side, _judged(side)) for test, side in sides.items() if side.rate.failed]
        wrong = [(test, reason) for test, _, (red, reason) in judged if not red]
        if wrong and len(wrong) == len(judged):
            what = f"{_names([wrong[0][0]])} {wrong[0][1]}"
            return self._step("red", tree, "not_red", what, seconds, ProofStatus.NOT_RED)
        test, side, (_, reason) = next(item for item in judged if item[2][0])
        rate = f", {side.rate.failed} of {side.rate.n} runs" if side.rate.n != side.rate.failed or side.racy else ""
        others = f" (and {len(judged) - len(wrong) - 1} more)" if len(judged) - len(wrong) > 1 else ""
        self._step("red", tree, "red", f"{_short(test)} fails{rate}, {reason}{others}", seconds)
        return None

    def _green(self, change: CodeChange, sides: dict[str, tuple[Side, Side]]) -> tuple[ProofStatus, str] | None:
        pairs = [(test, red, green) for test, (red, green) in sides.items() if red.rate.failed]
        seconds = sum(green.seconds for _, _, green in pairs)
        for test, red, green in pairs:
            if green.problem:
                return self._step(
                    "green", change.head, "inconclusive", green.problem, seconds, ProofStatus.INCONCLUSIVE
                )
            if green.rate.failed == green.rate.n:
                reason = green.result.message.splitlines()[0] if green.result and green.result.message else "it fails"
                what = f"{_short(test)} still fails: {reason}"
                return self._step("green", change.head, "not_green", what, seconds, ProofStatus.NOT_GREEN)
            if green.rate.failed:
                what = f"{_short(test)}: {green.rate.words()} with the change"
                return self._step("green", change.head, "not_green", what, seconds, ProofStatus.NOT_GREEN)
            if red.rate.failed < red.rate.n and not rates_differ(red.rate, green.rate):
                what = f"{_short(test)} is flaky without the fix ({red.rate.words()}): too few runs tell them apart"
                return self._step("green", change.head, "inconclusive", what, seconds, ProofStatus.INCONCLUSIVE)
        runs = sum(green.rate.n for _, _, green in pairs)
        self._step("green", change.head, "green", f"{runs} of {runs} runs", seconds)
        return None

    async def _red_again(
        self, change: CodeChange, without: str, named: Sequence[str], sides: dict[str, tuple[Side, Side]]
    ) -> Proof:
        fix = list(named) or list(change.fix)
        kept_out = await asyncio.to_thread(self._trees.overlay, change.head, change.base, fix)
        if kept_out == without:
            what = "every change that is no test is the fix: without it this is the tree of step 1, where it failed"
            self._step("red_again", without, "red", what, 0.0)
            return self._proof(change, ProofStatus.PROVEN, "")
        started = perf_counter()
        for test, (red, _) in sides.items():
            if not red.rate.failed:
                continue
            again = await self._side("red_again", kept_out, test, red.racy)
            seconds = perf_counter() - started
            if again.problem:
                judged = self._step(
                    "red_again", kept_out, "inconclusive", again.problem, seconds, ProofStatus.INCONCLUSIVE
                )
                return self._proof(change, *judged)
            if not again.rate.failed:
                what = (
                    f"{_short(test)} passes with the fix alone taken away: something else in the change makes it pass"
                )
                return self._proof(
                    change, *self._step("red_again", kept_out, "not_red", what, seconds, ProofStatus.NOT_NEEDED)
                )
            if not same_reason(red.raised, again.raised):
                what = f"{_short(test)} fails for another reason than before: {_judged(again)[1]}"
                return self._proof(
                    change, *self._step("red_again", kept_out, "not_red", what, seconds, ProofStatus.INCONCLUSIVE)
                )
        self._step(
            "red_again", kept_out, "red", "with the fix alone taken away: fails the same way", perf_counter() - started
        )
        return self._proof(change, ProofStatus.PROVEN, "")

    def _step(
        self,
        name: str,
        tree: str,
        outcome: str,
        reason: str,
        seconds: float,
        status: ProofStatus = ProofStatus.INCONCLUSIVE,
    ) -> tuple[ProofStatus, str]:
        step = ProofStep(name, tree, outcome, reason, seconds)
        self._steps.append(step)
        self._told(step)
        return status, reason

    def _proof(self, change: CodeChange, status: ProofStatus, reason: str) -> Proof:
        return Proof(
            id=secrets.token_hex(6),
            status=status,
            tests=change.tests,
            base=change.base,
            head=change.head,
            steps=tuple(self._steps),
            reason=reason,
            at=datetime.now(UTC),
            modules=max(self._modules.values(), default=0),
        )


def _side_of(test: str, runs: Sequence[Ran], seconds: float) -> Side:
    problem = next((text for run in runs if (text := _spoiled(run))), "")
    failures = [(run, result) for run in runs for result in _failures(run)]
    rate = Rate(sum(map(_failed_turns, runs)), sum(map(_turns, runs)))
    run, result = failures[0] if failures else (runs[0], None)
    return Side(
        rate=rate,
        result=result,
        raised=run.finished.tracker.raised.get(result.id) if result else None,
        root=str(run.worktree),
        problem=problem,
        racy=rate.n >= RACY_REPEATS or 0 < rate.failed < rate.n,
        seconds=seconds,
        modules=len(run.finished.tracker.modules) - len(run.foreign),
    )


def _turns(run: Ran) -> int:
    """How often the test ran in one process; at least once, for a run that fell before it began."""
    return max([1, *run.finished.tracker.turns.values()])


def _failed_turns(run: Ran) -> int:
    """How often it failed there; a failure outside of a turn (collection, a crash) is one."""
    return max([1 if _failures(run) else 0, *run.finished.tracker.failed_turns.values()])


def _failures(run: Ran) -> list[TestResult]:
    fine = (TestOutcome.PASSED, TestOutcome.XFAILED, TestOutcome.SKIPPED, TestOutcome.NOT_RUN)
    return [result for result in run.finished.run.results if result.outcome not in fine]


def _spoiled(run: Ran) -> str:
    """Why a run says nothing at all, or the empty string."""
    if run.foreign:
        return f"{run.foreign[0]} was imported from outside the worktree: the wrong code was run"
    ended = run.finished.run
    if ended.status in (RunStatus.NO_TESTS, RunStatus.CANCELLED):
        return ended.message
    if ended.status is RunStatus.ERROR and not _failures(run):
        return ended.message
    ran = [result for result in ended.results if result.outcome is not TestOutcome.NOT_RUN]
    if ran and all(result.outcome is TestOutcome.SKIPPED for result in ran):
        return f"{ran[0].id} is skipped: {ran[0].message}"
    return ""


def _judged(side: Side) -> tuple[bool, str]:
    if side.result is None:
        return False, "did not fail"
    judged = redness(side.result, side.raised, side.root)
    return judged.red, judged.reason


def _short(test: str) -> str:
    return test.rpartition("::")[2] or test


def _names(tests: Sequence[str]) -> str:
    return _short(tests[0]) if len(tests) == 1 else f"{_short(tests[0])} (and {len(tests) - 1} more)"


def stale(proof: Proof, tree: str) -> bool:
    """Whether the tree has changed since."""
    return proof.head != tree
