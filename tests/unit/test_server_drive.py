"""The parts that drive a server: proxies, what is read of logs and Locust, where an application is found."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from workbench_server.detect import application, django_settings
from workbench_server.drive.dependencies import files_in
from workbench_server.drive.locusts import answers_of
from workbench_server.drive.proxies import Proxy
from workbench_server.drive.sampling import Watch, held
from workbench_server.load_gate import LoadGate
from workbench_server.mix import count_requests

from tests.processes import eventually
from workbench.api import ChangeSubject
from workbench.case.enums import GateStatus


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """A server that says what it hears."""
    listening = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while data := connection.recv(1000):
                connection.sendall(data)

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listening.getsockname()[:2]
    listening.close()


def ask(connection: socket.socket, text: bytes) -> bytes:
    connection.sendall(text)
    heard = b""
    while len(heard) < len(text):
        more = connection.recv(1000)
        if not more:
            raise ConnectionError("closed")
        heard += more
    return heard


def test_a_proxy_passes_on_delays_resets_and_kills(echo: tuple[str, int]) -> None:
    proxy = Proxy(echo)
    first = socket.create_connection(proxy.address)
    assert ask(first, b"fine") == b"fine"
    assert (proxy.opened, proxy.passed) == (1, 4)
    proxy.turn("delay")
    began = time.monotonic()
    assert ask(first, b"late") == b"late"
    assert time.monotonic() - began > 0.4
    proxy.turn("drip")
    assert ask(first, b"x" * 200) == b"x" * 200
    proxy.turn("killed")
    with first, pytest.raises(OSError):
        ask(first, b"dead")
    with socket.create_connection(proxy.address) as second:
        assert ask(second, b"new") == b"new", "only what was open is killed"
    proxy.turn("reset")
    with socket.create_connection(proxy.address) as third, pytest.raises(OSError):
        ask(third, b"no")
    proxy.close()


def test_an_sqlite_file_is_found_and_locked_for_writers(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database")
    path = tmp_path / "deep" / "app.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")
    (database,) = files_in(tmp_path)
    database.turn("locked")
    with closing(sqlite3.connect(path, timeout=0)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("INSERT INTO t VALUES (1)")
    database.turn("")
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        connection.execute("INSERT INTO t VALUES (1)")


OPENS = """
import socket, sys
print(flush=True)
sys.stdin.readline()
listening = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listening.getsockname())
served, _ = listening.accept()
outside = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(flush=True)
sys.stdin.readline()
"""


def test_connections_that_a_process_opened_are_counted_and_those_of_its_clients_are_not(echo: tuple[str, int]) -> None:
    argv = [sys.executable, "-c", OPENS, str(echo[1])]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        before = held([process.pid])
        with Watch([process.pid]) as watch:
            print(file=process.stdin, flush=True)
            process.stdout.readline()
            during = held([process.pid])
            assert before is not None
            assert during is not None
            assert during.connections - before.connections == 2, "the two that this process opened"
            assert eventually(lambda: watch.most is not None and watch.most.handles >= during.handles)


def test_requests_are_counted_in_access_logs_of_every_shape(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        '1.2.3.4 - - [x] "GET /a?b=1 HTTP/1.1" 200 5\n'
        "2026-11-12T13:00:01Z INFO [2f] GET /a 200 user=8934 18 ms\n"
        '{"method": "GET", "path": "/a", "status": 200}\n'
        'level=info method=POST path="/b" status=201\n'
        'msg="GET /user/31 200"\n'
        '1.2.3.4 - - [x] "GET /gone HTTP/1.1" 404 5\n'
        "no request at all, method acting\n"
    )
    assert count_requests([str(log)]) == [("GET /a", 3), ("POST /b", 1)]


def test_answers_are_told_apart_by_what_locust_said_of_them() -> None:
    entry = {"method": "GET", "name": "/", "requests": 6, "times": {"10": 5, "900": 1}}
    errors = {
        "HTTPError('500 Server Error: Internal for url: x')": 1,
        "HTTPError('409 Client Error: Conflict for url: x')": 1,
        "ReadTimeout('timed out')": 1,
        "CatchResponseError('not ok')": 1,
    }
    told = {"entries": [{**entry, "errors": errors}], "per_second": {"100": 4, "101": 2}, "fails": {"101": 4}}
    made = list(answers_of(told, 2.0))
    assert [answer.status for _, answer, _ in made] == [500, 409, 0, 200, 200, 200]
    assert [answer.error for _, answer, _ in made][2:4] == ["timeout", "CatchResponseError('not ok')"]
    assert {at for _, answer, at in made if answer.error or answer.status >= 400} == {1.0}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"app.py": "from flask import Flask\n\napp = Flask(__name__)\n"}, "app:app"),
        (
            {"shop/__init__.py": "", "shop/main.py": "import fastapi\napi: object = fastapi.FastAPI()\n"},
            "shop.main:api",
        ),
        ({"src/shop/__init__.py": "def create_app():\n    return 1\n"}, "shop:create_app()"),
        ({"wsgi.py": "def application(environ, start_response):\n    return []\n"}, "wsgi:application"),
        ({"app.py": "print('nothing is served here')\n"}, ""),
    ],
)
def test_an_application_is_found_where_it_is_made(tmp_path: Path, files: dict[str, str], found: str) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert application(tmp_path) == found


def test_djangos_settings_are_what_manage_py_names(tmp_path: Path) -> None:
    assert django_settings(tmp_path) == ""
    (tmp_path / "manage.py").write_text('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")')
    assert django_settings(tmp_path) == "config.settings"


def side(p95: float, *tails: float, **answers: int) -> dict[str, Any]:
    counts = {"good": 100, "refused": 0, "failed": 0, "unavailable": 0, "timeout": 0, "lost": 0, "wrong": 0, **answers}
    figures = {"p50": p95 / 2, "p95": p95, "p99": p95, "per_second": 10.0, "histogram": [100], "course": [0.0]}
    looks = {"held": [None, None, None], "invariants": [], "endpoints": {}, "tails": list(tails)}
    return {"requests": 100, "answers": counts, **figures, **looks}


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (side(0.4, 0.4, 0.3, 0.5), GateStatus.FAIL),
        (side(0.4, 0.9, 0.1, 0.9), GateStatus.PASS),
        (side(0.4, *[0.4] * 8, 0.1), GateStatus.FAIL),
        (side(0.4, *[0.4] * 7, 0.1, 0.1), GateStatus.PASS),
        (side(0.25, 0.3, 0.3, 0.3), GateStatus.PASS),
        (side(0.1, 0.1, 0.1, 0.1, failed=1), GateStatus.FAIL),
    ],
)
def test_a_longer_tail_counts_when_it_is_longer_in_nearly_every_turn(head: dict[str, Any], status: GateStatus) -> None:
    base = side(0.2, *[0.2] * len(head["tails"]))
    subject = ChangeSubject("r", "b", "h", "/b", "/h", ("a.py",), "python")
    assert LoadGate().fold(subject, [{"notes": []}, {"head": head, "base": base}]).status is status
