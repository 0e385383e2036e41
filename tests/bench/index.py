"""What the index costs and how quick an answer is, beside ctags (an index of symbols) and grep (an answer without one).

    python tests/bench/index.py [FOLDER] [--lines 500000]

FOLDER defaults to the standard library of this Python, its tests included. Files are taken until there are that many
lines. Each step runs in a process of its own, whose CPU seconds and peak memory are those of the step alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from workbench.analysis.captions import captions_chunk
from workbench.analysis.index import put_listing, update
from workbench.analysis.index.write import blob_id
from workbench.analysis.languages import is_indexed
from workbench.analysis.ranking import rank_chunk
from workbench.api import Chunk
from workbench.engine.process.pool import WorkerPool

BATCH = 60
QUESTIONS = (
    "500s on login, intermittently",
    "socket timeout is ignored when reading a chunked response over TLS",
    "json.dumps of a NaN inside a nested dict raises ValueError although allow_nan is true",
    "Parsing a date with a two digit year gives the wrong century. email.utils.parsedate_to_datetime returns 2068 "
    "instead of 1968 when the header holds a two digit year, and the time zone is dropped. The traceback "
    "ends in email/_parseaddr.py, in the function that splits the words. We expected RFC 2822 rules, as for four.",
)


def copy_tree(source: Path, target: Path, lines: int) -> tuple[int, int]:
    """Copy Python files until there are ``lines`` of them; files and lines copied."""
    files = total = 0
    for path in sorted(source.rglob("*.py")):
        if not is_indexed(path.relative_to(source).as_posix()):
            continue
        data = path.read_bytes()
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        files, total = files + 1, total + data.count(b"\n")
        if total >= lines:
            break
    return files, total


def entries_of(root: Path) -> list[tuple[str, str]]:
    """(path, blob id) of every file worth indexing."""
    paths = [path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file()]
    return [(path, blob_id((root / path).read_bytes())) for path in paths if is_indexed(path)]


def step_cold(index: str, root: str) -> dict[str, float]:
    """Index everything in this one process, in the batches of the engine."""
    missing = put_listing(index, "all", entries_of(Path(root)))
    started, used = time.perf_counter(), time.process_time()
    for at in range(0, len(missing), BATCH):
        update(index, root, missing[at : at + BATCH])
    return {"wall": time.perf_counter() - started, "cpu": time.process_time() - used}


def step_workers(index: str, root: str, jobs: int = 1) -> dict[str, float]:
    """Index everything in ``jobs`` workers, as the engine does; the memory of all processes, at its highest."""
    return asyncio.run(_in_workers(index, root, jobs))


async def _in_workers(index: str, root: str, jobs: int) -> dict[str, float]:
    missing = put_listing(index, "all", entries_of(Path(root)))
    pool, stop, peaks = WorkerPool(jobs), threading.Event(), [0]
    watch = threading.Thread(target=_watch, args=(stop, peaks))
    watch.start()
    started = time.perf_counter()
    try:
        chunks = [Chunk(update, (index, root, missing[at : at + BATCH]), 120.0) for at in range(0, len(missing), BATCH)]
        await asyncio.gather(*(pool.run_chunk(chunk, turn=turn) for turn, chunk in enumerate(chunks)))
        spent = time.perf_counter() - started
    finally:
        stop.set()
        watch.join()
        pool.shutdown()
    return {"wall": spent, "all": peaks[0] / 1e6}


def _watch(stop: threading.Event, peaks: list[int]) -> None:
    """Note the highest sum of the memory of this process and its children (Linux only: ``/proc``)."""
    while not stop.wait(0.1):
        peaks[0] = max(peaks[0], sum(map(_resident, [os.getpid(), *_children(os.getpid())])))


def _children(pid: int) -> list[int]:
    found = [int(one) for task in Path(f"/proc/{pid}/task").glob("*/children") for one in task.read_text().split()]
    return [*found, *(inner for one in found for inner in _children(one))]


def _resident(pid: int) -> int:
    """Bytes of a process, what it shares with others counted in parts; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def step_change(index: str, root: str) -> dict[str, float]:
    """List the tree again and index its one changed file, of middle size, ten times; the median."""
    entries = dict(entries_of(Path(root)))
    path = sorted(Path(root).rglob("*.py"), key=lambda item: abs(item.stat().st_size - 20_000))[0]
    name = path.relative_to(root).as_posix()
    spent = []
    for turn in range(10):
        path.write_bytes(path.read_bytes() + b"\n# changed %d\n" % turn)
        entries[name] = blob_id(path.read_bytes())
        started = time.perf_counter()
        update(index, root, put_listing(index, f"change {turn}", list(entries.items())))
        spent.append(time.perf_counter() - started)
    return {"wall": sorted(spent)[len(spent) // 2]}


def step_rank(index: str, root: str) -> dict[str, float]:
    """A first answer in a fresh worker, then the median and the worst of all questions."""
    spent = []
    for question in QUESTIONS * 3:
        started = time.perf_counter()
        (ranking,) = rank_chunk(index, "all", question)
        spent.append(time.perf_counter() - started)
        if not ranking.files:
            raise SystemExit(f"nothing found for: {question}")
    return {"first": spent[0], "wall": sorted(spent)[len(spent) // 2], "worst": max(spent)}


def step_captions(index: str, root: str) -> dict[str, float]:
    """Captions of every file and folder."""
    started = time.perf_counter()
    found = captions_chunk(index, "all")
    return {"wall": time.perf_counter() - started, "captions": len(found)}


STEPS: dict[str, Callable[[str, str], dict[str, float]]] = {
    "cold": step_cold,
    **{f"workers{jobs}": partial(step_workers, jobs=jobs) for jobs in (1, 2, 4)},
    "change": step_change,
    "rank": step_rank,
    "captions": step_captions,
}


def run_step(name: str, index: Path, root: Path) -> dict[str, Any]:
    """Run a step in a process of its own; its figures with ``memory`` in MB."""
    argv = [sys.executable, __file__, "--step", name, "--index", str(index), str(root)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(ended.stderr)
    figures: dict[str, Any] = json.loads(ended.stdout)
    return figures


def peer(argv: list[str], root: Path) -> tuple[float, float]:
    """CPU and wall seconds of a program; nan when it is not installed."""
    if shutil.which(argv[0]) is None:
        return float("nan"), float("nan")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(argv, cwd=root, capture_output=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def report(source: Path, lines: int) -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        root, index = Path(folder) / "tree", Path(folder) / "index.sqlite"
        files, total = copy_tree(source, root, lines)
        print(f"{files} files, {total} lines")
        cold = run_step("cold", index, root)
        per = 100_000 / total
        tags, _ = peer(["ctags", "-R", "-f", "/dev/null", "."], root)
        print(
            f"cold index    {cold['cpu'] * per:6.2f} CPU s per 100,000 lines (bar 3), {cold['wall']:.1f} s, one process"
        )
        print(
            f"  ctags       {tags * per:6.2f} CPU s per 100,000 lines, symbols only: ours is {cold['cpu'] / tags:.1f} x"
        )
        print(f"  on disk     {index.stat().st_size / 1e6:6.1f} MB; memory {cold['memory']:.0f} MB (bar 400)")
        if sys.platform == "linux":
            walls = {
                jobs: run_step(f"workers{jobs}", Path(folder) / f"{jobs}.sqlite", root)
                for jobs in (1, 2, 4)
                if jobs <= (os.cpu_count() or 1)
            }
            for jobs, got in walls.items():
                share = got["wall"] / walls[1]["wall"]
                memory = f"{got['all']:.0f} MB in all processes (bar 400)"
                print(f"  {jobs} workers   {got['wall']:6.1f} s, {share:.2f} x of one; {memory}")
        change = run_step("change", index, root)
        print(f"one change    {1000 * change['wall']:6.1f} ms (bar 50)")
        warm = run_step("rank", index, root)
        words = QUESTIONS[1].split()
        grep = "rg" if shutil.which("rg") else "grep"
        flags = ["-c"] if grep == "rg" else ["-rc"]
        _, found = peer([grep, *flags, "-i", "-w", *[part for word in words for part in ("-e", word)], "."], root)
        print(
            f"warm answer   {warm['wall']:6.2f} s median, {warm['worst']:.2f} s worst (bar 1), {warm['memory']:.0f} MB"
        )
        print(f"  first       {warm['first']:6.2f} s in a fresh worker (bar 0.3)")
        print(f"  {grep:4s}        {found:6.2f} s to count its words per file: ours is {warm['wall'] / found:.2f} x")
        captions = run_step("captions", index, root)
        print(f"captions      {captions['wall']:6.2f} s for {captions['captions']}, {captions['memory']:.0f} MB")


def main() -> int:
    """Run the report, or one step of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path(sysconfig.get_paths()["stdlib"]))
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--index", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.step:
        report(options.folder, options.lines)
        return 0
    figures = STEPS[options.step](options.index, str(options.folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    print(json.dumps({**figures, "memory": peak}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
