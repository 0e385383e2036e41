"""``workbench prove`` on real repositories with real pytest: three lines when proven, the sentence when not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BUG = "def total(prices):\n    return sum(prices) + 1\n"
FIXED = "def total(prices):\n    return sum(prices)\n"
OLD_TEST = "from shop.cart import total\n\n\ndef test_empty():\n    assert total([]) >= 0\n"
NEW_TEST = OLD_TEST + "\n\ndef test_sum():\n    assert total([1, 2]) == 3\n"


@pytest.fixture
def shop(make_repo: Callable[..., Any]) -> Any:
    return make_repo({"shop/__init__.py": "", "shop/cart.py": BUG, "tests/test_cart.py": OLD_TEST, "conftest.py": ""})


def prove(repo: Any, *args: str, code: int) -> dict[str, Any]:
    argv = [sys.executable, "-P", "-m", "workbench", "prove", "--format", "json", "--repo", str(repo.path), *args]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return dict(json.loads(ended.stdout))


def outcomes(proof: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["name"], step["outcome"]) for step in proof["steps"]]


@pytest.fixture(autouse=True)
def our_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PYTHON", sys.executable)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_a_fix_with_its_test_is_proven_and_the_users_tree_is_not_touched(shop: Any) -> None:
    shop.write("shop/cart.py", FIXED)
    shop.write("tests/test_cart.py", NEW_TEST)
    before = shop.git("status", "--porcelain", "--ignored")
    proof = prove(shop, code=0)
    assert proof["status"] == "proven"
    assert outcomes(proof) == [("red", "red"), ("green", "green"), ("red_again", "red")]
    assert proof["tests"] == ["tests/test_cart.py::test_sum"]
    assert "assert 4 == 3" in proof["steps"][0]["reason"]
    assert shop.git("status", "--porcelain", "--ignored") == before
    assert shop.git("worktree", "list").count(b"\n") == 1


def test_an_unrelated_edit_is_not_green(shop: Any) -> None:
    shop.write("shop/other.py", "X = 1\n")
    shop.write("tests/test_cart.py", NEW_TEST)
    proof = prove(shop, code=1)
    assert proof["status"] == "not_green"
    assert "assert 4 == 3" in proof["reason"]


def test_a_test_that_fails_by_an_import_error_is_not_red(shop: Any) -> None:
    shop.write("shop/cart.py", FIXED + "\n\ndef tax(price):\n    return price * 2\n")
    shop.write("tests/test_cart.py", "from shop.cart import tax\n\n\ndef test_tax():\n    assert tax(1) == 2\n")
    proof = prove(shop, code=1)
    assert proof["status"] == "not_red"
    assert "could not be collected" in proof["reason"]


def test_a_test_that_passes_without_the_fix_is_not_needed(shop: Any) -> None:
    shop.write("shop/cart.py", FIXED)
    shop.write("tests/test_cart.py", OLD_TEST + "\n\ndef test_more():\n    assert total([1]) >= 1\n")
    assert prove(shop, code=1)["status"] == "not_needed"


def test_a_test_that_is_flaky_without_the_fix_proves_nothing(shop: Any, tmp_path: Path) -> None:
    count = tmp_path / "count"
    flaky = (
        f"import pathlib\n\nCOUNT = pathlib.Path({str(count)!r})\n\n\ndef test_flaky():\n"
        "    with COUNT.open('ab') as file:\n        file.write(b'x')\n        n = file.tell()\n    assert n % 3\n"
    )
    shop.write("shop/cart.py", FIXED)
    shop.write("tests/test_flaky.py", flaky)
    assert prove(shop, code=1)["status"] in ("not_green", "not_needed", "inconclusive")


def test_a_change_without_a_test_cannot_be_told(shop: Any) -> None:
    shop.write("shop/cart.py", FIXED)
    assert prove(shop, code=3)["status"] == "inconclusive"


def test_a_branch_is_proven_against_its_merge_base(shop: Any) -> None:
    shop.git("switch", "-q", "-c", "fix")
    shop.write("shop/cart.py", FIXED)
    shop.commit("fix")
    shop.write("tests/test_cart.py", NEW_TEST)
    shop.commit("test")
    assert prove(shop, code=0)["status"] == "proven"


def test_where_the_fault_came_on_the_branch_the_nearer_base_is_named(make_repo: Callable[..., Any]) -> None:
    repo = make_repo({"shop/__init__.py": "", "shop/cart.py": FIXED, "tests/test_cart.py": OLD_TEST, "conftest.py": ""})
    repo.git("switch", "-q", "-c", "work")
    repo.write("shop/cart.py", BUG)
    repo.commit("broken here")
    repo.write("shop/cart.py", FIXED + "\n\nLIMIT = 9\n")
    repo.write("tests/test_cart.py", NEW_TEST)
    proof = prove(repo, code=1)
    assert proof["status"] == "not_needed"
    assert proof["reason"].endswith("ask with --base HEAD")
    assert prove(repo, "--base", "HEAD", code=0)["status"] == "proven"


def test_where_the_fix_is_only_a_part_it_is_taken_away_alone(shop: Any) -> None:
    shop.write("shop/cart.py", FIXED)
    shop.write("shop/log.py", "LEVEL = 'info'\n")
    shop.write("tests/test_cart.py", NEW_TEST)
    proof = prove(shop, "--fix", "shop/cart.py", code=0)
    assert proof["steps"][2]["reason"] == "with the fix alone taken away: fails the same way"
    wrong = prove(shop, "--fix", "shop/log.py", code=1)
    assert wrong["status"] == "not_needed"
    assert "something else in the change makes it pass" in wrong["reason"]


def test_an_editable_install_cannot_serve_the_fixed_tree(make_repo: Callable[..., Any], tmp_path: Path) -> None:
    repo = make_repo(
        {
            "src/till/__init__.py": "",
            "src/till/cart.py": BUG,
            "pyproject.toml": "[project]\nname='till'\nversion='1'\n",
            "tests/test_cart.py": OLD_TEST.replace("shop", "till"),
        }
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "till.pth").write_text(f"{repo.path / 'src'}\n")
    (site / "rest.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")) + "\n")
    repo.write("src/till/cart.py", FIXED)
    repo.write("tests/test_cart.py", NEW_TEST.replace("shop", "till"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_PYTHON", str(tmp_path / "env" / "bin" / "python"))
        proof = prove(repo, code=0)
    assert "assert 4 == 3" in proof["steps"][0]["reason"]


def test_a_folder_without_git_says_so(tmp_path: Path) -> None:
    argv = [sys.executable, "-P", "-m", "workbench", "prove", "--repo", str(tmp_path)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "no git repository" in ended.stderr
    assert "Traceback" not in ended.stderr
