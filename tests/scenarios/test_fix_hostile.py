"""Tests that crash, hang, fork, flood and kill: each is named, bounded and cleaned up, and nothing outlives the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.processes import eventually, gone
from tests.scenarios.project import quick
from tests.scenarios.test_fix_warm import project_of
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.cli.main import main
from workbench.engine.runs import run_tests

FILES = {
    "test_faults.py": "import os\nimport signal\n\n\ndef test_before():\n    pass\n\n\ndef test_faults():\n"
    "    os.kill(os.getpid(), signal.SIGSEGV)\n",
    "test_hangs.py": "import os\nimport pathlib\nimport subprocess\nimport time\n\n\ndef test_hangs():\n"
    "    child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
    "    pathlib.Path(os.environ['SAID']).write_text(f'{os.getpid()} {child.pid}')\n    time.sleep(600)\n",
    "test_forks.py": "import os\nimport pathlib\nimport time\n\n\ndef test_goes_on():\n    os.fork()\n\n\n"
    "def test_leaves_one():\n    pid = os.fork()\n    if not pid:\n        os.setsid()\n        time.sleep(600)\n"
    "    pathlib.Path(os.environ['SAID']).write_text(str(pid))\n",
    "test_floods.py": "def test_floods():\n    for _ in range(100):\n        print('x' * 1_000_000)\n"
    "    assert False, 'y' * 1_000_000\n",
    "test_kills.py": "import os\nimport signal\n\n\ndef test_kills():\n    os.killpg(0, signal.SIGKILL)\n",
    "test_tears.py": "import os\nimport signal\n\nimport pytest\n\n\n@pytest.fixture\ndef held():\n    yield 1\n"
    "    os.kill(os.getpid(), signal.SIGSEGV)\n\n\ndef test_tears(held):\n    assert held\n",
}
PATCHES = """import os
import time


def no(*_):
    raise OSError("patched")


def test_process(monkeypatch):
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert os.getpid() == 2


def test_writes(monkeypatch):
    monkeypatch.setattr(os, "write", no)
    monkeypatch.setattr(time, "time", no)
"""
LEAVES = "import os\n\n\ndef test_leaves():\n    os._exit(0)\n\n\ndef test_after():\n    pass\n"
BOTH = "def test_bad():\n    assert False\n\n\ndef test_good():\n    pass\n"


@pytest.mark.parametrize("file", ["test_faults.py", "test_kills.py", "test_tears.py"])
async def test_the_test_that_ended_the_process_is_named_even_in_its_teardown(
    file: str, make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo(FILES), tmp_path, monkeypatch) as project:
        run = await run_tests(project.services, (file,))
        name = f"{file}::{file.removesuffix('.py')}"
        assert project.outcomes(run)[name] is TestOutcome.CRASHED
        assert run.status is RunStatus.ERROR
        assert name in run.message
        assert "signal" in run.message


async def test_what_a_test_puts_in_the_place_of_system_calls_is_not_asked_by_the_reporter(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo({"test_patches.py": PATCHES}), tmp_path, monkeypatch) as project:
        run = await run_tests(project.services)
        assert project.outcomes(run) == {
            "test_patches.py::test_process": TestOutcome.FAILED,
            "test_patches.py::test_writes": TestOutcome.PASSED,
        }
        assert (run.status, run.message) == (RunStatus.FAILED, "")


async def test_tests_after_one_that_ends_the_process_run_in_another(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo({"test_a.py": LEAVES, "test_b.py": BOTH}), tmp_path, monkeypatch) as project:
        tests = project.tests
        under_way: list[set[str]] = []
        tests.heard = lambda what: under_way.append(set(tests.board.now)) if isinstance(what, TestRun) else None
        await tests.start().wait()
        assert under_way == [set(), set()], "what ended the first process is not shown as running in the second"
        found = {test: standing.result for known in tests.board.files.values() for test, standing in known.items()}
        assert {test: result.outcome for test, result in found.items()} == {
            "test_a.py::test_leaves": TestOutcome.CRASHED,
            "test_a.py::test_after": TestOutcome.PASSED,
            "test_b.py::test_bad": TestOutcome.FAILED,
            "test_b.py::test_good": TestOutcome.PASSED,
        }
        assert found["test_a.py::test_leaves"].message == "the test process died (exit code 0)"
        assert tests.outstanding == ("test_a.py::test_leaves", "test_b.py::test_bad")


def test_a_run_from_the_command_line_goes_on_in_another_process_too(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quick(monkeypatch)
    repo = make_repo({"test_a.py": LEAVES, "test_b.py": LEAVES.replace("leaves", "goes")})
    assert main(["test", "--repo", str(repo.path), "--format", "json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert {test["id"]: test["outcome"] for test in said["tests"]} == {
        "test_a.py::test_leaves": "crashed",
        "test_a.py::test_after": "passed",
        "test_b.py::test_goes": "crashed",
        "test_b.py::test_after": "passed",
    }
    died = "the test process died (exit code 0) in"
    assert said["message"] == f"{died} test_a.py::test_leaves; {died} test_b.py::test_goes"
    assert (said["status"], said["tree"] != "") == ("failed", True)


async def test_a_test_that_hangs_is_stopped_and_named_and_so_is_what_it_started(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo(FILES), tmp_path, monkeypatch) as project:
        run = await run_tests(project.services, ("test_hangs.py",), timeout=8.0)
        assert project.outcomes(run) == {"test_hangs.py::test_hangs": TestOutcome.TIMED_OUT}
        assert (run.status, run.message) == (RunStatus.TIMED_OUT, "time ran out in test_hangs.py::test_hangs")
        for pid in map(int, project.said.read_text().split()):
            assert eventually(lambda pid=pid: gone(pid))


async def test_a_fork_of_a_test_reports_nothing_and_does_not_outlive_the_run(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo(FILES), tmp_path, monkeypatch) as project:
        seen: list[TestResult] = []
        run = await run_tests(project.services, ("test_forks.py",), seen.append)
        assert run.status is RunStatus.PASSED, run.message
        ended = Counter(result.id for result in seen if result.outcome is TestOutcome.PASSED)
        assert set(ended.values()) == {2}, "the call and the teardown of each, once"
        assert len(run.results) == 2
        assert eventually(lambda: gone(int(project.said.read_text())))


async def test_a_hundred_megabytes_of_output_stay_bounded(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo(FILES), tmp_path, monkeypatch) as project:
        run = await run_tests(project.services, ("test_floods.py",), options=("-s",))
        assert run.status is RunStatus.FAILED, "what is not captured is read and forgotten"
        run = await run_tests(project.services, ("test_floods.py",))
        (result,) = run.results
        assert result.outcome is TestOutcome.FAILED
        assert "... cut ..." in result.output
        assert max(len(result.output), len(result.traceback), len(result.message)) < 25_000
        sizes = [len(json.dumps(event.data, default=str)) for event in await project.services.journal.events()]
        assert max(sizes) < 200_000


async def test_tests_under_xdist_are_reported_once(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xdist")
    text = "import pytest\n\n\n@pytest.mark.parametrize('n', range(6))\ndef test_n(n):\n    assert n != 3\n"
    async with project_of(make_repo({"test_many.py": text}), tmp_path, monkeypatch) as project:
        ended: Counter[str] = Counter()

        def seen(result: TestResult) -> None:
            ended[result.id] += result.outcome is TestOutcome.RUNNING

        run = await run_tests(project.services, (), seen, options=("-p", "xdist", "-n", "2"))
        assert run.status is RunStatus.FAILED, run.message
        assert ended == {f"test_many.py::test_n[{n}]": 2 for n in range(6)}, "the start and the set-up of each, once"
        assert Counter(result.outcome for result in run.results) == {TestOutcome.PASSED: 5, TestOutcome.FAILED: 1}
        (bad,) = [result for result in run.results if result.outcome is TestOutcome.FAILED]
        assert (bad.id, bad.path, bad.line) == ("test_many.py::test_n[3]", "test_many.py", 6)


PROGRAM = """
import asyncio, sys
from argparse import Namespace
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

async def main():
    session = await Session.open(sys.argv[1], from_arguments(Namespace(store=sys.argv[2], jobs=1, trust=True)))
    await session.tests.start(("test_faults.py::test_before",)).wait()
    await session.tests.start(("test_hangs.py",)).wait()

asyncio.run(main())
"""


def test_nothing_of_a_warm_run_outlives_a_workbench_that_is_killed(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    env = os.environ | {"SAID": str(said), "WORKBENCH_PYTHON": sys.executable, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    argv = [sys.executable, "-P", "-c", PROGRAM, str(make_repo(FILES).path), str(tmp_path / "data")]
    with subprocess.Popen(argv, env=env) as program:
        assert eventually(lambda: said.exists() and len(said.read_text().split()) == 2, 60.0)
        test, child = map(int, said.read_text().split())
        server = int(Path(f"/proc/{test}/stat").read_text().rpartition(")")[2].split()[1])
        assert b"workbench_pytest_server" in Path(f"/proc/{server}/cmdline").read_bytes(), "it is a warm run"
        program.send_signal(signal.SIGKILL)
    for pid in (server, test, child):
        assert eventually(lambda pid=pid: gone(pid))
