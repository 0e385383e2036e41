"""Runs of tests on the machines of a cluster: one function on picklable data, through the executor of all chunks.

The worktree lies in the cache folder and the interpreter is the project's own: both on storage that the machines share.
The environment of this machine goes with it, since tests read it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from workbench.api import Chunk, Runner
from workbench.engine.process.cluster import ClusterError, ClusterPool
from workbench.engine.process.commands import Commands
from workbench.engine.process.tools import base_environment
from workbench.engine.process.wire import LimitReached, WorkerDied
from workbench.engine.testing import Finished, Seen, Testing, TestPlan

BEYOND = 60.0
"""Seconds that a run may take beyond the limit of its tests, to start and to end them."""


class Elsewhere(Testing):
    """Runs tests wherever the cluster has room. A machine that is lost costs a retry."""

    def __init__(self, runner: Runner, pool: ClusterPool, scratch: Path) -> None:
        self._runner = runner
        self._pool = pool
        self._scratch = scratch

    async def width(self) -> int:
        """Runs that may be under way at once. Raises ClusterError."""
        return await self._pool.width()

    async def run(self, plan: TestPlan, seen: Seen = lambda result: None) -> Finished:
        """Run to the end; ``seen`` is told of nothing meanwhile. Raises ClusterError."""
        plan = replace(plan, env={**base_environment(), **plan.env})
        chunk = Chunk(ran, (self._runner, plan, str(self._scratch)), plan.timeout + BEYOND, anywhere=True)
        try:
            (finished,) = await self._pool.run_chunk(chunk)
        except (WorkerDied, LimitReached) as error:
            raise ClusterError(f"tests on the Dask cluster at {self._pool.address}: {error}") from error
        assert isinstance(finished, Finished)
        return finished


def ran(runner: Runner, plan: TestPlan, scratch: str) -> list[Finished]:
    """What runs on the cluster, in a worker process of its own."""
    return [asyncio.run(_ran(runner, plan, Path(scratch)))]


async def _ran(runner: Runner, plan: TestPlan, scratch: Path) -> Finished:
    commands = Commands()
    try:
        return await Testing(runner, commands, scratch).run(plan)
    finally:
        await commands.close()
