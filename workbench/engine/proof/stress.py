"""How often tests fail when they are run again and again with other seeds, with the change and at its base."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from workbench.analysis.proof import Rate, first_line, hides_rows
from workbench.case.errors import GitError
from workbench.engine.proof.change import CodeChange, NoChangeError
from workbench.engine.proof.record import change_of, workshop_of
from workbench.engine.proof.replays import LEAST, Shown, seed_of, shown
from workbench.engine.proof.sides import WIDTH, Side, failures, side_of, spoiled
from workbench.engine.proof.turns import GIVEN_UP, TURNS, overran, repeated
from workbench.engine.proof.workshop import Ran, Workshop
from workbench.engine.repo.trees import Trees
from workbench.engine.services import Services

_INTERLEAVING = re.compile(r"^-- interleaving\n(.*?)(?=^-- |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """``runs`` of each test; with ``perturb`` seeded delays at ``places`` (``path`` or ``path:1-9``; without any, at
    what the change touches, else at all code of the project). ``seed`` 0 draws one."""

    runs: int
    perturb: bool = False
    places: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Stressed:
    """One test: its rate with the change, at base (None where there is no base or the test cannot be run there), the
    message of a failure, the seed to replay it and its interleaving; ``replayed`` how often that seed failed when it
    was run again (None where it was not); ``problem`` where nothing can be said; ``over`` and ``base_over`` of the
    failures are repetitions that were ended at their limit. What is shown of a failure is of the base where
    ``at_base``: none was with the change."""

    test: str
    rate: Rate
    base: Rate | None
    message: str
    seed: int
    interleaving: str
    problem: str
    note: str
    over: int = 0
    base_over: int = 0
    at_base: bool = False
    replayed: Rate | None = None

    def words(self) -> str:
        """The rate with the change."""
        return self.rate.words() + over_words(self.over)

    def base_words(self) -> str:
        """The rate at its base; empty where there is none."""
        return self.base.words() + over_words(self.base_over) if self.base is not None else ""

    def replay_words(self) -> str:
        """How often the seed failed again; empty where it was not tried."""
        if self.replayed is None:
            return ""
        said = f"seed {self.seed} failed in {self.replayed.failed} of {self.replayed.n} replays"
        return said if self.replayed.failed else f"{said}: what the system does between the delays is not seeded"


def over_words(over: int) -> str:
    """How many of the failures are repetitions that took too long."""
    return f", {over} of them ended at the limit of a repetition" if over else ""


Told = Callable[[str, int, int], None]
"""Told a side (``head`` or ``base``), how many runs of it are done, of how many."""


async def stress(
    services: Services, wanted: Wanted, tests: Sequence[str] = (), told: Told = lambda side, done, of: None
) -> list[Stressed]:
    """The rates of ``tests`` (else of those that the change brings), in worktrees.

    They are run on the cluster, where one was named. Raises NoChangeError where no test is named and the change brings
    none, NoInterpreterError, GitError, ClusterError.
    """
    workshop = await workshop_of(services)
    assert services.trees is not None
    head, change = await asyncio.to_thread(_change, services, services.trees, tests)
    tests = tuple(tests) or (change.tests if change else ())
    if not tests:
        raise NoChangeError("the change brings no test: name one")
    async with workshop:
        return await stress_change(workshop, services.trees, head, change, wanted, tests, told)


async def stress_change(
    workshop: Workshop,
    trees: Trees,
    head: str,
    change: CodeChange | None,
    wanted: Wanted,
    tests: Sequence[str],
    told: Told = lambda side, done, of: None,
) -> list[Stressed]:
    """The same in a workshop that is there already; ``change`` None: there is no base. Raises GitError and
    ClusterError."""
    wanted = replace(wanted, seed=wanted.seed or secrets.randbelow(10**6) + 1)
    if change is not None and not wanted.places:
        wanted = replace(wanted, places=tuple(path for path in change.fix if path.endswith(".py")))
    run = _Runs(workshop, wanted, tests, told)
    heads = await run.side("head", head, tests)
    fine = [test for test in tests if not heads[test].side.rate.failed]
    bases = await run.side("base", change.without, fine) if change is not None else {}
    notes = await asyncio.to_thread(_notes, trees, head, tests)
    return [_stressed(test, heads[test], bases.get(test), notes.get(test, "")) for test in tests]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one side showed of a test, and the failure that is shown of it."""

    side: Side
    shown: Shown


class _Runs:
    def __init__(self, workshop: Workshop, wanted: Wanted, tests: Sequence[str], told: Told) -> None:
        self._workshop = workshop
        self._wanted = wanted
        self._tests = tests
        self._told = told

    async def side(self, name: str, tree: str, replayed: Collection[str]) -> dict[str, _Seen]:
        """Every test on one tree; ends early when a run says nothing, or a test does not end again and again. Of the
        failures of those that are to be ``replayed`` one is looked for that comes again."""
        began = perf_counter()
        runs: dict[str, list[Ran]] = {test: [] for test in self._tests}
        done, of = 0, self._wanted.runs
        width = max(WIDTH, await self._workshop.width())
        while done < of and any(_goes_on(test, runs[test]) for test in self._tests):
            several = [min(TURNS, of - at) for at in range(done, min(of, done + width * TURNS), TURNS)]
            starts = [done + sum(several[:n]) for n in range(len(several))]
            pairs = zip(starts, several, strict=True)
            for batch in await asyncio.gather(*(self._batch(tree, at, turns) for at, turns in pairs)):
                for test, found in batch.items():
                    runs[test] += found
            done += sum(several)
            self._told(name, done, of)
        took = max(LEAST, perf_counter() - began)
        return {
            test: await self._seen(tree, test, runs[test], took if test in replayed else 0.0) for test in self._tests
        }

    async def _seen(self, tree: str, test: str, runs: Sequence[Ran], seconds: float) -> _Seen:
        """``seconds`` may go by with replays; with 0 there are none, and neither of a single run, which is one."""
        side = side_of(test, runs, 0.0)
        if self._wanted.runs == 1 or not seconds:
            return _Seen(side, Shown(side.result, seed_of(side.result) if side.result else 0))

        async def again(seed: int) -> bool:
            found = await self._batch(tree, seed - self._wanted.seed, 1, [test])
            return bool(side_of(test, found[test], 0.0).rate.failed)

        failed = [result for run in runs for result in failures(test, run)]
        failed.sort(key=lambda each: each != side.result)
        return _Seen(side, await shown(failed, again, seconds))

    async def _batch(self, tree: str, at: int, turns: int, tests: Sequence[str] = ()) -> dict[str, list[Ran]]:
        workshop = self._workshop

        async def run(tests: Sequence[str], env: dict[str, str], first: int) -> Ran:
            return await workshop.run(tree, tests, env | self._env(first), anywhere=True)

        return await repeated(workshop, run, tests or self._tests, turns, at)

    def _env(self, at: int) -> dict[str, str]:
        seed = self._wanted.seed + at
        env = {"WORKBENCH_SEED": str(seed), "PYTHONHASHSEED": str(seed % 2**32)}
        if self._wanted.perturb:
            env["WORKBENCH_PERTURB"] = "\n".join(self._wanted.places) or "*"
        return env


def _goes_on(test: str, runs: Sequence[Ran]) -> bool:
    """Whether there is more to be learnt of a test."""
    return not (runs and spoiled(test, runs[0])) and sum(overran(test, run) for run in runs) < GIVEN_UP


def _change(services: Services, trees: Trees, tests: Sequence[str]) -> tuple[str, CodeChange | None]:
    """The tree as it stands, and the change that it is, if it is one."""
    head = trees.working()
    try:
        change = change_of(services, tests=tests)
    except (NoChangeError, GitError):
        return head, None
    return head, change if change.fix else None


def _notes(trees: Trees, tree: str, tests: Sequence[str]) -> dict[str, str]:
    """What keeps a test from seeing what it tests."""
    notes: dict[str, str] = {}
    for path in {test.split("::")[0] for test in tests}:
        text = (trees.read(tree, path) or b"").decode("utf-8", "replace")
        hidden = hides_rows(path, text)
        said = "Django's TestCase hides its rows from other threads: TransactionTestCase is needed"
        notes |= {test: said for test in tests if any(test.split("[")[0].startswith(each) for each in hidden)}
    return notes


def _stressed(test: str, head: _Seen, base: _Seen | None, note: str) -> Stressed:
    at_base = base is not None and head.shown.result is None and base.shown.result is not None
    seen = base.shown if base is not None and at_base else head.shown
    steps = _INTERLEAVING.search(seen.result.output) if seen.result is not None else None
    return Stressed(
        test=test,
        rate=head.side.rate,
        base=base.side.rate if base is not None and not base.side.problem else None,
        message=first_line(seen.result.message) if seen.result is not None else "",
        seed=seen.seed,
        interleaving=steps[1].rstrip("\n") if steps else "",
        problem=head.side.problem,
        note=note,
        at_base=at_base,
        over=head.side.over,
        base_over=base.side.over if base is not None else 0,
        replayed=seen.replayed,
    )
