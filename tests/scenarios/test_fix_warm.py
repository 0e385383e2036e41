"""Warm runs: forked from a server in the project's Python, with the verdicts of cold ones, and refused where unsafe."""

from __future__ import annotations

import asyncio
import os
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from workbench_pytest.runner import PytestRunner

from tests.conftest import RepoBuilder
from tests.processes import eventually, gone
from tests.scenarios.project import quick
from workbench.api import TestCommand, TestRequest
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.engine.known_python import KnownPython
from workbench.engine.options import from_arguments
from workbench.engine.runs import run_tests
from workbench.engine.session import Session
from workbench.engine.warm import Warm

FILES = {
    "test_who.py": "import gc\nimport json\nimport os\nimport pathlib\n\n\ndef test_who():\n"
    "    assert any(each is vars(json.decoder) for each in gc.get_referrers(json.JSONDecoder))\n"
    "    pathlib.Path(os.environ['SAID']).write_text(str(os.getppid()))\n",
    "test_bad.py": "def test_bad():\n    print('looking')\n    assert 1 == 2\n",
    "test_leaves.py": "import os\n\n\ndef test_leaves():\n    os._exit(0)\n",
    "test_kills.py": "import os\nimport signal\n\n\ndef test_kills():\n    os.killpg(0, signal.SIGKILL)\n",
    "test_slow.py": "import os\nimport pathlib\nimport time\n\n\ndef test_slow():\n"
    "    pathlib.Path(os.environ['SAID']).write_text(str(os.getpid()))\n    time.sleep(60)\n",
}


class Project:
    """A session with a fork server; ``said`` is where tests write to."""

    def __init__(self, repo: RepoBuilder, session: Session, said: Path) -> None:
        self.repo = repo
        self.said = said
        self.services = session.services
        self.tests = session.tests
        self.python = KnownPython(repo.path, session.services.commands)
        self.warm = Warm(session.services.commands)

    async def run(self, test: str, seen: Callable[[TestResult], None] = lambda result: None) -> TestRun:
        return await run_tests(self.services, (test,), seen, python=self.python, warm=self.warm)

    def outcomes(self, run: TestRun) -> Mapping[str, TestOutcome]:
        return {result.id: result.outcome for result in run.results}


@asynccontextmanager
async def project_of(repo: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Project]:
    quick(monkeypatch)
    said = tmp_path / "said"
    monkeypatch.setenv("SAID", str(said))
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "data"), jobs=1, trust=True)))
    try:
        yield Project(repo, session, said)
    finally:
        await session.close()


async def test_warm_runs_say_what_cold_ones_say_and_name_what_ended_them(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo(FILES), tmp_path, monkeypatch) as project:
        cold = await project.run("test_who.py")
        cold_parent = project.said.read_text()
        warm = await project.run("test_who.py")
        assert (cold.status, warm.status) == (RunStatus.PASSED, RunStatus.PASSED)
        assert project.warm.problem == ""
        server = project.said.read_text()
        assert server != cold_parent, "forked by the server"

        bad = await project.run("test_bad.py")
        assert (bad.status, bad.results[0].message) == (RunStatus.FAILED, "assert 1 == 2")
        assert "looking" in bad.results[0].output
        for name in ("leaves", "kills"):
            ended = await project.run(f"test_{name}.py")
            assert project.outcomes(ended) == {f"test_{name}.py::test_{name}": TestOutcome.CRASHED}
            assert "the test process died" in ended.message
        project.repo.write("test_who.py", FILES["test_who.py"] + "    assert False, 'as it is now'\n")
        assert (await project.run("test_who.py")).results[0].message.startswith("AssertionError: as it is now")
        assert project.said.read_text() == server, "it outlived what its runs did"


TASKS = """
import asyncio


def test_which_task_runs_is_known():
    async def main():
        async with asyncio.timeout(60):
            return asyncio.current_task()

    assert asyncio.run(main()) is not None
"""


async def test_what_is_preloaded_is_imported_in_the_order_of_the_project(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo({"test_tasks.py": TASKS}), tmp_path, monkeypatch) as project:
        cold = await project.run("test_tasks.py")
        warm = await project.run("test_tasks.py")
        assert (cold.status, warm.status) == (RunStatus.PASSED, RunStatus.PASSED), warm.results
        assert project.warm.problem == ""


async def test_a_project_that_makes_warnings_errors_runs_warm_too(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With plugins that were imported outside of pytest's hook it would run none."""
    strict = {"pytest.ini": "[pytest]\nfilterwarnings = error\n", "conftest.py": "pytest_plugins = ['helping']\n"}
    helping = "import pytest\n\n\n@pytest.fixture\ndef two():\n    return 2\n"
    test = "def test_two(two):\n    assert two == 2\n"
    async with project_of(
        make_repo({**strict, "helping.py": helping, "test_two.py": test}), tmp_path, monkeypatch
    ) as project:
        for _ in range(2):
            run = await project.run("test_two.py")
            assert (run.status, len(run.results)) == (RunStatus.PASSED, 1), run.message
        assert project.warm.problem == ""


async def test_a_warm_run_that_is_cancelled_leaves_nothing_behind(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo(FILES), tmp_path, monkeypatch) as project:
        await project.run("test_bad.py")
        began = asyncio.Event()
        running = asyncio.create_task(
            project.run("test_slow.py", lambda result: began.set() if result.outcome is TestOutcome.RUNNING else None)
        )
        await began.wait()
        while not project.said.exists() or not project.said.read_text():
            await asyncio.sleep(0.02)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        with pytest.raises(ProcessLookupError):
            os.kill(int(project.said.read_text()), 0)


LEAVING = """import os
import pathlib
import subprocess
import time


def test_leaves_two():
    started = subprocess.Popen(["sleep", "600"], start_new_session=True)
    forked = os.fork()
    if not forked:
        os.setsid()
        time.sleep(600)
    pathlib.Path(os.environ["SAID"]).write_text(f"{started.pid} {forked}")
"""


async def test_what_a_test_left_in_a_session_of_its_own_does_not_outlive_a_warm_run(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo({**FILES, "test_leaving.py": LEAVING}), tmp_path, monkeypatch) as project:
        await project.run("test_bad.py")
        run = await project.run("test_leaving.py")
        assert (run.status, project.warm.problem) == (RunStatus.PASSED, "")
        for pid in map(int, project.said.read_text().split()):
            assert eventually(lambda pid=pid: gone(pid)), "it ends with the run, not with the server"


BREAKING = {
    "import threading\nimport time\n\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n": (
        "a preloaded module runs threads"
    ),
    "import asyncio\n\nLOOP = asyncio.new_event_loop()\n": "a preloaded module has an event loop",
    "import socket\n\nPAIR = socket.socketpair()\n": "a preloaded module holds a connection open",
}


async def test_a_library_that_a_fork_would_break_is_never_forked(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with project_of(make_repo(FILES), tmp_path, monkeypatch) as project:
        interpreter = (await project.python.get()).path
        for number, (source, why) in enumerate(BREAKING.items()):
            (tmp_path / f"busy_library_{number}.py").write_text(source)
            request = TestRequest(str(project.repo.path), interpreter, "", env={"PYTHONPATH": str(tmp_path)})
            await project.warm.prepare(PytestRunner().server(request, [f"busy_library_{number}"]), str(number))
            command: TestCommand = PytestRunner().command(request)
            assert await project.warm.launch(command, tmp_path / "errors", str(number)) is None
            assert project.warm.problem == why
        run = await project.run("test_bad.py")
        assert run.status is RunStatus.FAILED, "cold"
