"""``workbench test --stress`` and ``--perturb``: a race, its rate, its interleaving, its replay."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.test_prove import our_python
from workbench.analysis.proof import hides_rows

__all__ = ["our_python"]

RACY = """state = {}


def sell():
    if not state.get('sold'):
        state['sold'] = True
        state['n'] += 1
"""
RIGHT = (
    "import threading\n\nlock = threading.Lock()\n"
    + RACY.replace("def sell", "def _sell")
    + ("\n\ndef sell():\n    with lock:\n        _sell()\n")
)
TEST = """import threading
from shop import sell, state


def test_one_winner():
    state.update(sold=False, n=0)
    threads = [threading.Thread(target=sell) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert state["n"] == 1
"""


def stress(repo: RepoBuilder, *args: str, code: int) -> str:
    argv = [sys.executable, "-P", "-m", "workbench", "test", "--repo", str(repo.path), *args]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout


def again(repo: RepoBuilder, seed: int) -> tuple[int, str]:
    """The first seed from ``seed`` on that fails when it is run alone, with what was said: on a machine that is busy
    with other things threads come late however they are delayed, so that no single one is sure to."""
    argv = ["test", "--repo", str(repo.path), "--perturb", "test_shop.py::test_one_winner", "--seed"]
    for tried in range(seed, seed + 12):
        words = [sys.executable, "-P", "-m", "workbench", *argv, str(tried)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        if ended.returncode == 1:
            return tried, ended.stdout
    raise AssertionError("no seed fails alone")


def test_seeded_delays_find_the_race_show_it_and_show_it_again(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({"shop.py": RACY, "conftest.py": ""})
    repo.write("shop.py", RIGHT)
    repo.write("test_shop.py", TEST)
    raw = stress(repo, "--stress", "20", "--perturb", "--seed", "2", "--format", "json", code=0)
    (one,) = json.loads(raw)["stressed"]
    assert one["rate"] == {"failed": 0, "n": 20}
    assert one["base"]["failed"] >= 5
    assert re.search(r"thread \d +shop.py:\d+  if not state", one["interleaving"])

    assert one["replayed"]["n"] == 2

    repo.write("shop.py", RACY)
    seed, said = again(repo, one["seed"])
    assert "1 of 1 runs fail" in said
    assert "assert 2 == 1" in said
    assert f"--perturb --seed {seed}" in said


TASKS = """import asyncio

state = {}


async def fill():
    await asyncio.sleep(0)
    state["ready"] = True


async def read():
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return state.get("ready", False)
"""
READS = """import asyncio
from shop import fill, read, state


def test_it_is_ready():
    state.clear()

    async def both():
        return (await asyncio.gather(fill(), read()))[1]

    assert asyncio.run(both())
"""


def test_tasks_that_count_on_their_order_are_found_and_shown(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({"shop.py": TASKS, "test_shop.py": READS, "conftest.py": ""})
    test = "test_shop.py::test_it_is_ready"
    raw = stress(repo, "--stress", "10", "--perturb", "--seed", "1", "--format", "json", test, code=1)
    (one,) = json.loads(raw)["stressed"]
    assert one["rate"]["failed"] >= 3
    assert one["replayed"] == {"failed": 2, "n": 2}
    assert re.search(r"task 3 +shop.py:\d+  return state.get", one["interleaving"]), one["interleaving"]
    assert "1 of 1 runs fail" in stress(repo, "--perturb", "--seed", str(one["seed"]), test, code=1)


@pytest.mark.parametrize(("base", "hidden"), [("TestCase", True), ("TransactionTestCase", False)])
def test_a_test_case_that_hides_its_rows_from_threads_is_named(base: str, hidden: bool) -> None:
    text = f"import threading\nfrom django.test import {base}\n\n\nclass TestOne({base}):\n    def test_a(self):\n"
    found: Any = hides_rows("test_a.py", text + "        threading.Thread(target=print).start()\n")
    assert found == (("test_a.py::TestOne::test_a",) if hidden else ())
