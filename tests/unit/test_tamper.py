"""A change that gets green by looking away is called out; one that adds a test is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from workbench.analysis.diffs import Diff, decode_diff, diff_texts, parse_diff
from workbench.analysis.tamper import tamper_marks
from workbench.engine.repo.facts import read_facts
from workbench.engine.repo.trees import Trees

TEST = "def test_a():\n    assert total([1]) == 1\n\n\ndef test_b():\n    assert wait(timeout=1)\n"


def kinds(path: str, old: str | None, new: str | None) -> set[str]:
    return {mark.kind for mark in tamper_marks(Diff((diff_texts(path, old, new),)))}


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (TEST.replace("def test_a", "@pytest.mark.skip\ndef test_a"), "skip_added"),
        (TEST.replace("def test_a", "@pytest.mark.xfail(strict=False)\ndef test_a"), "skip_added"),
        (TEST.replace("def test_a", "@pytest.mark.flaky(reruns=3)\ndef test_a"), "retry_added"),
        (TEST.replace("    assert wait", "    time.sleep(2)\n    assert wait"), "sleep_added"),
        (TEST.replace("    assert total([1]) == 1\n", "    total([1])\n"), "assertion_removed"),
        (TEST.replace("== 1", "!= 99"), "assertion_loosened"),
        (TEST.replace("assert total([1]) == 1", "assert True"), "assertion_loosened"),
        (TEST.replace("timeout=1", "timeout=30"), "tolerance_changed"),
        (TEST.split("\n\n\n")[1], "test_removed"),
        (None, "test_removed"),
    ],
)
def test_a_weakened_test_is_marked(new: str | None, kind: str) -> None:
    assert kind in kinds("tests/test_cart.py", TEST, new)


def test_a_new_test_is_no_tampering() -> None:
    assert kinds("tests/test_cart.py", TEST, TEST + "\n\ndef test_c():\n    assert total([]) == 0\n") == set()
    assert kinds("tests/test_new.py", None, TEST) == set()


def test_ci_and_settings_are_marked() -> None:
    assert kinds(".github/workflows/test.yml", "run: pytest\n", "run: true\n") == {"ci_changed"}
    assert kinds(".coveragerc", "[run]\n", "[run]\nomit = *\n") == {"settings_changed"}
    old = "[tool.pytest.ini_options]\naddopts = '-W error'\n"
    assert kinds("pyproject.toml", old, old.replace("-W error", "")) == {"settings_changed"}


def test_a_setting_far_below_its_heading_is_marked(make_repo: Callable[..., RepoBuilder], tmp_path: Path) -> None:
    many = "".join(f'    "a{number}",\n' for number in range(20))
    text = f"[project]\nname = 'x'\n\n[tool.coverage.run]\nomit = [\n{many}]\n\n[project.urls]\nhome = 'y'\n"
    repo = make_repo({"pyproject.toml": text})
    trees = Trees(read_facts(repo.path), tmp_path / "cache")
    for old, new, marked in (('    "a19",\n', '    "a19",\n    "shop/*",\n', True), ("'y'", "'z'", False)):
        repo.write("pyproject.toml", text.replace(old, new))
        diff = parse_diff(decode_diff(trees.diff(trees.tree_of("HEAD"), trees.working())))
        assert [mark.text for mark in tamper_marks(diff)] == (["[tool.coverage.run]"] if marked else []), new


def test_what_tests_are_compared_with_is_marked_when_it_is_another() -> None:
    for path in ("tests/conftest.py", "tests/fixtures/order.json", "tests/__snapshots__/page.txt"):
        assert kinds(path, "a\nb\n", "a\nc\n") == {"fixture_changed"}
        assert kinds(path, "a\n", "a\nb\n") == kinds(path, None, "a\n") == set(), "more of it is none"
    assert kinds("shop/fixtures.py", "a\n", "b\n") == set()


def test_a_silencer_in_the_code_is_marked() -> None:
    assert kinds("shop/cart.py", "x = f()\n", "x = f()  # type: ignore\n") == {"silencer_added"}
    assert kinds("shop/cart.py", "x = f()\n", "x = g()\n") == set()
