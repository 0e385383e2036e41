"""What pane 2 asks of one test by name: the commit that broke it, how often it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from workbench_kit.commit_diff import CommitDiff
from workbench_kit.faults import RETRY, fault
from workbench_kit.line import Line
from workbench_kit.panel import Build, Row
from workbench_kit.reader import Reader
from workbench_kit.text import wrap
from workbench_kit.trusting import Trusting

from workbench.analysis.diffs import decode_diff, parse_diff
from workbench.engine.board import Standing
from workbench.engine.jobs import Job, last_line
from workbench.engine.proof.bisect import bisect
from workbench.engine.proof.stress import Stressed, Wanted, stress
from workbench.engine.proof.trials import Tried, counted
from workbench.engine.runs import REFUSALS

RUNS = 30
"""Runs of a test on each side when it is stressed from the screen."""


class Searching(Trusting):
    """The part of the pane that searches for a commit or a rate; each is a job, and what stops jobs stops it."""

    def selected_test(self) -> Standing | None:
        """The test under the cursor."""
        raise NotImplementedError

    def do_fix_bisect(self) -> None:
        self._search("bisect", self._bisect)

    def do_fix_stress(self) -> None:
        self._search("stress", lambda test, job: self._stress(test, False, job))

    def do_fix_perturb(self) -> None:
        self._search("perturb", lambda test, job: self._stress(test, True, job))

    def _search(self, name: str, work: Any) -> None:
        standing = self.selected_test()
        if standing is None:
            return
        test = standing.result.id

        def start() -> None:
            self.app.notify(f"{name}: {test}", timeout=4)
            jobs = self.desk.session.services.jobs
            jobs.start(name, lambda job: self._guarded(work(test, job)), on_failure=self._broke)

        self.when_trusted(start)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except REFUSALS as refusal:
            todo = "mend that and ask again; @ shows what ran"
            fault(self.app, str(refusal), "the files are as they were", todo, title="could not tell")

    def _broke(self, job: Job) -> None:
        fault(self.app, last_line(job), "the files are as they were", RETRY, title=f"{job.name} failed", grave=True)

    async def _bisect(self, test: str, job: Job) -> None:
        def told(commit: str, tried: Tried, known: bool) -> None:
            job.progress(job.done + 1, 0)

        found = await bisect(self.desk.session.services, test, told=told)
        diff = await asyncio.to_thread(parse_diff, decode_diff(found.diff.encode("utf-8", "surrogateescape")))
        others = len(found.commits) - 1
        more = f", or one of {others} before it that could not be run" if others else ""
        title = f"the suspect is {found.commits[-1][:10]} {found.subject}{more}"
        self.app.push_screen(CommitDiff(title, f"{test}: {counted(found.tried)}", diff))

    async def _stress(self, test: str, perturb: bool, job: Job) -> None:
        services = self.desk.session.services
        found = await stress(
            services,
            Wanted(RUNS, perturb, (), 0),
            [test],
            lambda side, done, of: job.progress(done + (of if side == "base" else 0), 2 * of),
        )
        self.app.push_screen(Reader(f"{'Perturbed' if perturb else 'Stressed'}: {test}", stressed_rows(found), ""))


def stressed_rows(found: Sequence[Stressed]) -> Build:
    """The rates of tests, with and without the change, and the interleaving that failed."""

    def build(width: int) -> list[Row]:
        rows: list[Row] = []
        for one in found:
            for text, tone in _lines(one):
                rows += [Row(Line(((part, tone),))) for part in wrap(text, max(20, width))]
            rows += [Row(Line(((line, ""),))) for line in one.interleaving.split("\n") if line]
        return rows

    return build


def _lines(one: Stressed) -> list[tuple[str, str]]:
    if one.problem:
        return [(f"? {one.problem}", "warning")]
    glyph, tone = ("✘", "error") if one.rate.failed else ("✔", "success")
    lines = [(f"{glyph} with the change: {one.words()}", tone)]
    lines += [(f"  at its base: {one.base_words()}", "muted")] if one.base is not None else []
    lines += [(f"▲ {one.note}", "warning")] if one.note else []
    lines += [(f"{'at its base: ' if one.at_base else ''}{one.message}", "")] if one.message else []
    lines += [(one.replay_words() or f"one that failed: seed {one.seed}", "muted")] if one.seed else []
    where = " at its base" if one.at_base else ""
    return lines + ([(f"the interleaving that failed{where}:", "muted")] if one.interleaving else [])
