"""After the deploy the triggers are evaluated live: a real server under load, whose errors are switched on."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.plan import Plan, Rehearsal, Trigger
from workbench.engine.options import from_arguments
from workbench.engine.store.library import Library

COMMAND = "git revert --no-edit aaaaaaaaaa..bbbbbbbbbb"
FAILURES = Trigger("failures", "5xx", "logs", "status:5xx", ">", 0.2, 3.0, 20, "roll back", "ann")
AGAIN = Trigger("again-f", "KeyError", "logs", "error:f", ">", 0.0, 3.0, 1, "roll back", "ann")
METRIC = Trigger("p95", "p95", "prometheus", "p95", ">", 1.0, 3.0, 1, "roll back", "ann")


class Served:
    """A server that writes an access log, and the load on it. ``failing`` switches its answers to 500."""

    def __init__(self, log: Path) -> None:
        self.failing = False
        self._stop = threading.Event()
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status = 500 if served.failing else 200
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")
                at = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
                with log.open("a") as file:
                    file.write(f'127.0.0.1 - - [{at}] "GET {self.path} HTTP/1.1" {status} 2 "-" "load"\n')

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._threads = [threading.Thread(target=self._server.serve_forever), threading.Thread(target=self._load)]

    def _load(self) -> None:
        url = f"http://127.0.0.1:{self._server.server_address[1]}/login"
        while not self._stop.wait(0.01):
            with suppress(urllib.error.HTTPError), urllib.request.urlopen(url) as answer:
                answer.read()

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            serving, loading = self._threads
            self._stop.set()
            loading.join()
            self._server.shutdown()
            self._server.server_close()
            serving.join()


def planned(repo: RepoBuilder, *triggers: Trigger) -> str:
    """A case with a plan whose roll-back was rehearsed."""
    from argparse import Namespace

    library = Library(from_arguments(Namespace()).data)
    case = library.new_id()
    store = library.store(case)
    plan = Plan("t", "b", "ready", rollback=Rehearsal("rehearsed", "clean", (COMMAND,)), triggers=triggers, period=60)
    store.append(
        [
            new_event("case.opened", "ann", {"case": case, "repo": str(repo.path)}),
            new_event("case.question", "ann", {"question": "500s"}),
            new_event("plan.made", "ann", {"plan": encode(plan)}),
        ]
    )
    store.close()
    return case


def watch(case: str, *more: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-P", "-m", "workbench", "monitor", case, "--format", "jsonl", *more]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def events(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def journaled(case: str) -> str:
    from argparse import Namespace

    (monitor,) = Library(from_arguments(Namespace()).data).read(case).monitors
    return monitor.outcome


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path / "access.log")
    with server.running():
        yield server


def test_errors_switched_on_trip_the_trigger_which_shows_the_rehearsed_command(
    make_repo: Callable[..., RepoBuilder], served: Served, tmp_path: Path
) -> None:
    case = planned(make_repo({"a.py": ""}), FAILURES)
    process = watch(case, "--log", str(tmp_path / "access.log"), "--for", "40")
    states = []
    for event in events(process):
        if event["event"] != "trigger":
            break
        states.append(event["state"])
        if event["state"] == "holding":
            assert event["rollback"] == []
            served.failing = True
        if event["state"] == "tripped":
            assert event["rollback"] == [COMMAND]
            assert event["value"] > 0.2
            assert event["n"] >= 20
            process.send_signal(2)
    assert process.wait(60) == 3, process.stderr
    assert states[0] == "no_data", "nothing came yet, and that is not ok"
    assert states.index("holding") < states.index("tripped")
    assert journaled(case) == "inconclusive"


def test_a_quiet_deploy_is_recovered_and_what_nothing_measured_is_no_data(
    make_repo: Callable[..., RepoBuilder], served: Served, tmp_path: Path
) -> None:
    case = planned(make_repo({"a.py": ""}), FAILURES, METRIC)
    log = tmp_path / "access.log"
    while not log.exists():
        time.sleep(0.01)
    process = watch(case, "--log", str(log), "--for", "6")
    seen = list(events(process))
    assert process.wait(60) == 0, seen
    assert seen[-1]["outcome"] == "recovered"
    assert {each["trigger"]: each["state"] for each in seen[-1]["watched"]} == {"failures": "holding", "p95": "no_data"}
    assert journaled(case) == "recovered"


def test_an_error_that_cannot_be_seen_is_inconclusive_and_a_roll_back_is_said(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    log = tmp_path / "app.log"
    log.write_text("")
    case = planned(make_repo({"a.py": ""}), AGAIN)
    process = watch(case, "--log", str(log), "--for", "1")
    assert list(events(process))[-1]["reason"] == "no data for again-f"
    assert process.wait(60) == 3
    case = planned(make_repo({"b.py": ""}), AGAIN)
    process = watch(case, "--rolled-back")
    assert list(events(process))[-1]["outcome"] == "rolled_back"
    assert process.wait(60) == 1
    assert journaled(case) == "rolled_back"
