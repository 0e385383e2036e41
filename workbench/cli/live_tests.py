"""``workbench test --affected`` and ``--watch``: what a change may have broken, once or on every save."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Sequence

from workbench.analysis.testruns import BAD, Count, worst_first
from workbench.case.codec import encode
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.errors import GitError
from workbench.case.model import TestResult, TestRun
from workbench.cli.common import BAD as EXIT_BAD
from workbench.cli.common import COULD_NOT_TELL, GOOD
from workbench.cli.output import fail, print_event, print_json, say
from workbench.cli.progress import Progress
from workbench.engine.proof.change import NoChangeError, base_commit
from workbench.engine.repo.watch import Changed, Watcher
from workbench.engine.services import Services
from workbench.engine.session import Session

_GLYPHS = {
    TestOutcome.PASSED: "✔",
    TestOutcome.SKIPPED: "–",
    TestOutcome.XFAILED: "✔",
    TestOutcome.NOT_RUN: "–",
}


async def run_live(session: Session, arguments: argparse.Namespace) -> int:
    """Run them and return the exit code: 0 nothing is bad, 1 something is, 3 could not tell; --watch ends by Ctrl-C."""
    tests, told = session.tests, _Told(session, arguments.format)
    tests.asked, tests.heard, tests.timeout = True, told.hear, arguments.timeout
    tests.within = tuple(arguments.tests)
    watcher = Watcher(session.services.repository)
    if arguments.watch:
        watcher.subscribe(lambda changed: _saved(session, changed))
        await watcher.start()
    try:
        if watcher.notice:
            fail(watcher.notice, "nothing was run", "run without --watch, or raise fs.inotify.max_user_watches")
            return COULD_NOT_TELL
        if arguments.affected:
            job = tests.start_affected(await asyncio.to_thread(_changed, session.services))
        else:
            job = tests.start(tests.within)
        await job.wait()
        told.end()
        if not arguments.watch:
            return told.exit_code()
        tests.watch(True)
        await asyncio.Event().wait()
    finally:
        if arguments.watch:
            await watcher.stop()
    return GOOD


def tell_run(run: TestRun, outstanding: Sequence[str], form: str, why: str = "") -> None:
    """Print a run that ended, with what is still ``outstanding`` after it."""
    if form == "jsonl":
        data = {key: value for key, value in encode(run).items() if key != "results"}
        print_event({"event": "run", **data, "why": why, "outstanding": outstanding})
    elif form == "json":
        print_json(document(run, outstanding))
    else:
        if why:
            say(f"— {why}")
        _print(run)
        ran = {result.id for result in run.results}
        if rest := [test for test in outstanding if test not in ran]:
            say(f"▲ outstanding from before: {', '.join(rest[:5])}{f' and {len(rest) - 5} more' if rest[5:] else ''}")


def document(run: TestRun, outstanding: Sequence[str]) -> dict[str, object]:
    """What ``--format json`` prints."""
    return {"schema": 1, **encode(run), "tests": encode(worst_first(run.results)), "outstanding": list(outstanding)}


class _Told:
    """Says each result and each run as they come."""

    def __init__(self, session: Session, form: str) -> None:
        self._tests = session.tests
        self._form = form
        self._progress = Progress()
        self._count = Count()
        self._runs: list[TestRun] = []

    def hear(self, what: TestResult | TestRun) -> None:
        if isinstance(what, TestRun):
            self._progress.clear()
            self._count = Count()
            self._runs.append(what)
            if self._form != "json":
                tell_run(what, self._tests.outstanding, self._form, self._tests.why)
        elif self._form == "jsonl":
            print_event({"event": "result", **encode(what)})
        else:
            done, of = self._count.far(what)
            self._progress.show(f"{done} of {of} tests, {len(self._tests.outstanding)} failed")

    def end(self) -> None:
        """The runs that were asked for have ended, or were none."""
        if not self._runs and self._tests.problem:
            fail(self._tests.problem, "the results before it stand", "workbench doctor says what is missing")
        elif self._form == "json":
            tell_run(self._all(), self._tests.outstanding, "json")
        elif not self._runs and self._form == "text":
            say(f"nothing to run: {self._tests.why}")

    def exit_code(self) -> int:
        """Of all runs together."""
        statuses = {run.status for run in self._runs}
        if self._tests.outstanding or RunStatus.FAILED in statuses:
            return EXIT_BAD
        return GOOD if statuses <= {RunStatus.PASSED} and not self._tests.problem else COULD_NOT_TELL

    def _all(self) -> TestRun:
        """The runs as one: every test's latest result."""
        results = {result.id: result for run in self._runs for result in run.results}
        if not self._runs:
            return TestRun("", "", "", RunStatus.NO_TESTS, 0.0, (), message=f"nothing to run: {self._tests.why}")
        last = self._runs[-1]
        worst = next((run.status for run in self._runs if run.status is not RunStatus.PASSED), RunStatus.PASSED)
        said = "; ".join(run.message for run in self._runs if run.message)
        seconds = sum(run.seconds for run in self._runs)
        selected = ", ".join(dict.fromkeys(run.selected for run in self._runs))
        return TestRun(
            last.id, last.tree, last.environment, worst, seconds, tuple(results.values()), selected, said, last.at
        )


def _saved(session: Session, changed: Changed) -> None:
    session.tests.saved(sorted(changed.paths))


def _changed(services: Services) -> list[str]:
    """What differs from where the change began; nothing where that cannot be told. Blocking."""
    trees = services.trees
    if trees is None:
        return []
    try:
        base = trees.tree_of(base_commit(services.repository.facts))
        return [changed.path for changed in trees.changed(base, trees.working())]
    except (GitError, NoChangeError):
        return []


def _print(run: TestRun) -> None:
    for result in worst_first(run.results):
        if result.outcome in BAD:
            place = f"  {result.path}:{result.line}" if result.line else ""
            say(f"✘ {result.id}{place}")
            say(f"    {result.message.splitlines()[0] if result.message else result.outcome.value}")
    counts = Counter(result.outcome for result in run.results)
    parts = [f"{_GLYPHS.get(o, '✘')} {n} {o.value.replace('_', ' ')}" for o, n in sorted(counts.items())]
    say(f"{run.status.value.replace('_', ' ')} in {run.seconds:.1f} s: {', '.join(parts) or 'nothing ran'}")
    if run.message:
        say(f"  {run.message}")
