"""A real Dask scheduler with two worker processes over TCP, on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port


@dataclass
class Cluster:
    """Where the scheduler listens, HOST:PORT, and its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster of one module. Skipped where the extra dask is not installed."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}

    def start(name: str, *argv: str) -> subprocess.Popen[bytes]:
        folder = tmp_path_factory.mktemp(name)
        return subprocess.Popen([sys.executable, "-m", "distributed.cli." + name, *argv], cwd=folder, **quiet)

    address = f"tcp://127.0.0.1:{port}"
    scheduler = start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    one = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    workers = [start("dask_worker", address, *one) for _ in range(2)]
    try:
        from distributed import Client

        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield Cluster(f"127.0.0.1:{port}", workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()
