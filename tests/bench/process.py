"""Times of the process layer: ``python tests/bench/process.py``. Milliseconds; p50 and p99 where there are many."""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter

from workbench.api import Chunk, Command, Output
from workbench.engine.process.commands import Commands
from workbench.engine.process.pool import WorkerPool

ENDLESS = ("(a+)+$", "a" * 40 + "b")
ROUNDS = 300
BARE = [sys.executable, "-c", "pass"]


async def times(work: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each of ``rounds`` calls, one after the other."""
    found = []
    for _ in range(rounds):
        began = perf_counter()
        await work()
        found.append((perf_counter() - began) * 1000)
    return found


def show(name: str, found: list[float]) -> None:
    """One line."""
    if len(found) == 1:
        print(f"{name:<52} {found[0]:8.2f} ms")
    else:
        cuts = statistics.quantiles(found, n=100)
        print(f"{name:<52} {cuts[49]:8.2f} ms  p99 {cuts[98]:8.2f} ms")


def nothing(output: Output) -> list[object]:
    """For commands whose output nobody reads."""
    return []


async def workers() -> None:
    """First answer, round trips, and what a stuck worker costs."""
    pool = WorkerPool(2)
    chunk = Chunk(eval, ("[1]",))
    big = Chunk(eval, ("[b'x' * 65536]",))
    show("bare interpreter: `python -c pass`", await times(lambda: asyncio.to_thread(subprocess.run, BARE), 10))
    show("worker: first answer", await times(lambda: pool.run_chunk(chunk), 1))
    show("worker: round trip", await times(lambda: pool.run_chunk(chunk)))
    show("worker: round trip with 64 kB back", await times(lambda: pool.run_chunk(big)))
    stuck = asyncio.create_task(pool.run_chunk(Chunk(re.match, ENDLESS, timeout=60)))
    show("worker: round trip beside one stuck in a regex", await times(lambda: pool.run_chunk(chunk)))
    stuck.cancel()
    show("worker: answer after cancelling the stuck one", await times(lambda: pool.run_chunk(chunk), 1))
    pool.shutdown()


async def commands() -> None:
    """First command, round trips, and how the loop fares while a command floods it."""
    commands = Commands()
    true = Command(("true",), nothing)
    show("command: first one, with the reaper's start", await times(lambda: commands.run(true), 1))
    show("command: round trip of `true`", await times(lambda: commands.run(true)))
    flood = asyncio.create_task(commands.run(Command(("yes",), nothing, timeout=3.0)))
    await asyncio.sleep(0.5)
    show("loop: delay of a 5 ms timer under `yes`", [ms - 5 for ms in await times(lambda: asyncio.sleep(0.005), 200)])
    await flood
    began = perf_counter()
    await commands.close()
    show("command: close", [(perf_counter() - began) * 1000])


async def idle() -> None:
    """CPU of a second in which nothing is asked, with workers and reaper up."""
    pool, shell = WorkerPool(2), Commands()
    await pool.run_chunk(Chunk(eval, ("[1]",)))
    await shell.run(Command(("true",), nothing))
    before = sum(os.times()[:4])
    await asyncio.sleep(1)
    print(f"{'idle: CPU of this process in one second':<52} {(sum(os.times()[:4]) - before) * 1000:8.2f} ms")
    await shell.close()
    pool.shutdown()


async def main() -> None:
    """All of it."""
    await workers()
    await commands()
    await idle()


if __name__ == "__main__":
    asyncio.run(main())
