"""Limits of calls in worker processes: who reaches one is stopped alone, and a full machine makes nobody reach it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest

from tests.processes import ENDLESS, eventually, gone
from tests.unit.test_process_pool import pool as pool
from workbench.api import Chunk
from workbench.engine.process.call import Priority, Task
from workbench.engine.process.pool import WorkerPool
from workbench.engine.process.wire import LimitReached


async def test_a_worker_that_reaches_its_limit_is_killed_alone(pool: WorkerPool) -> None:
    stuck = pool.enter(Task(re.match, ENDLESS, {}, 1.0))
    assert eventually(stuck.running)
    other = pool.submit(os.getpid).result()
    with pytest.raises(LimitReached, match=r"re\.match was stopped after its limit of 1 s") as raised:
        stuck.result()
    assert "in match" in str(raised.value.__cause__)
    assert not gone(other)
    assert await pool.run_chunk(Chunk(eval, ("[1]",))) == [1]


async def test_a_stopped_worker_is_killed_from_outside(pool: WorkerPool) -> None:
    """SIGSTOP silences the limit inside the worker; the pool's own remains."""
    await pool.run_chunk(Chunk(eval, ("[1]",)))
    with pytest.raises(LimitReached):
        await pool.run_chunk(Chunk(exec, ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",), timeout=0.2))
    assert await pool.run_chunk(Chunk(eval, ("[1]",))) == [1]


@pytest.mark.parametrize("limit", [float("inf"), 1e300])
async def test_a_limit_beyond_all_timers_is_none(pool: WorkerPool, limit: float) -> None:
    assert await pool.run_chunk(Chunk(eval, ("[1]",), timeout=limit)) == [1]


async def test_a_limit_of_nothing_is_reached(pool: WorkerPool) -> None:
    with pytest.raises(LimitReached):
        await pool.run_chunk(Chunk(re.match, ENDLESS, timeout=0))


def test_the_memory_limit_holds() -> None:
    pool = WorkerPool(1, memory=1 << 30)
    with pytest.raises(MemoryError):
        pool.submit(bytes, 2 << 30).result()
    assert pool.submit(len, "abc").result() == 3
    pool.shutdown()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processes cannot be put on one processor here")
def test_standing_in_line_for_a_processor_does_not_count(pool: WorkerPool) -> None:
    first = min(os.sched_getaffinity(0))
    spin = f"import os, time\nos.sched_setaffinity(0, [{first}])\nwhile time.process_time() < %s: pass"
    filler = subprocess.Popen([sys.executable, "-c", spin % "60"])
    try:
        began = time.monotonic()
        pool.enter(Task(exec, (spin % "0.6",), {}, 0.7), Priority.PROMPT).result()
        assert time.monotonic() - began > 0.7
        with pytest.raises(LimitReached):
            pool.enter(Task(exec, (spin % "60",), {}, 0.3), Priority.PROMPT).result()
    finally:
        filler.kill()
        filler.wait()
