"""A real Prometheus answers the triggers: holding before errors are switched on, tripped after; gone, it is no data."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.ports import free_port
from tests.scenarios.deployed import COMMAND, events, journaled, planned, watch
from tests.servers import Quiet
from workbench.case.plan import Trigger
from workbench.engine.planning.available import names_at

PROMETHEUS = shutil.which("prometheus")
QUERY = 'sum(rate(http_requests_total{status=~"5.."}[10s])) / sum(rate(http_requests_total[10s]))'
FAILURES = Trigger("failures-metric", "5xx", "prometheus", QUERY, ">", 0.1, 30.0, 2, "roll back", "ann")
ABSENT = Trigger("pool", "waits", "prometheus", "max(no_such_metric)", ">", 0.0, 30.0, 2, "roll back", "ann")
pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed")


class Exposed:
    """A server with a /metrics page: its requests are counted up by every scrape, as failures once ``failing``."""

    def __init__(self) -> None:
        self.failing = False
        counts = {"200": 0, "500": 0}
        exposed = self

        class Handler(Quiet):
            def do_GET(self) -> None:
                counts["500" if exposed.failing else "200"] += 50
                lines = [f'http_requests_total{{status="{status}"}} {count}' for status, count in counts.items()]
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(("# TYPE http_requests_total counter\n" + "\n".join(lines) + "\n").encode())

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


@contextmanager
def prometheus(folder: Path, target: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address, once it answers."""
    port = free_port()
    config = folder / "prometheus.yml"
    jobs = f"[{{job_name: shop, static_configs: [{{targets: ['127.0.0.1:{target}']}}]}}]"
    config.write_text(f"global: {{scrape_interval: 1s}}\nscrape_configs: {jobs}\n")
    assert PROMETHEUS is not None
    argv = [PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    process = subprocess.Popen(
        [*argv, f"--web.listen-address=127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        while not names_at(base)[0].get("http_requests_total"):
            assert process.poll() is None, "prometheus ended"
            time.sleep(0.1)
        yield base, process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def exposed() -> Iterator[Exposed]:
    made = Exposed()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


def test_prometheus_is_asked_and_what_it_does_not_have_is_no_data(
    make_repo: Callable[..., RepoBuilder], exposed: Exposed, tmp_path: Path
) -> None:
    with prometheus(tmp_path, exposed.port) as (base, running):
        case = planned(make_repo({"a.py": ""}), FAILURES, ABSENT)
        process = watch(case, "--metrics", base, "--for", "90")
        states: list[str] = []
        for event in events(process):
            if event["event"] != "trigger":
                break
            if event["trigger"] == "pool":
                assert event["state"] == "no_data"
                continue
            states.append(event["state"])
            if event["state"] == "holding":
                exposed.failing = True
            if event["state"] == "tripped":
                assert event["value"] > 0.1
                assert event["rollback"] == [COMMAND]
                running.kill()
                process.send_signal(2)
        assert process.wait(120) == 3, process.stderr.read() if process.stderr else ""
    assert states.index("holding") < states.index("tripped")
    assert journaled(case) == "inconclusive"
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{base}/-/ready", timeout=5)
