"""A change that holds more than its fix: the needed hunks are found, wherever and however they were changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.test_prove import BUG, FIXED, NEW_TEST, OLD_TEST, our_python, outcomes, prove

__all__ = ["our_python"]

LONG = "".join(f"def unused_{n}():\n    return {n}\n\n\n" for n in range(8))


@pytest.fixture
def shop(make_repo: Callable[..., RepoBuilder]) -> RepoBuilder:
    files = {"shop/__init__.py": "", "shop/cart.py": LONG + BUG, "shop/old.py": "X = 1\n", "conftest.py": ""}
    return make_repo({**files, "tests/test_cart.py": OLD_TEST, "README.md": "Shop\n"})


def test_the_hunk_that_is_needed_is_found_among_commits_index_and_working_tree(shop: RepoBuilder) -> None:
    shop.git("switch", "-q", "-c", "fix")
    shop.write("shop/cart.py", LONG.replace("return 3", "return 33") + FIXED)
    shop.commit("the fix, and a refactoring")
    shop.write("README.md", "Shop, mended\n")
    shop.write("shop/new.py", "Y = 1\n")
    shop.git("add", "shop/new.py")
    (shop.path / "shop" / "old.py").unlink()
    shop.write("tests/test_cart.py", NEW_TEST)
    proof = prove(shop, code=0)
    assert outcomes(proof) == [("red", "red"), ("green", "green"), ("red_again", "red")]
    assert proof["fix"] == ["shop/cart.py:34"]
    again = proof["steps"][2]
    assert again["reason"] == ("with the fix alone taken away: shop/cart.py:34 (1 of 5 changes): fails the same way")
    assert again["tree"] not in (proof["base"], proof["head"], proof["steps"][0]["tree"])
    assert "assert 4 == 3" in again["output"]
    other = prove(shop, "--fix", "shop/cart.py:14", code=1)
    assert other["status"] == "not_needed"


def test_where_the_rest_needs_the_fix_all_of_it_is_the_fix(shop: RepoBuilder) -> None:
    shop.write("shop/rates.py", "ADDED = 0\n")
    shop.write(
        "shop/cart.py",
        LONG + "from shop.rates import ADDED\n\n\n" + FIXED.replace("sum(prices)", "sum(prices) + ADDED"),
    )
    shop.write("tests/test_cart.py", NEW_TEST)
    proof = prove(shop, code=0)
    assert proof["fix"] == []
    assert "this is the tree of step 1" in proof["steps"][2]["reason"]


def test_a_test_that_stands_in_the_file_of_its_code(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({"cart.py": BUG, "other.py": "", "conftest.py": ""})
    repo.write("cart.py", FIXED + "\n\ndef test_sum():\n    assert total([1, 2]) == 3\n")
    proof = prove(repo, code=0)
    assert proof["tests"] == ["cart.py::test_sum"]
    assert "assert 4 == 3" in proof["steps"][0]["reason"]
    repo.write("cart.py", BUG + "\n\ndef test_sum():\n    assert total([1, 2]) == 4\n")
    assert prove(repo, code=3)["status"] == "inconclusive"


def test_a_test_that_is_set_racy_is_repeated(shop: RepoBuilder) -> None:
    shop.write("shop/cart.py", LONG + FIXED)
    shop.write("tests/test_cart.py", NEW_TEST)
    shop.write("workbench.toml", 'tests.racy = ["tests/test_cart.py"]\n')
    proof = prove(shop, "--fix", "shop/cart.py", code=0)
    assert proof["steps"][1]["reason"] == "30 of 30 runs"


def test_a_test_that_cannot_be_run_with_the_change_either_tells_nothing(shop: RepoBuilder) -> None:
    shop.write("shop/cart.py", LONG + FIXED)
    shop.write("tests/test_cart.py", "import nowhere_at_all\n" + NEW_TEST)
    proof = prove(shop, code=3)
    assert "cannot be run, with the change neither: it could not be collected" in proof["reason"]
