"""Affected tests beside each other in forked processes: the verdicts of one process, and never where tests share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from workbench_pytest.runner import PytestRunner

from tests.conftest import RepoBuilder
from tests.scenarios.test_fix_live import followed
from workbench.api import TestRequest
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestResult
from workbench.engine.beside import Beside
from workbench.engine.board import Board
from workbench.engine.session import Session

TEST = """import os

import shop
{more}

def test_pid(tmp_path):
    (tmp_path / "own.txt").write_text(str(shop.one()))
    assert os.getpid() == 0


def test_same(tmp_path):
    assert os.getpid() == shop.one() - 1
"""
WRITES = """

def test_writes():
    with open("left.txt", "w") as left:
        left.write(__file__)
    with open("left.txt") as left:
        assert left.read() == __file__
    os.remove("left.txt")
"""
LEAVES = "import os\nimport shop\n\n\ndef test_leaves():\n    if shop.one() == 7:\n        os._exit(0)\n"
SHOP = "def one():\n    return 1\n"


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two parts wherever there may be two, however quick their tests are."""
    monkeypatch.setattr("workbench.engine.beside._cores", lambda: 2)
    monkeypatch.setattr(Beside, "seconds", lambda self, test: 1.0)


def process_of(session: Session, name: str) -> str:
    """The process that failed both tests of a file."""
    said = [session.tests.board.of(f"test_{name}.py::test_{each}") for each in ("pid", "same")]
    (message,) = {standing.result.message.partition(" == ")[0] for standing in said if standing is not None}
    return message


async def test_affected_tests_run_in_two_processes_and_those_that_write_files_in_one_of_them(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, two_cores: None
) -> None:
    files = {f"test_{name}.py": TEST.format(more=WRITES if name in "ac" else "") for name in "abcd"}
    repo = make_repo({"shop.py": SHOP, ".gitignore": "left.txt\n", **files})
    async with followed(repo, monkeypatch, jobs=2) as session:
        tests = session.tests
        await tests.start().wait()
        assert (tests.board.passed, tests.board.failed, tests.problem) == (2, 8, "")
        assert len({process_of(session, name) for name in "abcd"}) == 1, "a whole run shows what the tests share"
        repo.write("shop.py", "def one():\n    return 2 - 1\n")
        await tests.start_affected(["shop.py"]).wait()
        assert (tests.board.passed, tests.board.failed, tests.problem, tests.cold) == (2, 8, "", "")
        ran = {name: process_of(session, name) for name in "abcd"}  # what is outstanding runs first: all of them
        assert len(set(ran.values())) == 2
        assert ran["a"] == ran["c"], "both write the same file"


async def test_a_part_that_dies_is_named_and_the_others_stand(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, two_cores: None
) -> None:
    ok = "import shop\n\n\ndef test_ok():\n    assert shop.one()\n"
    repo = make_repo({"shop.py": SHOP, "test_ok.py": ok, "test_leaves.py": LEAVES})
    async with followed(repo, monkeypatch, jobs=2) as session:
        tests = session.tests
        await tests.start().wait()
        assert (tests.board.passed, tests.problem) == (2, "")
        repo.write("shop.py", "def one():\n    return 7\n")
        await tests.start_affected(["shop.py"]).wait()
        assert tests.last is not None
        outcomes = {result.id: result.outcome for result in tests.last.results}
        assert outcomes == {
            "test_ok.py::test_ok": TestOutcome.PASSED,
            "test_leaves.py::test_leaves": TestOutcome.CRASHED,
        }
        assert tests.last.status is RunStatus.ERROR
        assert "test_leaves.py::test_leaves" in tests.problem


TOUCHES = {
    "process": "import subprocess\n    subprocess.run(['true'])",
    "address": "import socket\n    with socket.socket(socket.AF_UNIX) as server:\n        server.bind('left')",
    "free_port": "import socket\n    socket.create_server(('127.0.0.1', 0)).close()",
    "network": "import socket\n    with socket.create_server(('127.0.0.1', 0)) as server:\n"
    "        socket.create_connection(server.getsockname()).close()",
    "memory": "import sqlite3\n    sqlite3.connect(':memory:').close()",
    "database": "import sqlite3\n    sqlite3.connect('left.db').close()",
    "reads": "assert open('left.db').read() == ''",
    "reads_more": "assert open('conftest.py').read() == ''",
    "own": "import tempfile\n    (tmp_path / 'a').mkdir()\n    with tempfile.TemporaryDirectory() as place:\n"
    "        open(place + '/a', 'w').close()\n    tempfile.TemporaryFile().close()\n"
    "    tempfile.NamedTemporaryFile().close()",
    "removes": "import os\n    os.remove('left')",
}
TOLD = {
    "test_process.py": "starts a process",
    "test_address.py": "takes a fixed address",
    "test_network.py": "talks to the network",
    "test_database.py": "writes",
    "test_reads.py": "reads what tests write:",
    "test_removes.py": "writes",
}


def shared(folder: Path, *options: str) -> dict[str, str]:
    """What a whole run there tells of what its files share."""
    events = folder.parent / "events" / "events.jsonl"
    events.parent.mkdir(exist_ok=True)
    request = TestRequest(str(folder), sys.executable, str(events), coverage=True, options=options)
    command = PytestRunner().command(request)
    env = os.environ | dict(command.env) | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command.argv, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    told = map(json.loads, events.read_text().splitlines())
    events.unlink()
    return {event["id"]: event["why"].partition(str(folder))[0].strip() for event in told if event["event"] == "shares"}


def test_what_a_file_shares_with_others_is_seen_and_what_is_its_own_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "conftest.py").write_text("")
    for number, (name, body) in enumerate(TOUCHES.items()):
        (folder / f"test_{name}.py").write_text(f"def test_{number}(tmp_path):\n    {body}\n")
    order = [f"test_{name}.py" for name in TOUCHES]
    (folder / "pytest.ini").write_text(f"[pytest]\ntestpaths = {' '.join(order)}\n")
    assert shared(folder) == TOLD


def test_options_and_clients_that_no_hook_hears_are_shared_by_all(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "psycopg2.py").write_text("")
    (folder / "test_ok.py").write_text("def test_ok():\n    import psycopg2\n")
    assert shared(folder) == {"": "imports psycopg2"}
    assert shared(folder, "--maxfail=2") == {"": "its options include maxfail"}


def test_parts_are_balanced_by_what_each_test_took_at_best() -> None:
    board = Board()
    beside = Beside(board, 2)
    for slow, quick in ((9.0, 1.0), (1.0, 9.0)):
        results = [TestResult(f"test_{name}.py::test_it", TestOutcome.PASSED, slow) for name in "ab"]
        results += [TestResult(f"test_{name}.py::test_it", TestOutcome.PASSED, quick) for name in "cd"]
        for result in results:
            board.put(result, "tree")
        beside.took(results)
    beside.took([TestResult("test_d.py::test_it", TestOutcome.PASSED, 0.1)])
    tests = [f"test_{name}.py" for name in "abcd"]
    took = {test: beside.seconds(test) for test in tests}
    assert took["test_a.py"] == took["test_b.py"] == took["test_c.py"] > 1
    assert took["test_d.py"] < 0.2
