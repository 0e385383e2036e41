"""From a runner's events to results: one tracker per run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from workbench.analysis.last_words import FOUND_NONE, last_words, place_of
from workbench.case.enums import BAD as BAD
from workbench.case.enums import UNDECIDED, RunStatus, TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.case.testing import Raised, Searched, TestEvent

_CONFTEST = re.compile(r"^ImportError while loading conftest '(?:.*/)?(.+)'", re.MULTILINE)
"""How pytest says, on standard error, that it ran nothing for one file."""

_FAILED_IN = {"call": TestOutcome.FAILED, "teardown": TestOutcome.TEARDOWN_ERROR}

CRASHES = 10
"""Processes that tests may end in one run: after each the others go on in another one."""

UNFOUND = 4
"""Pytest's exit code where it cannot find a test that is asked for by name: it runs none then."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: exit code (None when it was killed), whether its time ran out or a person stopped it."""

    exit_code: int | None
    timed_out: bool = False
    cancelled: bool = False
    stderr: str = ""


@dataclass
class Count:
    """How far a run is: which tests it named, and which of them are decided."""

    named: set[str] = field(default_factory=set)
    decided: set[str] = field(default_factory=set)

    def far(self, result: TestResult) -> tuple[int, int]:
        """(done, of) with one more result, whichever phase it is of."""
        self.named.add(result.id)
        if result.outcome not in UNDECIDED:
            self.decided.add(result.id)
        return len(self.decided), len(self.named)


@dataclass
class Entered:
    """What tests entered: ``codes`` maps numbers to (path, first line), ``tests`` node ids ("" for all of them) to
    numbers; ``calls`` maps numbers to those that they called; ``problem`` says why there is nothing."""

    codes: dict[int, tuple[str, int]] = field(default_factory=dict)
    tests: dict[str, set[int]] = field(default_factory=dict)
    calls: dict[int, set[int]] = field(default_factory=dict)
    problem: str = ""

    def feed(self, event: TestEvent) -> None:
        """Take one event of coverage."""
        if event.kind == "code":
            self.codes[event.count] = (event.path, event.line)
        elif event.kind == "covered":
            self.tests.setdefault(event.id, set()).update(event.blocks)
        elif event.kind == "calls":
            self.calls.setdefault(event.count, set()).update(event.blocks)
        else:
            self.problem = event.message


@dataclass
class Tracker:
    """Takes a run's events in order; ``results`` is right at any moment of it.

    ``libraries`` are modules of others that were imported. ``turns`` counts how often each test was run,
    ``failed_turns`` how often it failed; ``measured`` are the numbers that tests recorded, by test and name;
    ``overran`` is the test whose repetition took more than these seconds, and so ended the run; ``shares`` maps test
    files ("" for all of them) to what they touch outside of their process; ``searched`` is where a run of everything
    looked for tests.
    """

    results: dict[str, TestResult] = field(default_factory=dict)
    raised: dict[str, Raised] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    collected: int = 0
    deselected: int = 0
    finished: bool = False
    problem: str = ""
    racy: set[str] = field(default_factory=set)
    turns: dict[str, int] = field(default_factory=dict)
    failed_turns: dict[str, int] = field(default_factory=dict)
    libraries: dict[str, str] = field(default_factory=dict)
    entered: Entered = field(default_factory=Entered)
    measured: dict[str, dict[str, float]] = field(default_factory=dict)
    overran: dict[str, float] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)
    searched: Searched | None = None
    _failing: set[str] = field(default_factory=set)
    _up: set[str] = field(default_factory=set)
    _latest: str = ""

    def feed(self, event: TestEvent) -> TestResult | None:
        """Take one event; gives the test's result when the event changed it."""
        match event.kind:
            case "collected":
                self.collected += 1
                if event.racy:
                    self.racy.add(event.id)
                return self._put(TestResult(event.id, TestOutcome.NOT_RUN, path=event.path, line=event.line))
            case "collect_error":
                made = TestResult(event.id, TestOutcome.COLLECTION_ERROR, message=event.message)
                return self._put(replace(made, traceback=event.traceback, path=event.path))
            case "start":
                return self._start(event.id)
            case "overran":
                return self._overran(event)
            case "phase":
                return self._phase(event)
            case "modules":
                self.modules.update(event.modules)
            case "libraries":
                self.libraries.update(event.modules)
            case "code" | "covered" | "calls" | "uncovered":
                self.entered.feed(event)
            case "shares":
                self.shares[event.id] = event.message
            case "searched":
                self.searched = event.searched
            case "deselected":
                self.deselected += event.count
            case "missed":
                self.missed.add(event.path)
            case "internal_error":
                self.problem = event.traceback
            case "finished":
                self.finished = True
        return None

    def close(self, ended: Ended) -> tuple[RunStatus, str]:
        """The run's status and, where it needs one, a sentence. A test that was running when it died is named, and so
        is one whose call had ended and whose teardown had not."""
        running = [test for test in self.results.values() if test.outcome is TestOutcome.RUNNING]
        torn = [test for test in self.results.values() if test.id in self._up and test not in running]
        if ended.cancelled:
            for test in running:
                self._put(replace(test, outcome=TestOutcome.NOT_RUN))
            return RunStatus.CANCELLED, "stopped"
        unread = _CONFTEST.search(ended.stderr)
        what = f"{unread[1]} could not be imported" if unread else f"the test process died ({_exit(ended)})"
        what = "time ran out" if ended.timed_out else what
        self._lost(running, what, ended.timed_out)
        self._lost(torn, f"{what} in its teardown", ended.timed_out)
        where = ", ".join(test.id for test in running) or "the teardown of " + ", ".join(test.id for test in torn)
        named = f"{what} in {where}" if running or torn else what
        if ended.timed_out:
            return RunStatus.TIMED_OUT, named
        if self.overran:
            return RunStatus.TIMED_OUT, f"a repetition took too long in {', '.join(self.overran)}"
        if self.problem:
            return RunStatus.ERROR, "pytest failed itself: " + self.problem.strip().rsplit("\n", 1)[-1]
        if running or torn:
            return RunStatus.ERROR, named
        if not self.finished:
            said = last_words(ended.stderr)
            after = f" after {self._latest}" if self._latest and not unread else ""
            at = f", {place}" if unread and (place := place_of(ended.stderr)) else ""
            return RunStatus.ERROR, what + after + (f": {said}" if said else "") + at
        return self._verdict(ended)

    def _lost(self, tests: Sequence[TestResult], said: str, late: bool) -> None:
        """The process ended with ``tests``; one that failed before has."""
        for test in tests:
            if test.outcome not in BAD:
                lost = TestOutcome.TIMED_OUT if late else TestOutcome.CRASHED
                self._put(replace(test, outcome=lost, message=said))

    def _start(self, ident: str) -> TestResult:
        """A test begins, for the first time or again; what failed once stays failed."""
        self.turns[ident] = self.turns.get(ident, 0) + 1
        self._failing.discard(ident)
        self._up.discard(ident)
        known = self._get(ident)
        return known if known.outcome in BAD else self._put(replace(known, outcome=TestOutcome.RUNNING))

    def _overran(self, event: TestEvent) -> TestResult:
        """A repetition is beyond its limit; one that failed before stays what it is."""
        self.overran[event.id] = event.seconds
        self.failed_turns[event.id] = self.failed_turns.get(event.id, 0) + (event.id not in self._failing)
        known = self._get(event.id)
        if known.outcome in BAD:
            return known
        said = f"a repetition took more than {event.seconds:.0f} s and was ended"
        return self._put(replace(known, outcome=TestOutcome.TIMED_OUT, message=said, traceback=event.traceback))

    def _verdict(self, ended: Ended) -> tuple[RunStatus, str]:
        outcomes = [test.outcome for test in self.results.values()]
        if ended.exit_code == UNFOUND and self.results and not self.turns:
            said = f"{', '.join(self.results)} could not be collected, and none is run where one is not found"
            return RunStatus.NO_TESTS, f"no test ran: {said}"
        if any(outcome in BAD for outcome in outcomes):
            return RunStatus.FAILED, ""
        ran = [outcome for outcome in outcomes if outcome is not TestOutcome.NOT_RUN]
        if not ran and self.deselected:
            said = f"no test ran: {self.deselected} are deselected by the project's own options or by a plugin"
            return RunStatus.NO_TESTS, f'{said}; tests.options = ["-m", ""] takes back what a marker leaves out'
        if not ran:
            said = "" if ended.exit_code in FOUND_NONE else last_words(ended.stderr) or _exit(ended)
            return RunStatus.NO_TESTS, f"no test ran: {said or 'none was found'}"
        if len(ran) < len(outcomes):
            return RunStatus.ERROR, f"{len(outcomes) - len(ran)} selected tests did not run"
        if ended.exit_code not in (0, None):
            return RunStatus.ERROR, f"every test passed but the runner ended with {_exit(ended)}"
        return RunStatus.PASSED, ""

    def _phase(self, event: TestEvent) -> TestResult:
        known = self._get(event.id)
        seconds = known.seconds + event.seconds if known.outcome is not TestOutcome.NOT_RUN else event.seconds
        outcome = known.outcome
        self._latest = event.id
        if event.when == "setup" and event.id in self.turns:
            self._up.add(event.id)
        elif event.when != "call":
            self._up.discard(event.id)
        if event.measured:
            self.measured.setdefault(event.id, {}).update(event.measured)
        if event.raised is not None:
            self.raised.setdefault(event.id, event.raised)
        if event.outcome is TestOutcome.FAILED:
            outcome = _FAILED_IN.get(event.when, TestOutcome.ERROR)
            if event.id not in self._failing:
                self._failing.add(event.id)
                self.failed_turns[event.id] = self.failed_turns.get(event.id, 0) + 1
        elif event.when == "call" or event.outcome in (TestOutcome.SKIPPED, TestOutcome.XFAILED):
            outcome = event.outcome or outcome
        if known.outcome in BAD:
            outcome = known.outcome
        changed = replace(known, outcome=outcome, seconds=seconds)
        if event.outcome is not TestOutcome.PASSED:
            message, where = event.message or known.message, _deepest(event)
            changed = replace(changed, message=message, traceback=known.traceback or event.traceback)
            changed = replace(changed, output=known.output or event.output, line=where or known.line)
        return self._put(changed)

    def _get(self, ident: str) -> TestResult:
        return self.results.get(ident) or TestResult(ident, TestOutcome.NOT_RUN, path=ident.split("::")[0])

    def _put(self, result: TestResult) -> TestResult:
        self.results[result.id] = result
        return result


def _deepest(event: TestEvent) -> int:
    """The failing line in the test's own file, 0 when no frame stands there."""
    own = event.id.split("::")[0]
    lines = [line for path, line, _ in event.raised.frames if path.endswith(own)] if event.raised else []
    return lines[-1] if lines else 0


def _exit(ended: Ended) -> str:
    if ended.exit_code is None:
        return "killed"
    return f"signal {-ended.exit_code}" if ended.exit_code < 0 else f"exit code {ended.exit_code}"


def worst_first(results: Sequence[TestResult]) -> list[TestResult]:
    """Failures before everything else, then by id."""
    bad = ("COLLECTION_ERROR", "CRASHED", "ERROR", "TEARDOWN_ERROR", "FAILED")
    order = {TestOutcome[name]: place for place, name in enumerate(bad)}
    return sorted(results, key=lambda result: (order.get(result.outcome, 9), result.id))


def remaining(run: TestRun, tests: Sequence[str]) -> tuple[str, ...]:
    """What ``run`` of ``tests`` did not come to because one of them ended its process: files, or tests of those that
    were asked for by name or had begun."""
    if not any(result.outcome is TestOutcome.CRASHED for result in run.results):
        return ()
    waiting = [result.id for result in run.results if result.outcome is TestOutcome.NOT_RUN]
    begun = {result.id.partition("::")[0] for result in run.results if result.outcome is not TestOutcome.NOT_RUN}
    begun |= {test.partition("::")[0] for test in tests if "::" in test}
    files = {test: test.partition("::")[0] for test in waiting}
    return tuple(dict.fromkeys(test if file in begun else file for test, file in files.items()))


def gone_on(before: TestRun, after: TestRun) -> TestRun:
    """The one run that these are: ``after`` ran what was left when a test had ended the process of ``before``."""
    ended = after.status not in (RunStatus.PASSED, RunStatus.FAILED)
    return replace(
        before,
        tree=before.tree if before.tree == after.tree else "",
        status=after.status if ended else RunStatus.FAILED,
        seconds=before.seconds + after.seconds,
        results=tuple({result.id: result for result in (*before.results, *after.results)}.values()),
        message="; ".join(filter(None, (before.message, after.message))),
    )
