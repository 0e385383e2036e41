"""The board of tests: the latest result of each, by file, with the tree it speaks of; counts are kept, not made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.analysis.testruns import BAD, worst_first
from workbench.case.enums import TestOutcome
from workbench.case.model import TestResult

ENDING = (TestOutcome.CRASHED, TestOutcome.TIMED_OUT)
"""How a test ended that kept those after it from running."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One test's latest result and the tree it ran on; no tree where files changed meanwhile."""

    result: TestResult
    tree: str


def file_of(test: str) -> str:
    """The file that a node id begins with."""
    return test.partition("::")[0]


class Board:
    """``files`` maps each file to its tests by node id; ``versions`` counts what changed in each, so that a view can
    tell what to make anew; ``now`` holds the tests under way."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, Standing]] = {}
        self.versions: Counter[str] = Counter()
        self.now: set[str] = set()
        self._outcomes: Counter[TestOutcome] = Counter()
        self._trees: Counter[str] = Counter()
        self._bad: dict[str, TestResult] = {}

    def __len__(self) -> int:
        return sum(self._outcomes.values())

    def of(self, test: str) -> Standing | None:
        """What is known of a test."""
        return self.files.get(file_of(test), {}).get(test)

    def begin(self, test: str) -> None:
        """A test is under way."""
        if test not in self.now:
            self.now.add(test)
            self.versions[file_of(test)] += 1

    def quiet(self) -> None:
        """No test is under way any more."""
        for test in self.now:
            self.versions[file_of(test)] += 1
        self.now.clear()

    def put(self, result: TestResult, tree: str) -> None:
        """``result`` is the latest of its test, on ``tree``."""
        file, standing = file_of(result.id), Standing(result, tree)
        tests = self.files.setdefault(file, {})
        known = tests.get(result.id)
        if known == standing:
            return
        if known is not None:
            self._count(known, -1)
        tests[result.id] = standing
        self._count(standing, 1)
        self.versions[file] += 1

    def drop(self, tests: Iterable[str]) -> None:
        """These tests are no more."""
        for test in tuple(tests):
            file = file_of(test)
            standing = self.files.get(file, {}).pop(test, None)
            if standing is None:
                continue
            self._count(standing, -1)
            self.versions[file] += 1
            if not self.files[file]:
                del self.files[file]

    def drop_files(self, paths: Iterable[str]) -> None:
        """These files, or all below these folders, are no more."""
        gone = tuple(paths)
        folders = tuple(f"{path}/" for path in gone)
        for file in [file for file in self.files if file in gone or file.startswith(folders)]:
            self.drop(self.known(file))

    def known(self, prefix: str = "") -> list[str]:
        """The tests that ``prefix`` (a file, class, test, or nothing for all) selects."""
        if not prefix:
            return [test for tests in self.files.values() for test in tests]
        tests = self.files.get(file_of(prefix), {})
        return [test for test in tests if test == prefix or test.startswith((f"{prefix}::", f"{prefix}["))]

    @property
    def passed(self) -> int:
        """How many tests passed when they last ran."""
        return self._outcomes[TestOutcome.PASSED]

    @property
    def failed(self) -> int:
        """How many are bad."""
        return len(self._bad)

    @property
    def bad(self) -> list[TestResult]:
        """The bad results, by file, worst first in each."""
        return sorted(worst_first(list(self._bad.values())), key=lambda result: file_of(result.id))

    def waiting(self) -> int:
        """How many tests are known and have never run."""
        return self._outcomes[TestOutcome.NOT_RUN]

    def stale(self, tree: str) -> int:
        """How many results speak of another tree than ``tree``; none where it is not known ("")."""
        return len(self) - self.waiting() - self._trees[tree] if tree else 0

    def due(self, tree: str) -> list[str]:
        """The tests that have no result on ``tree``: stale, or never run."""
        standings = (standing for tests in self.files.values() for standing in tests.values())
        never = TestOutcome.NOT_RUN
        return [each.result.id for each in standings if is_stale(each, tree) or each.result.outcome is never]

    def going_on(self, tests: Iterable[str]) -> list[str]:
        """The files of ``tests``; these by name where another of their file ended the process: it would again."""
        ending = {file_of(test) for test, result in self._bad.items() if result.outcome in ENDING}
        return sorted({test if file_of(test) in ending else file_of(test) for test in tests})

    def without_result(self, tests: Iterable[str], tree: str) -> list[str]:
        """Those of ``tests`` that have no result on ``tree``; all of them where it is not known ("")."""
        standings = ((test, self.of(test)) for test in tests)
        return [test for test, known in standings if not tree or known is None or known.tree != tree]

    def _count(self, standing: Standing, by: int) -> None:
        result = standing.result
        self._outcomes[result.outcome] += by
        if result.outcome is not TestOutcome.NOT_RUN:
            self._trees[standing.tree] += by
        if result.outcome in BAD and by > 0:
            self._bad[result.id] = result
        elif by < 0:
            self._bad.pop(result.id, None)


def is_stale(standing: Standing, tree: str) -> bool:
    """Whether a result speaks of another tree than ``tree``; not where that is not known ("")."""
    return bool(tree) and standing.tree != tree and standing.result.outcome is not TestOutcome.NOT_RUN
