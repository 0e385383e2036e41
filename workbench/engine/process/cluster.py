"""Chunks on a Dask cluster: those that name nothing but shared files, by Dask's own executor; the rest on this machine.

``WORKBENCH_EXECUTOR=dask://HOST:PORT`` names the scheduler. The cache folder (WORKBENCH_CACHE) and what is read have to
be on storage that the workers share, and workbench has to be installed where they run.
"""

from __future__ import annotations

import asyncio
import os
import pickle
from concurrent.futures import Executor
from typing import Any

from workbench.api import Chunk
from workbench.case.errors import ToldError
from workbench.engine.process.call import Priority
from workbench.engine.process.handle import Overrun, Worker
from workbench.engine.process.pool import WorkerPool
from workbench.engine.process.wire import LimitReached, RemoteTraceback, WorkerDied

SCHEME = "dask://"
PATIENCE = 10
"""Seconds to wait for a scheduler that does not answer."""
RETRIES = 2
"""Times that a chunk is tried again whose worker was lost."""


class ClusterError(ToldError, RuntimeError):
    """The cluster cannot be used; the message says why and what to do."""


def pool_of(jobs: int, memory: int = 0) -> WorkerPool:
    """The pool that the environment names: our own worker processes, or a cluster beside them."""
    named = os.environ.get("WORKBENCH_EXECUTOR", "")
    return (
        ClusterPool(named.removeprefix(SCHEME), jobs, memory) if named.startswith(SCHEME) else WorkerPool(jobs, memory)
    )


class ClusterPool(WorkerPool):
    """A pool whose chunks that may run ``anywhere`` go to the scheduler at ``address``, HOST:PORT."""

    def __init__(self, address: str, jobs: int | None = None, memory: int = 0) -> None:
        super().__init__(jobs, memory)
        self.address = address
        self._joining = asyncio.Lock()
        self._executor: Executor | None = None
        self._client: Any = None

    async def run_chunk(self, chunk: Chunk, priority: Priority = Priority.BACKGROUND, turn: int = 0) -> list[Any]:
        """As the own pool does; a lost worker costs a retry. Raises ClusterError where there is no cluster."""
        if not chunk.anywhere:
            return await super().run_chunk(chunk, priority, turn)
        executor = await self._joined()
        request = pickle.dumps((chunk.function, chunk.args, {}), pickle.HIGHEST_PROTOCOL)
        name = chunk.function.__qualname__
        future = executor.submit(carry_out, request, chunk.timeout)
        try:
            how, reply = await asyncio.wrap_future(future)
        except _killed() as error:
            raise WorkerDied(f"{name}: {error}") from error
        if how == "late":
            raise LimitReached(f"{name} was stopped after its limit of {chunk.timeout:g} s")
        result = await asyncio.to_thread(pickle.loads, reply)
        if how == "bad":
            raised, text = result
            raise raised from RemoteTraceback(text)
        if not isinstance(result, list):
            raise TypeError(f"{name} must return a list, not {type(result).__name__}")
        return result

    async def width(self) -> int:
        """Calls that the cluster carries out at once. Raises ClusterError."""
        await self._joined()
        return sum((await asyncio.to_thread(self._client.nthreads)).values())

    async def _joined(self) -> Executor:
        async with self._joining:
            if self._executor is None:
                self._executor = await asyncio.to_thread(self._join)
            return self._executor

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the cluster go too; it goes on without us."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        if self._client is not None:
            self._client.close()
            self._client = self._executor = None

    def _join(self) -> Executor:
        try:
            import distributed
        except ImportError:
            raise ClusterError("WORKBENCH_EXECUTOR=dask:// needs pip install 'bug-workbench[dask]'") from None
        try:
            connect: Any = distributed.Client
            self._client = connect(f"tcp://{self.address}", timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            todo = "unset WORKBENCH_EXECUTOR to work on this machine"
            raise ClusterError(f"the Dask cluster at {self.address} cannot be reached: {error}; {todo}") from error
        executor: Executor = self._client.get_executor(pure=False, retries=RETRIES)
        return executor


def carry_out(request: bytes, limit: float) -> tuple[str, bytes]:
    """What runs on the cluster: one call in a worker process of ours, which is killed alone when its limit is reached.

    Gives ``good`` or ``bad`` with what the worker answered, or ``late``, which is no reason to try again. Raises
    WorkerDied, which is.
    """
    worker = _kept.pop() if _kept else Worker(0)
    try:
        good, reply = worker.call(request, limit)
    except Overrun:
        worker.close()
        return "late", b""
    except WorkerDied:
        worker.close()
        raise
    _kept.append(worker)
    return "good" if good else "bad", reply


_kept: list[Worker] = []
"""On the cluster: workers that wait for the next call."""


def _killed() -> tuple[type[Exception], ...]:
    from distributed.scheduler import KilledWorker

    return (KilledWorker,)
