"""What counts as red, which tests a change brings, and when two rates differ."""

from __future__ import annotations

import pytest

from workbench.analysis.proof import (
    Rate,
    changed_tests,
    find_tests,
    foreign_modules,
    holds_tests,
    is_test_path,
    rates_differ,
    redness,
    runs_to_see,
    same_reason,
)
from workbench.case.model import TestOutcome, TestResult
from workbench.case.testing import Raised

ROOT = "/w/tree"


def failed(message: str = "assert 2 == 1", outcome: TestOutcome = TestOutcome.FAILED) -> TestResult:
    return TestResult("tests/test_a.py::test_one", outcome, message=message)


def raised(name: str, *frames: tuple[str, int, str], bases: tuple[str, ...] = ()) -> Raised:
    return Raised(name, (name, *bases, "Exception", "BaseException"), "text", frames)


TEST = (f"{ROOT}/tests/test_a.py", 4, "test_one")
CODE = (f"{ROOT}/shop/cart.py", 9, "total")
LIBRARY = ("/usr/lib/python3/json/decoder.py", 1, "decode")


def test_a_failed_assertion_is_red() -> None:
    verdict = redness(failed(), raised("AssertionError", TEST), ROOT)
    assert verdict.red
    assert verdict.reason == "assert 2 == 1"


def test_an_exception_from_the_code_is_red_and_names_the_line() -> None:
    verdict = redness(failed("ZeroDivisionError: x"), raised("ZeroDivisionError", TEST, CODE), ROOT)
    assert verdict.red
    assert "shop/cart.py:9 in total" in verdict.reason
    assert redness(failed("ValueError"), raised("ValueError", TEST, CODE, LIBRARY), ROOT).red


@pytest.mark.parametrize("name", ["ImportError", "ModuleNotFoundError", "SyntaxError"])
def test_an_error_on_the_way_to_the_point_is_not_red(name: str) -> None:
    bases = ("ImportError",) if name == "ModuleNotFoundError" else ()
    assert not redness(failed(name), raised(name, TEST, CODE, bases=bases), ROOT).red


def test_a_name_that_the_code_lacks_is_red_and_one_that_the_test_lacks_is_not() -> None:
    bases = ("NameError",)
    assert redness(failed("UnboundLocalError"), raised("UnboundLocalError", TEST, CODE, bases=bases), ROOT).red
    assert not redness(failed("NameError"), raised("NameError", TEST), ROOT).red
    assert not redness(failed("NameError"), raised("NameError", CODE, TEST), ROOT).red
    assert not redness(failed("NameError"), raised("NameError", TEST, CODE, LIBRARY), ROOT).red


def test_an_exception_in_the_test_itself_is_not_red() -> None:
    assert not redness(failed("KeyError"), raised("KeyError", TEST), ROOT).red
    assert not redness(failed("TypeError"), raised("TypeError", TEST, LIBRARY), ROOT).red


@pytest.mark.parametrize(
    "outcome",
    [
        TestOutcome.COLLECTION_ERROR,
        TestOutcome.ERROR,
        TestOutcome.TEARDOWN_ERROR,
        TestOutcome.CRASHED,
        TestOutcome.TIMED_OUT,
        TestOutcome.SKIPPED,
        TestOutcome.XFAILED,
        TestOutcome.PASSED,
        TestOutcome.NOT_RUN,
    ],
)
def test_only_a_failure_can_be_red(outcome: TestOutcome) -> None:
    assert not redness(failed(outcome=outcome), raised("AssertionError", TEST), ROOT).red


def test_new_and_changed_tests_are_found_by_function() -> None:
    before = "def test_a():\n    assert 1\n\ndef test_b():\n    assert 2\n"
    after = before.replace("2", "3") + "# a comment\nclass TestC:\n    def test_d(self): ...\n"
    assert changed_tests("test_x.py", before, after) == ("test_x.py::test_b", "test_x.py::TestC::test_d")
    assert changed_tests("test_x.py", None, before) == ("test_x.py::test_a", "test_x.py::test_b")
    assert changed_tests("test_x.py", before, "\n# moved\n" + before) == ()


def test_a_test_of_a_mixin_goes_by_the_names_of_the_classes_that_have_it() -> None:
    text = (
        "class Signed(object):\n    def test_a(self): ...\n    def test_b(self): ...\n"
        "class Case(unittest.TestCase): ...\n"
        "class Url(Signed, Case): ...\n"
        "class Pickle(Url):\n    def test_b(self): ...\n"
    )
    changed = changed_tests("test_x.py", text.replace("test_a(self): ...", "test_a(self): 1"), text)
    assert changed == ("test_x.py::Url::test_a", "test_x.py::Pickle::test_a")
    assert set(find_tests("test_x.py", text)) == {
        f"test_x.py::{name}" for name in ("Url::test_a", "Url::test_b", "Pickle::test_a", "Pickle::test_b")
    }


def test_tests_under_a_condition_are_found() -> None:
    text = "try:\n    import numpy\nexcept ImportError:\n    pass\nelse:\n    def test_a(): ...\n"
    assert list(find_tests("test_x.py", text)) == ["test_x.py::test_a"]


def test_a_changed_fixture_brings_every_test_of_its_file() -> None:
    before = "LIMIT = 1\ndef test_a():\n    assert LIMIT\n"
    assert changed_tests("test_x.py", before, before.replace("= 1", "= 2")) == ("test_x.py::test_a",)


def test_a_test_that_starts_threads_is_racy() -> None:
    text = "import threading\ndef test_a():\n    threading.Thread(target=print).start()\ndef test_b(): ...\n"
    found = find_tests("test_x.py", text)
    assert found["test_x.py::test_a"].racy
    assert not found["test_x.py::test_b"].racy


def test_paths() -> None:
    assert is_test_path("tests/data/input.json")
    assert is_test_path("src/pkg/test_things.py")
    assert not is_test_path("src/pkg/latest.py")
    assert holds_tests("a/b_test.py")
    assert not holds_tests("tests/helpers.py")


def test_modules_from_elsewhere_are_named() -> None:
    modules = {"shop": "/home/me/shop/__init__.py", "shop.cart": f"{ROOT}/shop/cart.py"}
    assert foreign_modules(modules, ROOT) == ("shop",)


def test_rates() -> None:
    assert rates_differ(Rate(28, 30), Rate(0, 30))
    assert not rates_differ(Rate(3, 5), Rate(0, 5))
    assert not rates_differ(Rate(0, 30), Rate(0, 30))
    assert [runs_to_see(Rate(n, 30), 10) for n in (30, 15, 1, 0)] == [3, 10, 10, 10]
    assert Rate(28, 30).words().startswith("28 of 30 runs fail")


def test_same_reason_is_type_and_place() -> None:
    assert same_reason(raised("ValueError", TEST, CODE), raised("ValueError", CODE))
    assert not same_reason(raised("ValueError", CODE), raised("KeyError", CODE))
    assert not same_reason(raised("ValueError", CODE), raised("ValueError", LIBRARY))
