"""What the tests say of a proposal: the failing test, those that the change reaches, the suite."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from workbench.analysis.proof import first_line
from workbench.analysis.testruns import BAD
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import Tested
from workbench.case.state import CaseState
from workbench.case.testing import Raised
from workbench.engine.proof.sides import failures, results_of, spoiled
from workbench.engine.proof.turns import TURNS, limited
from workbench.engine.proof.workshop import Ran, Workshop
from workbench.engine.reach import Reach

_RAN = frozenset(TestOutcome) - {TestOutcome.NOT_RUN, TestOutcome.RUNNING}


class Verdicts:
    """Has proposals on one base tested. ``test`` is the failing test, "" when there is none; ``failing`` is what fails
    of the suite at the base, where that is known."""

    def __init__(
        self, workshop: Workshop, reach: Reach, base: str, test: str, failing: frozenset[str] | None = None
    ) -> None:
        self._workshop = workshop
        self._reach = reach
        self._base = base
        self._test = test
        self._racy = False
        self._failing = failing
        self._suite = asyncio.Lock()

    async def red(self) -> tuple[str, Raised | None]:
        """Why the failing test is not red at the base (or the empty string), and what it raised, paths of the project
        relative. Raises GitError."""
        ran = await self._workshop.trial(self._base, [self._test])
        if problem := spoiled(self._test, ran):
            return f"{self._test}: {problem}", None
        self._racy = bool(ran.finished.tracker.racy)
        if self._racy and not failures(self._test, ran):
            ran = await self._workshop.trial(self._base, [self._test], limited(self._workshop, TURNS))
        failed = failures(self._test, ran)
        if not failed:
            return f"{self._test} passes already", None
        return "", _inside(ran.finished.tracker.raised.get(failed[0].id), str(ran.worktree))

    async def of(self, head: str, paths: Sequence[str]) -> tuple[Tested, ...]:
        """The verdict on the tree ``head``, which changes ``paths``. Raises GitError."""
        first = [await self.test(head)] if self._test else []
        if first and first[0].outcome != "green":
            return tuple(first)
        return (*first, *await self._all(head, paths))

    async def test(self, head: str) -> Tested:
        """What the failing test says of a tree. Raises GitError."""
        env = limited(self._workshop, TURNS) if self._racy else None
        ran = await self._workshop.trial(head, [self._test], env)
        seconds = ran.finished.run.seconds
        if problem := spoiled(self._test, ran):
            return Tested("test", "inconclusive", problem, seconds=seconds)
        failed, of = failures(self._test, ran), results_of(self._test, ran)
        if failed:
            said = first_line(failed[0].message) or failed[0].outcome.value
            return Tested("test", "red", said, len(of), len(failed), seconds)
        often = f" {TURNS} times" if self._racy else ""
        return Tested("test", "green", f"passes{often}", len(of), 0, seconds)

    async def _all(self, head: str, paths: Sequence[str]) -> list[Tested]:
        before = await self._before()
        ran = await self._workshop.trial(head, [])
        reached = await self._reach.of(head, ran.finished.run.environment, paths)
        if problem := _unfinished(ran):
            return [Tested("suite", "inconclusive", problem, seconds=ran.finished.run.seconds)]
        results = {one.id: one.outcome for one in ran.finished.run.results if one.outcome in _RAN}

        def said(name: str, ids: Sequence[str], seconds: float) -> Tested:
            new = [ident for ident in ids if results[ident] in BAD and ident not in before]
            old = sum(results[ident] in BAD for ident in ids) - len(new)
            words = f"{len(new)} of {len(ids)} fail: {new[0]}" if new else f"{len(ids)} ran, none newly fails"
            words += f" ({old} failed before)" if old else ""
            return Tested(name, "red" if new else "green", words, len(ids), len(new), seconds)

        suite = said("suite", list(results), ran.finished.run.seconds)
        if reached.everything or not (reached.tests or reached.files):
            return [suite]
        chosen = set(reached.tests)
        near = [each for each in results if each.split("[")[0] in chosen or each.split("::")[0] in reached.files]
        return [said("affected", near, 0.0), suite] if near else [suite]

    async def _before(self) -> frozenset[str]:
        """What fails of the suite without any proposal; it is run once."""
        async with self._suite:
            if self._failing is None:
                ran = await self._workshop.trial(self._base, [])
                results = ran.finished.run.results
                self._failing = frozenset(one.id for one in results if one.outcome in BAD)
            return self._failing


def failing_at(state: CaseState, tree: str, environment: str) -> frozenset[str] | None:
    """What fails of the whole suite on ``tree``, where the record has a run of it."""
    for run in reversed(state.test_runs):
        whole = run.selected == "all" and run.status in (RunStatus.PASSED, RunStatus.FAILED)
        if whole and (run.tree, run.environment) == (tree, environment):
            return frozenset(one.id for one in run.results if one.outcome in BAD)
    return None


def _unfinished(ran: Ran) -> str:
    if ran.foreign:
        return f"{ran.foreign[0]} was imported from outside the worktree: the wrong code was run"
    run = ran.finished.run
    if run.status in (RunStatus.PASSED, RunStatus.FAILED):
        return ""
    return run.message or f"the suite ended with {run.status.value.replace('_', ' ')}"


def _inside(raised: Raised | None, root: str) -> Raised | None:
    """``raised`` with its frames in the worktree at ``root`` relative to it; the others are left out."""
    if raised is None:
        return None
    lead = f"{root}/"
    frames = [(path.removeprefix(lead), line, name) for path, line, name in raised.frames if path.startswith(lead)]
    return replace(raised, frames=tuple(frames))
