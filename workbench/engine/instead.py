"""Running tests though a name is no more or a test ends its process: what is run instead, and what is left."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.analysis.testruns import CRASHES, remaining
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestRun
from workbench.engine.board import file_of

Run = Callable[[Sequence[str]], Awaitable[TestRun]]
"""Runs tests (all when empty)."""


def files_of(tests: Iterable[str], root: Path) -> list[str]:
    """The files of ``tests`` that are there, sorted."""
    return sorted({file_of(test) for test in tests if (root / file_of(test)).is_file()})


def missing(paths: Iterable[str], root: Path) -> list[str]:
    """Those of ``paths`` that are not there."""
    return [path for path in paths if not (root / path).exists()]


async def run_those_there(run: Run, tests: Sequence[str], root: Path, gone: Callable[[Iterable[str]], None]) -> TestRun:
    """``run`` of ``tests``. Ids that are no more keep pytest from running any: then these run without parameters (a
    date among them is another one each time), else their files; of a file that can no longer be collected that file.
    ``gone`` gets the tests whose file is no more."""
    files = files_of(tests, root)
    ended = await run(tests)
    there = [test for test in tests if file_of(test) in files]
    broken = {result.id for result in ended.results if result.outcome is TestOutcome.COLLECTION_ERROR}
    plain = [file_of(test) if file_of(test) in broken else test.partition("[")[0] for test in there]
    for instead in (plain, files):
        if ended.status is RunStatus.NO_TESTS and tests and sorted(instead) != sorted(tests):
            gone(test for test in tests if test not in there)
            none = replace(ended, message="the tests that were to run are no more")
            ended = await run(list(dict.fromkeys(instead))) if instead else none
    return ended


async def run_to_the_end(run: Run, tests: Sequence[str]) -> AsyncIterator[tuple[Sequence[str], TestRun]]:
    """Each run, with what it was of: where a test ends its process, those after it run in another one (ten times at
    most)."""
    ended = await run(tests)
    yield tests, ended
    for _ in range(CRASHES):
        tests = remaining(ended, tests)
        if not tests:
            return
        ended = await run(tests)
        yield tests, ended
