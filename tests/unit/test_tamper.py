"""A change that gets green by looking away is called out; one that adds a test is not."""

from __future__ import annotations

import pytest

from workbench.analysis.diffs import Diff, diff_texts
from workbench.analysis.tamper import tamper_marks

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


def test_a_silencer_in_the_code_is_marked() -> None:
    assert kinds("shop/cart.py", "x = f()\n", "x = f()  # type: ignore\n") == {"silencer_added"}
    assert kinds("shop/cart.py", "x = f()\n", "x = g()\n") == set()
