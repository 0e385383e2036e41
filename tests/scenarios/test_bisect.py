"""``workbench bisect`` on a real history: the test is carried, what cannot run is passed over, a stop loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.test_prove import BUG, FIXED, our_python

__all__ = ["our_python"]

TEST = "tests/test_sum.py::test_sum"


def bisect(repo: RepoBuilder, *args: str, code: int = 0) -> tuple[dict[str, Any], str]:
    argv = [sys.executable, "-P", "-m", "workbench", "bisect", TEST, "--repo", str(repo.path), *args]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return (json.loads(ended.stdout) if ended.stdout.startswith("{") else {}), ended.stdout + ended.stderr


@pytest.fixture
def history(make_repo: Callable[..., RepoBuilder]) -> tuple[RepoBuilder, list[str]]:
    """Eight commits: right until the fourth; the fifth cannot be imported; wrong from the sixth on."""
    repo = make_repo({"shop/__init__.py": "", "shop/cart.py": FIXED, "conftest.py": ""})
    names = [repo.head]
    for number in range(1, 8):
        repo.write("shop/notes.py", f"N = {number}\n")
        if number in (4, 5):
            repo.write("shop/cart.py", "import nowhere_at_all\n" if number == 4 else BUG)
        names.append(repo.commit(f"commit {number}"))
    repo.write("tests/test_sum.py", "from shop.cart import total\n\n\ndef test_sum():\n    assert total([1, 2]) == 3\n")
    return repo, names


def test_the_commit_is_found_with_a_test_that_no_commit_has(history: tuple[RepoBuilder, list[str]]) -> None:
    repo, names = history
    found, _ = bisect(repo, "--format", "json")
    assert found["commits"] == names[4:6]
    assert found["subject"] == "commit 5"
    assert "+    return sum(prices) + 1" in found["diff"]
    assert found["tried"][names[4]]["trial"] == "skip"
    _, text = bisect(repo, "--good", names[0])
    assert "(tried before)" in text
    assert f"or one of {names[4][:10]}: the test could not be run there" in text
    assert repo.git("status", "--porcelain") == b"?? tests/\n"


def test_what_passes_or_cannot_be_good_is_said(history: tuple[RepoBuilder, list[str]]) -> None:
    repo, names = history
    _, said = bisect(repo, "--bad", names[2], code=3)
    assert "there is nothing to find" in said
    _, said = bisect(repo, "--good", names[6], code=3)
    assert f"does not pass at {names[6]}" in said
    assert "Traceback" not in said


def test_the_branch_that_a_merge_brought_is_searched(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({"shop/__init__.py": "", "shop/cart.py": FIXED, "conftest.py": ""})
    repo.git("switch", "-q", "-c", "side")
    repo.write("shop/a.py", "A = 1\n")
    repo.commit("side one")
    repo.write("shop/cart.py", BUG)
    guilty = repo.commit("side two")
    repo.git("switch", "-q", "main")
    repo.write("shop/b.py", "B = 1\n")
    repo.commit("main one")
    repo.git("-c", "user.name=A", "-c", "user.email=a@example.org", "merge", "-q", "--no-ff", "-m", "merge", "side")
    repo.write("tests/test_sum.py", "from shop.cart import total\n\n\ndef test_sum():\n    assert total([1, 2]) == 3\n")
    found, _ = bisect(repo, "--format", "json")
    assert found["commits"] == [guilty]


def test_a_number_that_the_test_records_is_followed(make_repo: Callable[..., RepoBuilder]) -> None:
    asked = "def total(prices):\n    asked = {}\n    return sum(prices), asked\n"
    repo = make_repo({"shop/__init__.py": "", "shop/cart.py": asked.format(2), "conftest.py": ""})
    first = repo.head
    names = []
    for number, queries in ((1, 2), (2, 12), (3, 13)):
        repo.write("shop/b.py", f"B = {number}\n")
        repo.write("shop/cart.py", asked.format(queries))
        names.append(repo.commit(f"commit {number}"))
    guilty = names[1]
    test = "def test_sum(record_property):\n    record_property('queries', total([1])[1])\n"
    repo.write("tests/test_sum.py", f"from shop.cart import total\n\n\n{test}")
    found, _ = bisect(repo, "--good", first, "--by", "queries", "--format", "json")
    assert found["commits"] == [guilty]
    assert found["tried"][guilty] == {
        "trial": "bad",
        "reason": "queries is 12 (6 times the good commit's)",
        "value": 12.0,
    }
    _, said = bisect(repo, "--good", first, "--by", "rows", code=3)
    assert "records no number called rows" in said
    _, said = bisect(repo, "--good", guilty, "--by", "queries", code=3)
    assert "a factor of less than 1.3 is noise" in said


def test_a_test_that_became_slow_is_found_by_its_duration(make_repo: Callable[..., RepoBuilder]) -> None:
    slow = "import time\n\n\ndef total(prices):\n    time.sleep({})\n    return sum(prices)\n"
    repo = make_repo({"shop/__init__.py": "", "shop/cart.py": slow.format(0.05), "conftest.py": ""})
    first = repo.head
    repo.write("shop/b.py", "B = 1\n")
    repo.commit("harmless")
    repo.write("shop/cart.py", slow.format(1))
    guilty = repo.commit("slow")
    repo.write("tests/test_sum.py", "from shop.cart import total\n\n\ndef test_sum():\n    assert total([1, 2]) == 3\n")
    found, _ = bisect(repo, "--good", first, "--by", "seconds", "--format", "json")
    assert found["commits"] == [guilty]
