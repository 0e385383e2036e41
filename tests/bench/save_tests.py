"""From a save to the first result of the one test in hand, watcher included, against a cold ``pytest node-id``.

    WORKBENCH_PYTHON=PYTHON python tests/bench/save_tests.py REPOSITORY NODE_ID FILE [ROUNDS]

FILE (of the repository; a line is appended and taken away again) is saved while the workbench watches. The bar: the
first result at most 1/2.5 of cold where the run is forked.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from argparse import Namespace
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from workbench.case.enums import TestOutcome  # noqa: E402
from workbench.case.model import TestResult, TestRun  # noqa: E402
from workbench.engine.known_python import KnownPython  # noqa: E402
from workbench.engine.options import from_arguments  # noqa: E402
from workbench.engine.repo.watch import Watcher  # noqa: E402
from workbench.engine.runs import run_tests  # noqa: E402
from workbench.engine.session import Session  # noqa: E402
from workbench.engine.warm import Warm  # noqa: E402


def saying(repo: Path, python: str, test: str) -> float:
    """Seconds of the cold command."""
    began = perf_counter()
    argv = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    subprocess.run(argv, cwd=repo, capture_output=True, check=False)
    return perf_counter() - began


async def bench(repo: Path, test: str, file: Path, rounds: int, data: str) -> None:
    """Alternate: a save that is watched and run warm, one that live tests answer, then the cold command."""
    session = await Session.open(repo, from_arguments(Namespace(store=data, jobs=1, trust=True)))
    services, live = session.services, session.tests
    python, warm, watcher = KnownPython(repo, services.commands), Warm(services.commands), Watcher(services.repository)
    saved, results = asyncio.Event(), asyncio.Queue[float]()
    watcher.subscribe(lambda changed: saved.set())
    watcher.subscribe(lambda changed: live.saved(sorted(changed.paths)))
    await watcher.start()
    live.asked, live.within = True, (test,)

    def told(result: TestResult | TestRun) -> None:
        if isinstance(result, TestResult) and result.outcome not in (TestOutcome.NOT_RUN, TestOutcome.RUNNING):
            results.put_nowait(perf_counter())

    live.heard = told
    await run_tests(services, [test], python=python, warm=warm)
    await live.start(live.within).wait()
    interpreter = (await python.get()).path
    text = file.read_text()
    seen, first, live_first, cold = [], [], [], []
    try:
        for number in range(rounds):
            for alive in (False, True):
                live.watch(alive)
                while not results.empty():
                    results.get_nowait()
                saved.clear()
                began = perf_counter()
                file.write_text(f"{text}\n_SAVED = {number}, {alive}\n")
                await saved.wait()
                seen.append(perf_counter() - began)
                if alive:
                    live_first.append(await asyncio.wait_for(results.get(), 60) - began)
                else:
                    await run_tests(services, [test], told, python=python, warm=warm)
                    first.append(results.get_nowait() - began)
                await session.idle()
            cold.append(await asyncio.to_thread(saying, repo, interpreter, test))
    finally:
        file.write_text(text)
        await watcher.stop()
        await warm.close()
        await session.close()
    print(f"{live.cold or warm.problem or 'forked'}; load {os.getloadavg()[0]:.1f}")
    tell(seen, cold, {"the run alone": first, "live tests, all of it": live_first})


def tell(seen: list[float], cold: list[float], ours: dict[str, list[float]]) -> None:
    """Print the watcher's delay and each way's first result against the cold command's. All in seconds."""
    peer = statistics.median(cold)
    print(f"watcher p50 {statistics.median(seen) * 1000:.0f} ms")
    for what, times in ours.items():
        mine = statistics.median(times)
        print(
            f"save to first result, {what}: {mine:.2f} s, cold {peer:.2f} s, 1/{peer / mine:.2f} ({len(times)} rounds)"
        )


if __name__ == "__main__":
    given, node, changed, *more = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        os.environ["HOME"] = place
        where = Path(given).resolve()
        asyncio.run(bench(where, node, where / changed, int(more[0]) if more else 10, str(Path(place, "data"))))
