"""Locust with workers that this program did not start: they do the work, and are named where they do not come."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from workbench_server.drive import locusts
from workbench_server.drive.locusts import Locusts
from workbench_server.drive.servers import Remote, StartError

from tests.ports import free_port
from tests.servers import Quiet, serving

pytestmark = pytest.mark.skipif(find_spec("locust") is None, reason="Locust is not installed")

LOCUST = """from locust import HttpUser, constant_throughput, task


class Buyer(HttpUser):
    wait_time = constant_throughput(20)

    @task
    def look(self):
        self.client.get("/shop")
"""


@pytest.fixture
def asked() -> Iterator[tuple[str, Counter[str]]]:
    """A server, and how often which page was asked for."""
    counts: Counter[str] = Counter()

    class Handler(Quiet):
        def do_GET(self) -> None:
            counts[self.path] += 1
            self.send_response(200)
            self.end_headers()

    with serving(Handler) as address:
        yield address, counts


def test_workers_elsewhere_send_what_their_master_counts(
    asked: tuple[str, Counter[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, counts = asked
    monkeypatch.setattr(locusts, "PORT", free_port())
    (tmp_path / "locustfile.py").write_text(LOCUST)
    side = Remote(url, str(tmp_path), sys.executable, tmp_path)
    words = [sys.executable, "-m", "locust", "--worker", "-f", "locustfile.py", "--master-port", str(locusts.PORT)]
    worker = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answers = Locusts("locustfile.py", processes=2, workers=1).run(side, 2, 2.0)
        assert worker.wait(120) == 0, "its master sends it home"
    finally:
        worker.kill()
        worker.wait()
    assert 0 < counts["/shop"] - 2 <= len(answers) <= counts["/shop"], "one of each client may be under way at the end"
    assert {(name, answer.status) for name, answer, _ in answers} == {("GET /shop", 200)}


def test_workers_that_do_not_come_are_told_with_how_to_start_them(
    asked: tuple[str, Counter[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, counts = asked
    monkeypatch.setattr(locusts, "PORT", free_port())
    monkeypatch.setattr(locusts, "WAIT", 1.0)
    (tmp_path / "locustfile.py").write_text(LOCUST)
    side = Remote(url, str(tmp_path), sys.executable, tmp_path)
    with pytest.raises(StartError, match=r"2 workers did not come .* locust --worker"):
        Locusts("locustfile.py", workers=2).run(side, 2, 1.0)
    assert not counts
