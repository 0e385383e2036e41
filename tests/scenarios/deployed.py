"""A server under load whose errors are switched, a case whose plan is made, and the monitor that watches its deploy."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.conftest import RepoBuilder
from tests.servers import Quiet
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.plan import Plan, Rehearsal, Trigger
from workbench.engine.options import from_arguments
from workbench.engine.store.library import Library

COMMAND = "git revert --no-edit aaaaaaaaaa..bbbbbbbbbb"


class Served:
    """A server that writes an access log, and the load on it. ``failing`` switches its answers to 500."""

    def __init__(self, log: Path) -> None:
        self.failing = False
        self._stop = threading.Event()
        served = self

        class Handler(Quiet):
            def do_GET(self) -> None:
                status = 500 if served.failing else 200
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")
                at = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
                with log.open("a") as file:
                    file.write(f'127.0.0.1 - - [{at}] "GET {self.path} HTTP/1.1" {status} 2 "-" "load"\n')

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._threads = [threading.Thread(target=self._server.serve_forever), threading.Thread(target=self._load)]

    def _load(self) -> None:
        url = f"http://127.0.0.1:{self._server.server_address[1]}/login"
        while not self._stop.wait(0.01):
            with suppress(OSError), urllib.request.urlopen(url) as answer:
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


def planned(repo: RepoBuilder, *triggers: Trigger, logs: tuple[str, ...] = ()) -> str:
    """A case with a plan whose roll-back was rehearsed, pointed at ``logs``."""
    library = Library(from_arguments(Namespace()).data)
    case = library.new_id()
    store = library.store(case)
    plan = Plan("t", "b", "ready", rollback=Rehearsal("rehearsed", "clean", (COMMAND,)), triggers=triggers, period=60)
    store.append(
        [
            new_event("case.opened", "ann", {"case": case, "repo": str(repo.path)}),
            new_event("case.question", "ann", {"question": "500s", "log_sources": list(logs)}),
            new_event("plan.made", "ann", {"plan": encode(plan)}),
        ]
    )
    store.close()
    return case


def watch(case: str, *more: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-P", "-m", "workbench", "monitor", case, "--format", "jsonl", *more]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def events(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def journaled(case: str) -> str:
    (monitor,) = Library(from_arguments(Namespace()).data).read(case).monitors
    return monitor.outcome
