"""A repetition that does not end: it is ended at a limit of its own and counted, and those after it are run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder

TESTS = """import pathlib
import threading

COUNT = pathlib.Path({count!r})


def test_waits():
    COUNT.write_text(COUNT.read_text() + ".")
    if len(COUNT.read_text()) == 2:
        threading.Event().wait()


def test_goes_on():
    assert threading.active_count() == 1
"""


def test_a_repetition_that_hangs_is_counted_and_the_others_run(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    count = tmp_path / "count"
    count.write_text("")
    repo = make_repo({"conftest.py": "", "workbench.toml": "tests.timeout = 40\n"})
    repo.write("test_shop.py", TESTS.format(count=str(count)))
    argv = ["test", "--repo", str(repo.path), "--stress", "5", "--format", "json"]
    tests = ["test_shop.py::test_waits", "test_shop.py::test_goes_on"]
    command = [sys.executable, "-P", "-m", "workbench", *argv, *tests]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    waits, goes_on = json.loads(ended.stdout)["stressed"]
    assert (waits["rate"], waits["over"]) == ({"failed": 1, "n": 5}, 1)
    assert waits["message"] == "a repetition took more than 8 s and was ended"
    assert (goes_on["rate"], goes_on["over"]) == ({"failed": 0, "n": 5}, 0)
    assert len(count.read_text()) == 5
