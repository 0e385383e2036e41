"""Red, green, red again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import perf_counter

from workbench.analysis.proof import first_line, rates_differ, redness, same_reason
from workbench.case.enums import ProofStatus
from workbench.case.model import Proof, ProofStep
from workbench.engine.proof.change import CodeChange
from workbench.engine.proof.fixes import Fix, Fixes
from workbench.engine.proof.sides import RACY_REPEATS, Side, Sides
from workbench.engine.proof.workshop import Workshop
from workbench.engine.repo.trees import Trees

OUTPUT = 4000
"""Characters of the failing test's traceback that are kept with a step."""

Told = Callable[[ProofStep], None]

Progress = Callable[[str, int, int], None]
"""Told the name of a step, how many of its runs are done, and how many it has."""

Ended = tuple[ProofStatus, str]

_NO_FIX = "the change holds tests only: there is no fix to prove yet"


class Prover:
    """Proves one change. ``told`` gets each step when it is decided, ``progress`` how far the runs of one are."""

    def __init__(
        self,
        workshop: Workshop,
        trees: Trees,
        told: Told = lambda step: None,
        progress: Progress = lambda step, done, of: None,
    ) -> None:
        self._sides = Sides(workshop, self._count)
        self._fixes = Fixes(workshop, trees, lambda trials: progress("red_again", trials, trials + 1))
        self._told = told
        self._progress = progress
        self._runs: dict[str, list[int]] = {}
        self._modules = 0
        self._steps: list[ProofStep] = []
        self._fix: tuple[str, ...] = ()

    async def prove(self, change: CodeChange, named_fix: Sequence[str] = ()) -> Proof:
        """The proof of ``change``; ``named_fix`` are the paths of the fix when the change holds more than
        it. Raises NoSuchThingError where one of them is no part of the change, GitError."""
        self._steps, self._fix = [], ()
        if not change.tests:
            return self._proof(change, ProofStatus.INCONCLUSIVE, "the change brings no new or changed test")
        await self._fixes.check(change, named_fix)
        reds = await self._run("red", change.without, change.tests, change)
        if not change.fix:
            told = self._red(change, reds)
            return self._proof(change, *(told or (ProofStatus.INCONCLUSIVE, _NO_FIX)))
        red = await self._neither(change, reds) or self._red(change, reds)
        if red is not None:
            return self._proof(change, *red)
        sides = await self._with_fix(change, reds)
        green = self._green(change, sides)
        if green is not None:
            return self._proof(change, *green)
        return self._proof(change, *await self._red_again(change, named_fix, sides))

    async def _neither(self, change: CodeChange, reds: Mapping[str, Side]) -> Ended | None:
        """Where no test is red for the right reason and the change does not make it run either: nothing can be told."""
        failing = [test for test, side in reds.items() if side.rate.failed and not side.problem]
        if not failing or any(judge(reds[test])[0] for test in failing):
            return None
        test = failing[0]
        side = (await self._run("red", change.head, [test], change))[test]
        red, reason = judge(side)
        if not side.rate.failed or red:
            return None
        what = f"{_short(test)} cannot be run, with the change neither: it {reason}"
        return self._step("red", change.without, "inconclusive", what, side.seconds, failed=side)

    async def _with_fix(self, change: CodeChange, reds: Mapping[str, Side]) -> dict[str, tuple[Side, Side]]:
        """Both sides of every test. One whose outcome varied runs as often as one that starts threads, on both."""
        failed = [test for test, side in reds.items() if side.rate.failed and not side.problem]
        varied = {test for test in failed if reds[test].racy}
        kept = [test for test in change.tests if test not in varied and not reds[test].problem]
        greens = await self._run("green", change.head, [*kept, *varied], change, failed, varied)
        sides = {}
        for test, green in greens.items():
            red = reds[test]
            if test in varied and red.rate.n < RACY_REPEATS and not green.problem and not green.rate.failed:
                red = (await self._run("red", change.without, [test], change, racy={test}))[test]
            sides[test] = red, green
        return sides

    async def _run(
        self,
        step: str,
        tree: str,
        tests: Sequence[str],
        change: CodeChange,
        again: Sequence[str] | None = None,
        racy: set[str] | frozenset[str] = frozenset(),
    ) -> dict[str, Side]:
        sides = await self._sides.of(step, tree, tests, change.racy | racy, again)
        self._modules = max([self._modules, *(side.modules for side in sides.values())])
        return sides

    def _count(self, step: str, done: int, of: int) -> None:
        """``done`` more runs of a step are done, and it has ``of`` more."""
        runs = self._runs.setdefault(step, [0, 0])
        runs[0] += done
        runs[1] += of
        self._progress(step, *runs)

    def _red(self, change: CodeChange, sides: Mapping[str, Side]) -> Ended | None:
        tree = change.without
        seconds = sum(side.seconds for side in sides.values())
        failing = {test: side for test, side in sides.items() if side.rate.failed and not side.problem}
        if not failing:
            problem = next((side.problem for side in sides.values() if side.problem), "")
            if problem:
                return self._step("red", tree, "inconclusive", problem, seconds, ProofStatus.INCONCLUSIVE)
            what = f"{_names(list(sides))} passes without the fix too{_nearer(change)}"
            return self._step("red", tree, "not_red", what, seconds, ProofStatus.NOT_NEEDED)
        judged = {test: judge(side) for test, side in failing.items()}
        right = [test for test, (red, _) in judged.items() if red]
        if not right:
            test = next(iter(failing))
            what = f"{_short(test)} {judged[test][1]}"
            return self._step("red", tree, "not_red", what, seconds, ProofStatus.NOT_RED, failing[test])
        test, side = right[0], failing[right[0]]
        rate = f", {side.rate.failed} of {side.rate.n} runs" if side.rate.n != side.rate.failed or side.racy else ""
        others = f" (and {len(right) - 1} more)" if len(right) > 1 else ""
        self._step("red", tree, "red", f"{_short(test)} fails{rate}, {judged[test][1]}{others}", seconds, failed=side)
        return None

    def _green(self, change: CodeChange, sides: Mapping[str, tuple[Side, Side]]) -> Ended | None:
        seconds = sum(green.seconds for _, green in sides.values())
        runs = 0
        for test, (red, green) in sides.items():
            ended = _not_green(test, red, green)
            if ended is not None:
                return self._step("green", change.head, *ended[:2], seconds, ended[2], green)
            runs += green.rate.n if red.rate.failed else 0
        self._step("green", change.head, "green", f"{runs} of {runs} runs", seconds)
        return None

    async def _red_again(
        self, change: CodeChange, named: Sequence[str], sides: Mapping[str, tuple[Side, Side]]
    ) -> Ended:
        started = perf_counter()
        reds = {test: red for test, (red, _) in sides.items() if red.rate.failed and judge(red)[0]}
        fix = await self._fixes.of(change, named, {test: side.rate for test, side in reds.items()})
        self._fix = fix.labels
        if fix.kept_out == change.without:
            return self._proven(change.without, fix.words, started)
        again = await self._run("red_again", fix.kept_out, list(reds), change, racy={t for t in reds if reds[t].racy})
        for test, side in again.items():
            ended = _not_red_again(test, reds[test], side)
            if ended is None:
                continue
            if not named and ended[0] != "inconclusive":
                self._fix = ()
                return self._proven(change.without, _all_of_it(side, fix), started)
            return self._step("red_again", fix.kept_out, *ended[:2], perf_counter() - started, ended[2], side)
        what = f"with the fix alone taken away{fix.words}: fails the same way"
        return self._proven(fix.kept_out, what, started, next(iter(again.values())))

    def _proven(self, tree: str, what: str, started: float, failed: Side | None = None) -> Ended:
        self._step("red_again", tree, "red", what, perf_counter() - started, failed=failed)
        return ProofStatus.PROVEN, ""

    def _step(
        self,
        name: str,
        tree: str,
        outcome: str,
        reason: str,
        seconds: float,
        status: ProofStatus = ProofStatus.INCONCLUSIVE,
        failed: Side | None = None,
    ) -> Ended:
        output = failed.result.traceback[-OUTPUT:] if failed is not None and failed.result is not None else ""
        step = ProofStep(name, tree, outcome, reason, seconds, output)
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
            modules=self._modules,
            fix=self._fix,
        )


def judge(side: Side) -> tuple[bool, str]:
    """Whether a side is red for the intended reason, and the reason."""
    if side.result is None:
        return False, "did not fail"
    judged = redness(side.result, side.raised, side.root)
    return judged.red, judged.reason


def _not_green(test: str, red: Side, green: Side) -> tuple[str, str, ProofStatus] | None:
    """Why a test is not green with the change: outcome, sentence, status; None when it is."""
    if green.problem:
        return ("inconclusive", green.problem, ProofStatus.INCONCLUSIVE) if red.rate.failed else None
    if green.rate.failed == green.rate.n:
        said = first_line(green.result.message) if green.result else ""
        verb = "still fails" if red.rate.failed else "fails with the change, and passes without it"
        return "not_green", f"{_short(test)} {verb}: {said or 'it fails'}", ProofStatus.NOT_GREEN
    if green.rate.failed:
        return "not_green", f"{_short(test)}: {green.rate.words()} with the change", ProofStatus.NOT_GREEN
    if 0 < red.rate.failed < red.rate.n and not rates_differ(red.rate, green.rate):
        what = f"{_short(test)} is flaky without the fix ({red.rate.words()}): too few runs tell them apart"
        return "inconclusive", what, ProofStatus.INCONCLUSIVE
    return None


def _not_red_again(test: str, red: Side, again: Side) -> tuple[str, str, ProofStatus] | None:
    """Why a test is not red again with the fix taken away; None when it is."""
    if again.problem:
        return "inconclusive", again.problem, ProofStatus.INCONCLUSIVE
    if not again.rate.failed:
        what = f"{_short(test)} passes with the fix alone taken away: something else in the change makes it pass"
        return "not_red", what, ProofStatus.NOT_NEEDED
    if not same_reason(red.raised, again.raised):
        what = f"{_short(test)} fails for another reason than before: {judge(again)[1]}"
        return "not_red", what, ProofStatus.INCONCLUSIVE
    return None


def _all_of_it(again: Side, fix: Fix) -> str:
    """Why all of the change is the fix although a part of it is enough."""
    why = "something else in it makes the test pass too"
    if again.rate.failed:
        why = "the rest cannot stand without it"
    few = fix.words.removeprefix(": ")
    return f"{few} is enough, but {why}: without all of it this is the tree of step 1, where it failed"


def _nearer(change: CodeChange) -> str:
    """What else could be asked where the test passes at the base."""
    if not change.nearer:
        return ""
    return f", where the branch began: if what it fixes came later on the branch, ask with --base {change.nearer}"


def _short(test: str) -> str:
    return test.rpartition("::")[2] or test


def _names(tests: Sequence[str]) -> str:
    return _short(tests[0]) if len(tests) == 1 else f"{_short(tests[0])} (and {len(tests) - 1} more)"


def stale(proof: Proof, tree: str) -> bool:
    """Whether the tree has changed since."""
    return proof.head != tree
