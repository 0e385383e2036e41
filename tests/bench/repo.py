"""What looking at a repository costs: ``python tests/bench/repo.py [--files 10000]``.

A repository of that many files is made in a temporary folder. Prints the best and the median of several calls, in
milliseconds by the clock, beside ``git status`` on the same files as the peer, and the ratio of the medians.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from workbench.engine.repo.facts import read_facts
from workbench.engine.repo.files import list_repository
from workbench.engine.repo.repository import Repository
from workbench.engine.repo.trees import Trees
from workbench.engine.repo.watch import Watcher
from workbench.engine.repo.worktrees import Worktrees

TIMES = 7
FOLDERS = 200


def build(root: Path, files: int) -> None:
    """A repository with ``files`` small modules and one commit."""
    for number in range(files):
        path = root / f"pkg{number % FOLDERS}" / f"m{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"def f{number}():\n    return {number}\n" * 20, encoding="utf-8")
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    for args in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "-m", "all")):
        subprocess.run(["git", *args], cwd=root, check=True)
    time.sleep(1.1)
    subprocess.run(["git", "status"], cwd=root, check=True, capture_output=True)


def timed(call: Callable[[], object], times: int = TIMES) -> list[float]:
    """Milliseconds of each call."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def show(name: str, taken: list[float], peer: float | None = None) -> float:
    """Print one line; gives the median."""
    median = statistics.median(taken)
    ratio = f"  {median / peer:5.2f} x git status" if peer else ""
    print(f"{name:34} best {min(taken):7.1f} ms   median {median:7.1f} ms{ratio}")
    return median


async def watched(root: Path) -> list[float]:
    """Milliseconds from a file written to the listener called."""
    watcher = Watcher(await Repository.open(root))
    told = asyncio.Event()
    watcher.subscribe(lambda _: told.set())
    await watcher.start()
    taken = []
    for number in range(TIMES):
        told.clear()
        started = time.perf_counter()
        (root / "pkg0" / "m0.py").write_text(f"x = {number}\n", encoding="utf-8")
        await told.wait()
        taken.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(0.3)
    await watcher.stop()
    return taken


def measure(root: Path, cache: Path) -> None:
    """Print every figure."""
    status = ["git", "status", "--porcelain"]
    peer = show("git status", timed(lambda: subprocess.run(status, cwd=root, check=True, capture_output=True)))
    show("open", timed(lambda: read_facts(root)))
    facts = read_facts(root)
    show("files, first", timed(lambda: list_repository(facts)), peer)
    before = list_repository(facts)
    show("files, again", timed(lambda: list_repository(facts, before)), peer)
    trees = Trees(facts, cache)
    show("tree, first", timed(trees.working, 1))
    show("tree, unchanged", timed(trees.working), peer)
    show("tree, one file changed", timed(lambda: changed(root, trees)), peer)
    worktrees = Worktrees(facts, trees, cache)
    show("worktree, fresh", timed(lambda: worktrees.release(worktrees.checkout("HEAD")), 1))
    show("worktree, used before", timed(lambda: worktrees.release(worktrees.checkout("HEAD"))))
    worktrees.close()
    show("watch, write to listener", asyncio.run(watched(root)))


def changed(root: Path, trees: Trees) -> str:
    """The tree after another edit."""
    (root / "pkg0" / "m0.py").write_text(f"at = {time.time()}\n", encoding="utf-8")
    return trees.working()


def main() -> int:
    """Build, measure, leave nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "repo"
        root.mkdir()
        build(root, arguments.files)
        measure(root, Path(folder) / "cache")
    return 0


if __name__ == "__main__":
    sys.exit(main())
