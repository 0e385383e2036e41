"""How long a key takes to be painted while test results stream in, and what that costs in memory.

    python tests/bench/live_tests.py [RESULTS] [PER_SECOND]

The bar: 20,000 results at 2,000/s, typing p99 at most 50 ms, memory at most 250 MB.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

import pytest
from workbench_kit.garbage import at_start, calm

from tests.conftest import RepoBuilder
from tests.scenarios.project import SHOP, opened
from workbench.case.enums import TestOutcome
from workbench.case.model import TestResult

TICK = 0.02
"""Seconds between two handfuls of results, as the reader of the event file gives them."""


def results(count: int) -> Iterator[TestResult]:
    """``count`` results in files of 50 tests, one in a hundred bad."""
    for number in range(count):
        outcome = TestOutcome.FAILED if number % 100 == 99 else TestOutcome.PASSED
        path = f"tests/unit/test_module_{number // 50:04d}.py"
        yield TestResult(f"{path}::TestThing::test_{number % 50}", outcome, 0.012, "assert 1 == 2", path, 10)


async def bench(count: int, rate: int, folder: Path) -> None:
    """Stream and press; print the figures."""
    repo = RepoBuilder(folder / "repo")
    for name, text in SHOP.items():
        repo.write(name, text)
    repo.commit("first")
    async with opened(repo) as driver:
        calm()
        tests = driver.session.tests
        made = results(count)
        waits: list[float] = []
        began = perf_counter()

        async def stream() -> None:
            sent = 0
            while sent < count:
                due = min(count, int((perf_counter() - began) * rate))
                for _ in range(due - sent):
                    tests._seen(next(made))
                sent = due
                await asyncio.sleep(TICK)

        streaming = asyncio.ensure_future(stream())
        panel = driver.panel("tests")
        while not streaming.done():
            for key in ("j", "j", "k", "j"):
                before = perf_counter()
                painted = asyncio.get_running_loop().create_future()
                driver.app.simulate_key(key)
                panel.call_after_refresh(lambda done=painted: done.done() or done.set_result(None))
                await painted
                waits.append(perf_counter() - before)
                await asyncio.sleep(0.03)
        await driver.settle()
        waits.sort()
        p99 = waits[int(len(waits) * 0.99)]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{count} results at {rate}/s: {len(waits)} keys, p50 {statistics.median(waits) * 1000:.1f} ms,")
        print(f"p99 {p99 * 1000:.1f} ms, worst {waits[-1] * 1000:.1f} ms, memory {memory:.0f} MB")
        print(f"board: {len(tests.board)} tests, {tests.board.failed} failed; in sight: {panel.row_count()} rows")


if __name__ == "__main__":
    at_start()  # as the program does
    given = [int(argument) for argument in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", place)
        for variable in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(variable, str(Path(place, variable.lower())))
        asyncio.run(bench(*(given + [20_000, 2_000][len(given) :]), Path(place)))
