"""Chunks on a real Dask scheduler with two worker processes over TCP: same results, a lost worker is a retry."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster_work import square, stuck, where
from tests.clusters import Cluster, cluster
from tests.conftest import RepoBuilder
from tests.ports import free_port
from workbench.api import Chunk
from workbench.cli.main import main
from workbench.engine.process.cluster import ClusterError, ClusterPool, pool_of
from workbench.engine.process.pool import WorkerPool

__all__ = ["cluster"]


async def test_the_same_results_and_a_lost_worker_costs_a_retry(cluster: Cluster, tmp_path: Path) -> None:
    theirs, ours = ClusterPool(cluster.address, 1), WorkerPool(1)
    try:
        chunks = [Chunk(square, (number,), anywhere=True) for number in range(20)]
        there = await asyncio.gather(*map(theirs.run_chunk, chunks))
        assert there == await asyncio.gather(*map(ours.run_chunk, chunks)) == [[n * n] for n in range(20)]
        pids = {worker.pid for worker in cluster.workers}
        assert (await theirs.run_chunk(Chunk(where, (0,), anywhere=True)))[0] in pids
        assert (await theirs.run_chunk(Chunk(where, (0,))))[0] not in pids, "what names our own files stays here"
        with pytest.raises(TimeoutError):
            await theirs.run_chunk(Chunk(stuck, (), 0.5, anywhere=True))
        with pytest.raises(ZeroDivisionError):
            await theirs.run_chunk(Chunk(divmod, (1, 0), anywhere=True))
    finally:
        theirs.shutdown()
        ours.shutdown()


def test_the_patterns_of_many_logs_are_the_same(
    cluster: Cluster,
    make_repo: Callable[..., RepoBuilder],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repo = make_repo()
    repo.write("a.py", "x = 1\n")
    repo.commit()
    for number in range(4):
        lines = [f"2026-01-01 00:00:{n % 60:02},1 ERROR db: user {n} failed in {n * 7} ms\n" for n in range(400)]
        (tmp_path / f"{number}.log").write_text("".join(lines))
    argv = ["investigate", "failures", "--repo", str(repo.path), "--log", str(tmp_path / "*.log"), "--format", "json"]

    def found() -> tuple[object, ...]:
        assert main([*argv, "--store", str(tmp_path / "data")]) == 0
        document = json.loads(capsys.readouterr().out)
        checks = [each for each in document["checks"] if each["analyzer"] == "logs"]
        return document["patterns"], document["errors"], checks[0]["status"]

    here = found()
    monkeypatch.setenv("WORKBENCH_EXECUTOR", f"dask://{cluster.address}")
    assert isinstance(pool_of(1), ClusterPool)
    assert found() == here
    assert here[0]


async def test_a_worker_that_is_killed_in_the_middle(cluster: Cluster, tmp_path: Path) -> None:
    pool, mark = ClusterPool(cluster.address, 1), tmp_path / "mark"
    try:
        running = asyncio.create_task(pool.run_chunk(Chunk(where, (0, str(mark)), anywhere=True)))
        while not (mark.exists() and mark.read_text()):
            await asyncio.sleep(0.05)
        killed = int(mark.read_text())
        os.kill(killed, signal.SIGKILL)
        (survivor,) = await asyncio.wait_for(running, 60)
        assert survivor in {worker.pid for worker in cluster.workers} - {killed}
    finally:
        pool.shutdown()


async def test_a_cluster_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.engine.process.cluster.PATIENCE", 1)
    pool = ClusterPool(f"127.0.0.1:{free_port()}", 1)
    with pytest.raises(ClusterError, match="unset WORKBENCH_EXECUTOR"):
        await pool.run_chunk(Chunk(square, (1,), anywhere=True))
    pool.shutdown()
