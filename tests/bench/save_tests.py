"""From a save to results, watcher included, against cold ``pytest`` of the same tests in the same run.

    [WORKBENCH_SWAP=1] WORKBENCH_PYTHON=PYTHON python tests/bench/save_tests.py REPOSITORY NODE_ID FILE:LINE [ROUNDS]

FILE (of the repository, its text is put back at the end) is saved with another statement in the function that begins at
LINE. Rounds alternate: the one test in hand is run warm, it is answered by live tests, all that the save affects is,
and both are run cold. Bars: first result of the one test at most 1/2.5 of cold, the last affected one at most 1/2.2,
the watcher within 20 ms (median). With WORKBENCH_SWAP (``tests.swap``) the first result of live tests at most 1/8.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from workbench.case.enums import TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.engine.known_python import KnownPython
from workbench.engine.options import from_arguments
from workbench.engine.repo.watch import Watcher
from workbench.engine.runs import run_tests
from workbench.engine.session import Session
from workbench.engine.warm import Warm

_UNDECIDED = (TestOutcome.NOT_RUN, TestOutcome.RUNNING)


def cold(repo: Path, python: str, tests: Sequence[str]) -> float:
    """Seconds of the cold command, which may keep what it compiles as people's do."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = perf_counter()
    argv = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    subprocess.run(argv, cwd=repo, env=env, capture_output=True, check=False)
    return perf_counter() - began


class Told:
    """When results came since the latest save, and of which tests, up to the end of the first run."""

    def __init__(self) -> None:
        self.anew()

    def anew(self) -> None:
        """Forget all."""
        self.times: list[float] = []
        self.tests: dict[str, None] = {}
        self.first, self.ended = asyncio.Event(), asyncio.Event()

    def hear(self, what: TestResult | TestRun) -> None:
        """A result, or a run that ended."""
        if isinstance(what, TestRun):
            self.ended.set()
        elif what.outcome not in _UNDECIDED and not self.ended.is_set():
            self.times.append(perf_counter())
            self.tests[what.id] = None
            self.first.set()


class Saves:
    """A file that is saved with another statement in one of its functions."""

    def __init__(self, path: Path, line: int) -> None:
        self._path = path
        self._lines = path.read_text().splitlines(keepends=True)
        body = next(at for at in range(line, len(self._lines)) if self._lines[at - 1].rstrip().endswith(":"))
        indent = self._lines[body][: len(self._lines[body]) - len(self._lines[body].lstrip())]
        self._at, self._indent, self._number = body, indent, 0

    def save(self) -> float:
        """Save it; gives the time before."""
        self._number += 1
        began = perf_counter()
        lines = [*self._lines[: self._at], f"{self._indent}_saved = {self._number}\n", *self._lines[self._at :]]
        self._path.write_text("".join(lines))
        return began

    def back(self) -> None:
        """As it was."""
        self._path.write_text("".join(self._lines))


async def bench(repo: Path, test: str, saves: Saves, rounds: int, data: str) -> None:
    """Alternate, and print the medians."""
    settings = Path(data).with_name("settings.toml")
    settings.write_text(f"[tests]\nswap = {str(bool(os.environ.get('WORKBENCH_SWAP'))).lower()}\n")
    given = Namespace(store=data, jobs=os.cpu_count(), trust=True, config=str(settings))
    session = await Session.open(repo, from_arguments(given))
    services, live, told = session.services, session.tests, Told()
    python, warm, watcher = KnownPython(repo, services.commands), Warm(services.commands), Watcher(services.repository)
    saved = asyncio.Event()
    watcher.subscribe(lambda changed: saved.set())
    watcher.subscribe(lambda changed: live.saved(sorted(changed.paths)))
    await watcher.start()
    live.asked, live.heard = True, told.hear
    await live.start().wait()
    await run_tests(services, [test], python=python, warm=warm)
    interpreter = (await python.get()).path
    ran: list[str] = []
    swapped = 0
    seconds: dict[str, list[float]] = {name: [] for name in ("watcher", "alone", "one", "last", "cold", "cold last")}
    try:
        for _ in range(rounds):
            for what, within in (("alone", ()), ("one", (test,)), ("last", ())):
                live.within = within
                live.watch(what != "alone")
                told.anew()
                saved.clear()
                began = saves.save()
                await saved.wait()
                seconds["watcher"].append(perf_counter() - began)
                if what == "alone":
                    await run_tests(services, [test], told.hear, python=python, warm=warm)
                try:
                    await asyncio.wait_for((told.ended if what == "last" else told.first).wait(), 120)
                except TimeoutError:
                    raise SystemExit(f"{what}: nothing within 120 s; {live.why}; {live.problem}") from None
                seconds[what].append(told.times[-1 if what == "last" else 0] - began)
                ran, swapped = list(told.tests), swapped + live.warm.swapped
                await session.idle()
            seconds["cold"].append(await asyncio.to_thread(cold, repo, interpreter, [test]))
            seconds["cold last"].append(await asyncio.to_thread(cold, repo, interpreter, ran))
    finally:
        saves.back()
        await watcher.stop()
        await warm.close()
        await session.close()
    how = live.cold or warm.problem or live.beside.problem or "forked, in parts"
    tell(seconds, len(ran), f"{how}; swapped {swapped} of {2 * rounds} {live.warm.unswapped}")


def tell(seconds: dict[str, list[float]], affected: int, how: str) -> None:
    """Print the medians, each against that of the cold command of the same tests."""
    half = {name: statistics.median(times) for name, times in seconds.items()}
    print(f"watcher p50 {half['watcher'] * 1000:.0f} ms; {how}; {len(seconds['cold'])} rounds")
    for what, name, peer in (
        ("first result, the run alone", "alone", "cold"),
        ("first result, live tests", "one", "cold"),
        (f"last of {affected} affected, live tests", "last", "cold last"),
    ):
        ours, theirs = half[name], half[peer]
        print(
            f"save to {what}: {ours:.2f} s, cold {theirs:.2f} s, 1/{theirs / ours:.2f}; load {os.getloadavg()[0]:.1f}"
        )


if __name__ == "__main__":
    given, node, changed, *more = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        os.environ["HOME"] = place
        where = Path(given).resolve()
        name, _, line = changed.rpartition(":")
        saving = Saves(where / name, int(line))
        asyncio.run(bench(where, node, saving, int(more[0]) if more else 10, str(Path(place, "data"))))
