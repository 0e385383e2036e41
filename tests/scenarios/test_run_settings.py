"""``tests.runner``, ``tests.options`` and ``tests.timeout`` are obeyed, in the user's tree and in worktrees."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from tests.scenarios.test_prove import BUG, FIXED, prove
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestRun
from workbench.engine.known_python import KnownPython
from workbench.engine.options import Options, from_arguments
from workbench.engine.proof.change import NoChangeError
from workbench.engine.runners import NO_PYTHON, choose
from workbench.engine.runs import run_tests
from workbench.engine.session import Session

BOTH = {
    "conftest.py": "",
    "test_sum.py": "import unittest\n\n\ndef test_plain():\n    assert True\n\n\n"
    "class Sum(unittest.TestCase):\n    def test_case(self):\n        assert True\n",
}
"""What pytest sees as two tests and unittest as one."""


@pytest.fixture(autouse=True)
def our_python(monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)


async def ran(repo: RepoBuilder, settings: str) -> TestRun:
    """Run the tests with these settings."""
    repo.write("workbench.toml", settings)
    session = await Session.open(repo.path, options(repo))
    try:
        return await run_tests(session.services)
    finally:
        await session.close()


def options(repo: RepoBuilder) -> Options:
    return from_arguments(Namespace(store=str(repo.path.parent / "data"), jobs=1, trust=True))


def doctor(repo: RepoBuilder) -> str:
    """What the doctor says of the runner, or of the Python where none is needed."""
    argv = [sys.executable, "-P", "-m", "workbench", "doctor", "--trust", "--repo", str(repo.path)]
    said = subprocess.run(argv, capture_output=True, text=True, check=False).stdout.splitlines()
    found = next((line for line in said if "none needed" in line), "")
    return found or next(line for line in said if "test runner" in line)


async def test_the_runner_that_is_named_runs_the_tests(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo(BOTH)
    assert len((await ran(repo, "")).results) == 2
    run = await ran(repo, '[tests]\nrunner = "unittest"\n')
    assert [result.id for result in run.results] == ["test_sum.py::Sum::test_case"]
    assert "unittest" in doctor(repo)
    with pytest.raises(NoChangeError, match=r"tests\.runner names nose, which is no test runner here: .*pytest"):
        await ran(repo, '[tests]\nrunner = "nose"\n')
    with pytest.raises(NoChangeError, match=r"tests\.runner names jest, which is not available: .*node_modules"):
        await ran(repo, '[tests]\nrunner = "jest"\n')


async def test_more_arguments_for_the_runner(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({**BOTH, "pytest.ini": "[pytest]\naddopts = -m slow\nmarkers = slow\n"})
    assert "deselected" in (await ran(repo, "")).message
    run = await ran(repo, '[tests]\noptions = ["-m", "", "-k", "plain"]\n')
    assert [result.id for result in run.results] == ["test_sum.py::test_plain"]


async def test_a_run_ends_after_the_seconds_it_may_take(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({"conftest.py": "", "test_a.py": "import time\n\n\ndef test_hangs():\n    time.sleep(300)\n"})
    run = await ran(repo, "[tests]\ntimeout = 8\n")
    assert run.status is RunStatus.TIMED_OUT
    assert [result.outcome for result in run.results] == [TestOutcome.TIMED_OUT]


def test_a_proof_keeps_to_the_options_and_the_seconds(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({"shop/__init__.py": "", "shop/cart.py": BUG, "conftest.py": ""})
    test = "from shop.cart import total\n\n\ndef test_sum():\n    assert total([1, 2]) == 3\n"
    repo.write("shop/cart.py", FIXED)
    repo.write("tests/test_cart.py", test)
    repo.write("workbench.toml", '[tests]\noptions = ["-k", "nothing_of_that_name"]\n')
    assert "no test ran: 1 are deselected by the project's own options" in prove(repo, code=3)["reason"]
    repo.write("shop/cart.py", "import time\n\ntime.sleep(300)\n")
    repo.write("workbench.toml", "[tests]\ntimeout = 8\n")
    assert prove(repo, code=3)["reason"] == "time ran out"


async def test_no_python_is_looked_for_where_the_tests_are_of_another_language(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setenv("WORKBENCH_PYTHON", str(python))
    repo = make_repo({"package.json": "{}", "node_modules/.bin/vitest": "#!/bin/sh\n"})
    (repo.path / "node_modules/.bin/vitest").chmod(0o755)
    session = await Session.open(repo.path, options(repo))
    try:
        runner, interpreter = await choose(session.services, KnownPython(repo.path, session.services.commands))
    finally:
        await session.close()
    assert (type(runner).__name__, interpreter) == ("VitestRunner", NO_PYTHON)
    assert doctor(repo) == "✔ python for tests none needed: the tests are of another language"
    assert not (tmp_path / "asked").exists()
