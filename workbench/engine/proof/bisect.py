"""Between a good and a bad commit, the one with which a test began to fail, to be slow or to measure another value."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from workbench.analysis.bisection import Trial, next_tries, suspects
from workbench.case.errors import GitError
from workbench.case.events import new_event
from workbench.engine.proof.change import NoChangeError, NoSuchThingError, commit_of, racy_of
from workbench.engine.proof.record import workshop_of
from workbench.engine.proof.sides import failures, spoiled
from workbench.engine.proof.trials import MEASURED, OUTCOME, SECONDS, Bench, Measure, Memory, Tried, counted, value_of
from workbench.engine.repo.git import run_git
from workbench.engine.repo.repository import Facts
from workbench.engine.services import Services

WIDTH = 2
"""Commits under way at once."""

RATIO = 1.3
"""What is measured must differ by this factor, up or down, else the commits cannot be told apart by it."""


@dataclass(frozen=True, slots=True)
class Bisected:
    """``commits`` are the suspects, oldest first: one, or several where those between could not be run. ``subject`` and
    ``diff`` are the last one's; ``tried`` maps commits to what the test said there."""

    test: str
    good: str
    bad: str
    commits: tuple[str, ...]
    subject: str
    diff: str
    tried: dict[str, Tried]


Told = Callable[[str, Tried, bool], None]
"""Told a commit, what the test said there, and whether that was remembered from an earlier search."""


async def bisect(
    services: Services,
    test: str,
    good: str = "",
    bad: str = "HEAD",
    by: str = OUTCOME,
    told: Told = lambda commit, tried, known: None,
) -> Bisected:
    """The commit between ``good`` (without it: searched in ever longer steps back) and ``bad`` that broke ``test``.

    The test is the one in the working tree, carried to every commit. ``by`` its outcome, the seconds that it takes, or
    the name of a number that it records (pytest's ``record_property``). The suspect is pinned in the journal. Raises
    NoChangeError where there is nothing to find, NoInterpreterError, GitError.
    """
    workshop = await workshop_of(services)
    assert services.trees is not None
    trees, facts = services.trees, services.repository.facts
    home = await asyncio.to_thread(trees.working)
    racy = bool(await asyncio.to_thread(racy_of, trees, home, [test]))
    text = await asyncio.to_thread(trees.read, home, test.split("::")[0])
    if text is None:
        raise NoSuchThingError(f"{test.split('::')[0]} is not in the working tree")
    folder = services.options.cache / "bisect"
    memory = Memory(folder, str(facts.root), test, text.decode("latin-1"), workshop.interpreter.environment, by)
    await asyncio.to_thread(memory.load)
    async with workshop:
        bench = Bench(workshop, trees, home, test, racy, memory)
        found = await _Search(facts, bench, test, told).run(good, bad, by)
    diff = await asyncio.to_thread(_shown, facts, found.commits[-1])
    found = replace(found, subject=diff[0], diff=diff[1])
    said = f"{test} {_began(by, bench.measure)} with {found.commits[-1][:10]} {found.subject}"
    pinned = {"text": said, "path": "", "line": 0, "ref": found.commits[-1]}
    await services.journal.append(new_event("evidence.pinned", services.options.actor, pinned))
    return found


class _Search:
    def __init__(self, facts: Facts, bench: Bench, test: str, told: Told) -> None:
        self._facts = facts
        self._bench = bench
        self._test = test
        self._told = told
        self._tried: dict[str, Tried] = {}

    async def run(self, good: str, bad: str, by: str) -> Bisected:
        last = await asyncio.to_thread(commit_of, self._facts, bad)
        first = await asyncio.to_thread(commit_of, self._facts, good) if good else ""
        if by != OUTCOME:
            await self._measure(first, last, by)
        else:
            await self._is_bad(last)
            first = first or await self._good(last)
            if good and (await self._judge(first)).trial is not Trial.GOOD:
                raise NoChangeError(f"{self._test} does not pass at {good}: {self._tried[first].reason}")
        commits = await self._narrow(first, last)
        return Bisected(self._test, first, last, commits, "", "", self._tried)

    async def _is_bad(self, last: str) -> None:
        (ran,) = await self._bench.run(last)
        problem = spoiled(self._test, ran)
        if problem:
            raise NoChangeError(f"the test cannot be run at {last[:10]}: {problem}")
        failed = failures(self._test, ran)
        if not failed:
            raise NoChangeError(f"{self._test} passes at {last[:10]}: there is nothing to find")
        self._bench.raised = ran.finished.tracker.raised.get(failed[0].id)
        if self._bench.raised is None:
            raise NoChangeError(f"{self._test} does not fail at {last[:10]} but ends: {failed[0].outcome.value}")

    async def _measure(self, first: str, last: str, name: str) -> None:
        if not first:
            raise NoChangeError("a search by what is measured needs a good commit: --good REV")
        values = []
        for commit in (first, last):
            runs = await self._bench.run(commit, MEASURED)
            if any(spoiled(self._test, ran) or failures(self._test, ran) for ran in runs):
                raise NoChangeError(f"{self._test} must pass at {commit[:10]} to be measured there")
            value = value_of(self._test, runs, name)
            if value is None:
                said = f"{self._test} records no number called {name} (record_property of pytest does)"
                raise NoChangeError(f"{said} at {commit[:10]}")
            values.append(value)
        measure = Measure(name, *values)
        if measure.good == measure.bad or 1 / RATIO < measure.ratio < RATIO:
            what = "it takes" if name == SECONDS else f"{name} is"
            said = f"{what} {measure.ratio:.2f} times the good commit's at {last[:10]}"
            raise NoChangeError(f"{said}: a factor of less than {RATIO:g} is noise")
        self._bench.measure = measure

    async def _good(self, last: str) -> str:
        """A commit where the test passes: 1, 2, 4, ... commits back, or the nearest before that can be run."""
        row = await self._row("", last)
        back = 1
        while True:
            at = max(0, len(row) - 1 - back)
            if (await self._judge(row[at])).trial is Trial.GOOD:
                return row[at]
            if at == 0:
                raise NoChangeError(f"{self._test} passes on no commit that was tried ({counted(self._tried)})")
            back *= 2

    async def _narrow(self, good: str, bad: str) -> tuple[str, ...]:
        """The suspects along the first parents; within the branch that came in where the suspect is a merge."""
        row = await self._row(good, bad)
        if not row:
            raise NoChangeError(f"{good[:10]} is no ancestor of {bad[:10]}")
        said = {row.index(name): each.trial for name, each in self._tried.items() if name in row[:-1]}
        while tries := next_tries(said, len(row), WIDTH):
            done = await asyncio.gather(*(self._judge(row[at]) for at in tries))
            said.update({at: tried.trial for at, tried in zip(tries, done, strict=True)})
        found = tuple(row[at] for at in suspects(said, len(row)))
        parents = (await self._git("rev-list", "--parents", "-n", "1", found[-1])).split()[1:]
        if len(found) == 1 and len(parents) == 2 and (await self._judge(parents[1])).trial is Trial.BAD:
            return await self._narrow(await self._git("merge-base", *parents), parents[1])
        return found

    async def _judge(self, commit: str) -> Tried:
        if commit not in self._tried:
            tried, known = await self._bench.judge(commit)
            self._tried[commit] = tried
            self._told(commit, tried, known)
        return self._tried[commit]

    async def _row(self, good: str, bad: str) -> list[str]:
        """Commits after ``good`` up to ``bad`` along first parents, oldest first."""
        span = f"{good}..{bad}" if good else bad
        return (await self._git("rev-list", "--first-parent", "--reverse", span, "--")).split()

    async def _git(self, *args: str) -> str:
        return (await asyncio.to_thread(run_git, self._facts.root, *args, guard=self._facts.guard)).decode().strip()


def _began(by: str, measure: Measure | None) -> str:
    """What the test began to do."""
    if measure is None:
        return "began to fail"
    if by == SECONDS:
        return f"began to take {measure.ratio:.3g} times as long"
    return f"began to record {by} {measure.bad:.6g}, before {measure.good:.6g},"


def _shown(facts: Facts, commit: str) -> tuple[str, str]:
    """Subject and patch of a commit."""
    options = ("--no-color", "--no-ext-diff", "--no-textconv", "--diff-merges=first-parent", "-p")
    try:
        subject = run_git(facts.root, "log", "-1", "--format=%s", commit, guard=facts.guard)
        patch = run_git(facts.root, "show", "--format=", *options, commit, guard=facts.guard)
    except GitError:
        return "", ""
    return subject.decode("utf-8", "replace").strip(), patch.decode("utf-8", "replace")
