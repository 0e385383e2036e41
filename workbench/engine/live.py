"""Tests live: one run at a time; on a save the outstanding first, then the affected, then the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from workbench.analysis.affected import Affected, affected, imports_of
from workbench.analysis.proof import worst_first
from workbench.analysis.testruns import BAD
from workbench.api import Chunk
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.engine.jobs import Job
from workbench.engine.runs import run_tests
from workbench.engine.services import Services


class LiveTests:
    """The tests of one session. ``changed`` is called whenever something to show changed; never more than needed is
    kept: the latest result of each test, and which of them the running run has yet to say."""

    def __init__(self, services: Services, changed: Callable[[], None]) -> None:
        self._services = services
        self._changed = changed
        self._job: Job | None = None
        self.results: dict[str, TestResult] = {}
        self.last: TestRun | None = None
        self.problem = ""
        self.why = ""
        self.watching = False
        for run in services.journal.state.test_runs:
            self._take(run)

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._job is not None and self._job.running

    @property
    def outstanding(self) -> tuple[str, ...]:
        """Tests whose latest result is bad: green on a selection while these stand is not green."""
        return tuple(result.id for result in self.sorted() if result.outcome in BAD)

    def sorted(self) -> list[TestResult]:
        """The latest results, worst first."""
        return worst_first(list(self.results.values()))

    def stale(self, tree: str) -> bool:
        """Whether the latest results speak of another tree than ``tree``."""
        return self.last is not None and self.last.tree != tree

    def start(self, tests: Sequence[str] = (), why: str = "") -> Job:
        """Run ``tests`` (all when empty); what ran before is stopped first."""
        before = self._job
        self._job = self._services.jobs.start("tests", self._run(tuple(tests), why, before))
        self._changed()
        return self._job

    def start_failed(self) -> Job | None:
        """Run what is outstanding; None when nothing is."""
        return self.start(self.outstanding, "outstanding failures") if self.outstanding else None

    def stop(self) -> None:
        """Stop the run under way."""
        if self._job is not None:
            self._services.jobs.cancel(self._job)

    def saved(self, paths: Iterable[str]) -> None:
        """Files were saved: while watching, run what they call for."""
        if self.watching:
            before = self._job
            self._job = self._services.jobs.start("tests on save", self._on_save(tuple(paths), before))

    async def _on_save(self, paths: Sequence[str], before: Job | None) -> None:
        await self._ended(before)
        if self.outstanding:
            await self._one(self.outstanding, "outstanding failures")
        chosen = await self._affected(paths)
        if chosen.everything:
            await self._one((), chosen.why)
        elif chosen.files:
            await self._one(chosen.files, chosen.why)
            if not self.outstanding:
                await self._one((), "the rest, while idle")
        else:
            self.why = chosen.why
            self._changed()

    async def _affected(self, paths: Sequence[str]) -> Affected:
        listing = await self._services.repository.files()
        python = sorted(path for path in listing if path.endswith(".py"))
        root = str(self._services.repository.root)
        found = await self._services.pool.run_chunk(Chunk(imports_of, (root, python)))
        return affected(paths, dict(found))

    async def _run(self, tests: Sequence[str], why: str, before: Job | None) -> None:
        await self._ended(before)
        await self._one(tests, why)

    async def _ended(self, before: Job | None) -> None:
        if before is not None and before.running:
            self._services.jobs.cancel(before)
            await before.wait()

    async def _one(self, tests: Sequence[str], why: str) -> None:
        self.why, self.problem = why, ""
        self._changed()
        self._take(await run_tests(self._services, tests, self._seen))
        if not tests and self.last is not None:
            known = {result.id for result in self.last.results}
            self.results = {key: value for key, value in self.results.items() if key in known}
        self._changed()

    def _seen(self, result: TestResult) -> None:
        known = self.results.get(result.id)
        if result.outcome is TestOutcome.NOT_RUN and known is not None:
            return
        self.results[result.id] = result
        self._changed()

    def _take(self, run: TestRun) -> None:
        self.last = run
        self.problem = run.message if run.status not in (RunStatus.PASSED, RunStatus.FAILED) else ""
        ran = (result for result in run.results if result.outcome is not TestOutcome.NOT_RUN)
        self.results.update({result.id: result for result in ran})
