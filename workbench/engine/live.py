"""Tests live: one run at a time; on a save the outstanding first, then the affected, then the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from time import perf_counter

from workbench.analysis.coverage import Reached, is_document
from workbench.analysis.testruns import Count
from workbench.analysis.within import narrowed
from workbench.case.enums import UNDECIDED, RunStatus, TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.engine.ahead import Ahead
from workbench.engine.beside import Beside
from workbench.engine.board import Board
from workbench.engine.consent import may_execute, why_not_execute
from workbench.engine.headstart import HeadStarts
from workbench.engine.instead import files_of, missing, run_those_there, run_to_the_end
from workbench.engine.jobs import Job, last_line
from workbench.engine.pace import Pace, Stopwatch
from workbench.engine.reach import Reach
from workbench.engine.ready import Ready, ready
from workbench.engine.runners import known_python
from workbench.engine.runs import REFUSALS, run_tests
from workbench.engine.services import Services
from workbench.engine.warm import Warm

GRACE = 0.5
"""Seconds after a run in which a file that changed is still taken for one that the tests wrote."""

REST = "the rest, while idle"
"""Why all tests run after those that a save calls for: the others, and what each enters."""

FEW = 8
"""Tests in hand at most: they run with each save, whatever it affects."""

MANY = 500
"""Tests by name in one command line at most; beyond that their files are run."""


class LiveTests:
    """The tests of one session. ``changed`` is called whenever there is something new to show; ``why`` says why the
    latest selection was run, ``problem`` why it did not say what it was run for. ``heard`` gets every result as it
    changes and every run that ended. ``asked`` is set where a person's own command asked for the runs: that is trust.
    ``within`` are the tests that saves may run (all, when empty), ``timeout`` what a run may take in seconds (None:
    as it is set); ``reach`` knows what the tests enter, ``python`` where they run, ``warm`` is their fork server,
    ``ahead`` collects for it while nothing runs, ``beside`` knows which of them may run beside each other.

    A result of a run that was stopped stands on the board while nothing is known of what that test entered: it is
    loose, and each save runs it until a run has ended.
    """

    def __init__(self, services: Services, changed: Callable[[], None]) -> None:
        self._services = services
        self._changed = changed
        self._job: Job | None = None
        self.python = known_python(services)
        self.reach = Reach(services)
        self.warm = Warm(services.commands)
        self.ahead = Ahead(services, self.python, self.warm)
        self._tree = ""
        self._count = Count()
        self._stopwatch = Stopwatch()
        self._ended_at = -GRACE
        self.heard: Callable[[TestResult | TestRun], None] = lambda what: None
        self.asked = False
        self.within: tuple[str, ...] = ()
        self.timeout: float | None = None
        self.board = Board()
        self.beside = Beside(self.board, services.options.jobs)
        self._heads = HeadStarts(services, self.warm, self.beside)
        self._loose: set[str] = set()
        self._loosens = True
        self.last: TestRun | None = None
        self.problem = self.why = ""
        self.watching = False
        for run in services.journal.state.test_runs:
            self._take(run, ("",) if run.selected == "all" else ())

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._job is not None and self._job.running

    @property
    def pace(self) -> Pace | None:
        """How soon the latest save had its results."""
        return self._stopwatch.pace

    @property
    def cold(self) -> str:
        """Why the latest run was not forked from the warm server, though there is one."""
        return self.warm.problem

    @property
    def outstanding(self) -> tuple[str, ...]:
        """Tests whose latest result is bad: green on a selection while these stand is not green."""
        return tuple(result.id for result in self.board.bad)

    def start(self, tests: Sequence[str] = (), why: str = "") -> Job:
        """Run ``tests`` (all when empty); what ran before is stopped first."""
        return self._begin("tests", lambda: self._one(tuple(tests), why))

    def start_failed(self) -> Job | None:
        """Run what is outstanding; None when nothing is."""
        return self.start(self.outstanding, "outstanding failures") if self.outstanding else None

    def start_affected(self, paths: Sequence[str]) -> Job:
        """Run the tests that the files as they are may have changed since each ran last, those that were bad first;
        ``paths`` are what changed, for a guess where no test has run yet."""
        return self._begin("tests", lambda: self._on_save(paths, rest=False))

    def start_stale(self, tree: str) -> Job | None:
        """Run the files with tests that are stale on ``tree`` or have never run; None when there are none."""
        tests = self.board.due(tree)
        if not tests and len(self.board):
            return None
        everything = len(tests) == len(self.board)
        wanted = () if everything else self.board.going_on(tests)
        return self.start(wanted, "everything is stale" if everything else "files with stale results")

    def stop(self) -> None:
        """Stop the run under way."""
        if self._job is not None:
            self._services.jobs.cancel(self._job)

    def watch(self, on: bool) -> None:
        """Run, or no longer run, on every save."""
        self.watching = on
        if on and not self.running:
            self.ahead.start()
        self._changed()

    def saved(self, paths: Sequence[str]) -> None:
        """Files were saved: while watching, run what they call for; tests of those that are gone are no more.

        Where tests write files that are no Python, these are not taken for a save: they would start the run again.
        """
        theirs = self.running or perf_counter() - self._ended_at < GRACE
        wanted = tuple(path for path in paths if path.endswith(".py") or not theirs)
        if self.watching and wanted:
            self._stopwatch.saved()
            self.warm.look(wanted)
            self._begin("tests on save", lambda: self._on_save(wanted))
        elif gone := missing(paths, self._services.repository.root):
            self.board.drop_files(gone)
            self._changed()

    def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> Job:
        before = self._job
        self._job = self._services.jobs.start(name, self._guarded(work, before), on_failure=self._broke)
        self._changed()
        return self._job

    async def _guarded(self, work: Callable[[], Awaitable[None]], before: Job | None) -> None:
        """Do ``work`` when what ran before has ended; what keeps it from running is said, and nothing stays running."""
        if before is not None and before.running:
            self._services.jobs.cancel(before)
            await before.wait()
        self.problem = ""
        try:
            if (self.asked and not self._services.wheel.why_not) or await may_execute(self._services):
                await work()
            else:
                self.problem = why_not_execute(self._services)
        except REFUSALS as refusal:
            self.problem = str(refusal)
        finally:
            self._ended_at = perf_counter()
            self.board.quiet()
            self._stopwatch.stop()
            self._changed()
        if self.watching and not self.problem:
            self.ahead.start()

    def _broke(self, job: Job) -> None:
        self.problem = f"the run itself failed: {last_line(job)}"
        self._changed()

    async def _on_save(self, paths: Sequence[str], rest: bool = True) -> None:
        self._stopwatch.begin()
        self.board.drop_files(missing(paths, self._services.repository.root))
        if bad := self.outstanding:
            async with self._heads.begin(bad, paths, self.timeout):
                first = await ready(self._services, self.python)
                await self._one(bad, "outstanding failures", first)
        in_hand = 0 < len(self.within) <= FEW and all(self.board.of(test) is not None for test in self.within)
        async with self._heads.begin(self.within if in_hand else self._heads.latest, paths, self.timeout):
            if in_hand:
                first, found = await ready(self._services, self.python), Reached(self.within, why="the tests in hand")
            else:
                first, _ = await asyncio.gather(ready(self._services, self.python), self.reach.prepare(paths))
                found = await self.reach.of(first.tree, first.interpreter.environment, paths)
            loose = [test for test in sorted(self._loose) if self.board.of(test) is not None]
            chosen = narrowed(replace(found, untraced=(*found.untraced, *loose)), self.within)
            tests = dict.fromkeys((*chosen.failing, *chosen.tests, *chosen.untraced))
            why = f"{chosen.why}, and {len(loose)} whose latest run was not ended" if loose else chosen.why
            by_name = not chosen.everything or chosen.tests or chosen.files
            wanted = (*chosen.files, *self.board.without_result(tests, first.tree)) if by_name else ()
            if chosen.everything or wanted:
                await self._one(wanted, why, first)
            if chosen.everything and wanted:
                await self._one((), why)
        self._heads.learn(first, () if in_hand or len(wanted) > MANY else wanted)
        self._stopwatch.stop()
        if rest and not chosen.everything and not self.problem:
            if not in_hand and (wanted or not all(map(is_document, paths))):
                await self._one(self.within, REST, traced=True)
            elif in_hand or self.outstanding:
                found = narrowed(await self.reach.of(first.tree, first.interpreter.environment, ()), self.within)
                if found.untraced:
                    await self._one(found.untraced, "what they enter, while idle", traced=True)
        self.why = why

    async def _one(self, tests: Sequence[str], why: str, first: Ready | None = None, traced: bool = False) -> None:
        """Run ``tests``, with what ``first`` says of them where it was asked just now."""
        self.why = why
        self._loosens = why != REST  # none of the rest enters what changed
        self._changed()
        root, asked = self._services.repository.root, iter((first,))

        async def run(tests: Sequence[str]) -> TestRun:
            return await self._run(tests, next(asked, None), traced)

        async def run_there(tests: Sequence[str]) -> TestRun:
            return await run_those_there(run, tests, root, self.board.drop)

        named = tests if len(tests) <= MANY else files_of(tests, root)
        async for wanted, ended in run_to_the_end(run_there, named):
            self._take(ended, wanted or ("",))
        self._changed()

    async def _run(self, tests: Sequence[str], first: Ready | None, traced: bool) -> TestRun:
        self._count, self.problem = Count(), ""

        def began(tree: str) -> None:
            self._tree = tree

        return await run_tests(
            self._services,
            tests,
            self._seen,
            self.timeout,
            began=began,
            python=self.python,
            reach=self.reach,
            warm=self.warm,
            first=first,
            traced=traced,
            beside=self.beside,
            head=self._heads.pop(),
        )

    def _seen(self, result: TestResult) -> None:
        if result.outcome is TestOutcome.RUNNING:
            self.board.begin(result.id)
        elif result.outcome is not TestOutcome.NOT_RUN:
            self.board.now.discard(result.id)
            self.board.put(result, self._tree)
            self._loose |= {result.id} if self._loosens else set()
            self._stopwatch.result()
        elif self.board.of(result.id) is None:
            self.board.put(result, self._tree)
        if self._job is not None:
            self._job.progress(*self._count.far(result))
        self.heard(result)
        self._changed()

    def _take(self, run: TestRun, selected: Sequence[str]) -> None:
        """A run ended: its results stand, and what was ``selected`` and is no more goes."""
        self.last = run
        self.board.quiet()
        told = bool(run.tree) or run.status not in (RunStatus.PASSED, RunStatus.FAILED)
        self.problem = run.message if told else ""
        for result in run.results:
            if result.outcome not in UNDECIDED or self.board.of(result.id) is None:
                self.board.put(result, run.tree)
        decided = {result.id for result in run.results if result.outcome not in UNDECIDED}
        if run.tree and run.status in (RunStatus.PASSED, RunStatus.FAILED):
            self._loose -= decided
        elif self._loosens:
            self._loose |= decided
        if run.results and run.status in (RunStatus.PASSED, RunStatus.FAILED):
            there = {result.id for result in run.results}
            for prefix in selected:
                self.board.drop(test for test in self.board.known(prefix) if test not in there)
        self.beside.took(run.results)
        self._stopwatch.ran(decided, self.warm.how)
        self.heard(run)
