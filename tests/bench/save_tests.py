"""From a save to the first result of the one test in hand, watcher included, against a cold ``pytest node-id``.

    WORKBENCH_PYTHON=PYTHON python tests/bench/save_tests.py REPOSITORY NODE_ID FILE [ROUNDS]

FILE (of the repository; a comment is appended and taken away again) is saved while the workbench watches. The bar: the
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
from workbench.case.model import TestResult  # noqa: E402
from workbench.engine.known_python import KnownPython  # noqa: E402
from workbench.engine.options import from_arguments  # noqa: E402
from workbench.engine.repo.watch import Watcher  # noqa: E402
from workbench.engine.runs import run_tests  # noqa: E402
from workbench.engine.session import Session  # noqa: E402
from workbench.engine.warm import Warm  # noqa: E402


async def bench(repo: Path, test: str, file: Path, rounds: int, data: str) -> None:
    """Alternate: a save that is watched and run warm, then the cold command."""
    session = await Session.open(repo, from_arguments(Namespace(store=data, jobs=1, trust=True)))
    services = session.services
    python, warm, watcher = KnownPython(repo, services.commands), Warm(services.commands), Watcher(services.repository)
    saved = asyncio.Event()
    watcher.subscribe(lambda changed: saved.set())
    await watcher.start()
    await run_tests(services, [test], python=python, warm=warm)
    interpreter = (await python.get()).path
    text = file.read_text()
    seen, first, cold = [], [], []
    try:
        for number in range(rounds):
            results: list[float] = []
            saved.clear()
            began = perf_counter()
            file.write_text(f"{text}# {number}\n")
            await saved.wait()
            seen.append(perf_counter() - began)

            def told(result: TestResult, results: list[float] = results, began: float = began) -> None:
                if result.outcome not in (TestOutcome.NOT_RUN, TestOutcome.RUNNING):
                    results.append(perf_counter() - began)

            await run_tests(services, [test], told, python=python, warm=warm)
            first.append(results[0])
            began = perf_counter()
            argv = [interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
            await asyncio.to_thread(subprocess.run, argv, cwd=repo, capture_output=True, check=False)
            cold.append(perf_counter() - began)
    finally:
        file.write_text(text)
        await watcher.stop()
        await warm.close()
        await session.close()
    ours, peer, latency = statistics.median(first), statistics.median(cold), statistics.median(seen)
    print(f"watcher p50 {latency * 1000:.0f} ms; {warm.problem or 'forked'}; load {os.getloadavg()[0]:.1f}")
    print(f"save to first result {ours:.2f} s, cold pytest {peer:.2f} s, ratio 1/{peer / ours:.2f} ({rounds} rounds)")


if __name__ == "__main__":
    given, node, changed, *more = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        os.environ["HOME"] = place
        where = Path(given).resolve()
        asyncio.run(bench(where, node, where / changed, int(more[0]) if more else 10, str(Path(place, "data"))))
