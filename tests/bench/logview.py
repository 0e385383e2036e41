"""The log view on a big log: how soon it opens, and from key press to painted reaction while the log is being read.

    python tests/bench/logview.py [--log-mb 300] [--keys 300]

The real program runs in a pseudo-terminal as in ``keys.py``, on a generated log that is being indexed and analysed; j
and k are pressed at random moments in the log panel. Opening is timed apart, from nothing to the first rows and to the
last, beside ``wc -l``, which reads the same bytes once. Exits 1 when the 99th percentile is above 50 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import keys
from project import write_project

from workbench.case.logs import FeedFile
from workbench.engine.logs.book import LogBook
from workbench.engine.process.pool import WorkerPool

FINDINGS = 14_000
"""They stream in for as long as keys are pressed."""


async def opening(log: Path, scratch: Path) -> tuple[float, float, int]:
    """Seconds to the first rows and to the last one, and how many rows there are."""
    began = time.monotonic()
    first: list[float] = []
    pool = WorkerPool()
    book = LogBook(pool, str(scratch), lambda: first.append(time.monotonic() - began))
    await book.read([FeedFile(str(log))])
    pool.shutdown(wait=False)
    return first[0], time.monotonic() - began, book.rows


def main() -> int:
    """Measure and print; the exit code says whether the bar was met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log-mb", type=float, default=300.0)
    parser.add_argument("--keys", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        repo, log = write_project(Path(name), 5000, arguments.log_mb)
        began = time.monotonic()
        subprocess.run(["wc", "-l", str(log)], check=True, capture_output=True)
        peer = time.monotonic() - began
        first, last, rows = asyncio.run(opening(log, Path(name)))
        print(
            f"first rows {first:.2f} s   all {rows:,} rows {last:.1f} s   wc -l {peer:.2f} s   ratio {last / peer:.0f}"
        )
        taken = keys.measure(repo, log, Path(name, "log"), FINDINGS, arguments.keys, "log")
    keys.report("log", "in all", [whole for whole, _ in taken])
    return int(keys.report("log", "own time", [whole - min(whole, line) for whole, line in taken]) > keys.BAR)


if __name__ == "__main__":
    sys.exit(main())
