"""Stress runs and mutants on a real Dask cluster: what this machine says, and a lost worker is a retry."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.clusters import Cluster, cluster
from tests.conftest import RepoBuilder
from tests.ports import free_port
from tests.scenarios.project import RIGHT, SHOP, quick
from tests.scenarios.validating import judged, options
from workbench.case.enums import GateStatus
from workbench.engine.proof.stress import Stressed, Wanted, stress
from workbench.engine.session import Session

__all__ = ["cluster"]

NOTING = """
import os, random, time


def above(pid):
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def note():
    pids = [os.getpid()]
    while pids[-1] > 1:
        pids.append(above(pids[-1]))
    with open(os.environ["MARK"], "a") as file:
        file.write(" ".join(map(str, pids)) + "\\n")


def wait_once():
    try:
        os.close(os.open(os.environ["MARK"] + ".waits", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    note()
    time.sleep(60)
"""
SEEDED = (
    "from noting import note\nimport random\n\n\ndef test_seeded():\n    note()\n    assert random.random() > 0.3\n"
)
STUCK = "from noting import note, wait_once\n\n\ndef test_stuck():\n    wait_once()\n    note()\n"


@pytest.fixture
def repo(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RepoBuilder:
    quick(monkeypatch)
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    return make_repo({**SHOP, "noting.py": NOTING, "test_seeded.py": SEEDED})


async def stressed(repo: RepoBuilder, test: str, runs: int) -> Sequence[Stressed]:
    session = await Session.open(repo.path, options(repo))
    try:
        return await stress(session.services, Wanted(runs, seed=7), [test])
    finally:
        await session.close()


def processes(mark: Path) -> list[set[int]]:
    """Of each time that a test noted it: its process and all above it."""
    return [set(map(int, line.split())) for line in mark.read_text().splitlines()] if mark.exists() else []


async def test_stress_runs_say_the_same_there_and_here(
    cluster: Cluster, repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repo.write("shop.py", RIGHT)
    here = await stressed(repo, "test_seeded.py::test_seeded", 20)
    workers = {worker.pid for worker in cluster.workers}
    assert 0 < here[0].rate.failed < here[0].rate.n == 20
    assert not any(each & workers for each in processes(tmp_path / "mark"))
    (tmp_path / "mark").unlink()
    monkeypatch.setenv("WORKBENCH_EXECUTOR", f"dask://{cluster.address}")
    there = await stressed(repo, "test_seeded.py::test_seeded", 20)
    assert there == here
    assert all(each & workers for each in processes(tmp_path / "mark"))


async def test_mutants_live_and_die_the_same_there_and_here(
    cluster: Cluster, repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write("shop.py", RIGHT.replace("sum(prices)", "sum(prices) + 0 if prices != [7] else 9"))
    (repo.path / "test_seeded.py").unlink()
    here = (await judged(repo, "mutation"))["mutation"]
    monkeypatch.setenv("WORKBENCH_EXECUTOR", f"dask://{cluster.address}")
    there = (await judged(repo, "mutation"))["mutation"]
    assert here.status is GateStatus.FAIL, here.reason
    assert (there.status, there.reason, there.figures, there.examined) == (
        here.status, here.reason, here.figures, here.examined,
    )  # fmt: skip
    assert [each.text for each in there.evidence] == [each.text for each in here.evidence]


async def test_a_worker_that_is_lost_in_the_middle_costs_a_retry(
    cluster: Cluster, repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WORKBENCH_EXECUTOR", f"dask://{cluster.address}")
    workers = {worker.pid for worker in cluster.workers}
    repo.write("test_stuck.py", STUCK)
    running = asyncio.create_task(stressed(repo, "test_stuck.py::test_stuck", 20))
    while not processes(tmp_path / "mark"):
        assert not running.done(), running.result()
        await asyncio.sleep(0.05)
    (killed,) = processes(tmp_path / "mark")[0] & workers
    os.kill(killed, signal.SIGKILL)
    (one,) = await asyncio.wait_for(running, 120)
    assert (one.rate.failed, one.rate.n, one.problem) == (0, 20, "")


async def test_a_cluster_that_is_not_there_is_said(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.engine.process.cluster.PATIENCE", 1)
    monkeypatch.setenv("WORKBENCH_EXECUTOR", f"dask://127.0.0.1:{free_port()}")
    repo.write("shop.py", RIGHT)
    (repo.path / "test_seeded.py").write_text("")
    with pytest.raises(Exception, match="unset WORKBENCH_EXECUTOR"):
        await stressed(repo, "test_seeded.py::test_seeded", 20)
    result = (await judged(repo, "mutation"))["mutation"]
    assert (result.status, "unset WORKBENCH_EXECUTOR" in result.reason) == (GateStatus.ERROR, True)
