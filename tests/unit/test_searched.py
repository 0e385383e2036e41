"""Whether a run of everything looks into a new file is told as pytest would."""

from __future__ import annotations

import pytest

from workbench.analysis.searched import is_searched
from workbench.case.testing import Searched

PLAIN = Searched(names=("test_*.py", "*_test.py"), skipped=("*.egg", ".*", "build", "cases/typed"))
NARROW = Searched(("tests", "src/shop"), ("check_*.py", "special/*.py"), passed=("tests/old", "tests/check_it.py"))


@pytest.mark.parametrize("path", ["test_a.py", "tests/test_a.py", "new/deep/a_test.py", "cases/test_a.py"])
def test_a_file_that_pytest_would_find(path: str) -> None:
    assert is_searched(path, PLAIN)


@pytest.mark.parametrize(
    "path", ["tests.py", "build/test_a.py", "tests/.hidden/test_a.py", "a/x.egg/b/test_a.py", "cases/typed/test_a.py"]
)
def test_a_file_of_another_name_or_in_a_folder_that_is_left_out(path: str) -> None:
    assert not is_searched(path, PLAIN)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("tests/check_a.py", True),
        ("tests/special/a.py", True),
        ("src/shop/deep/check_a.py", True),
        ("tests/test_a.py", False),
        ("src/check_a.py", False),
        ("testsuite/check_a.py", False),
        ("tests/old/check_a.py", False),
        ("tests/check_it.py", False),
    ],
)
def test_a_run_that_begins_in_folders_and_passes_over_some(path: str, found: bool) -> None:
    assert is_searched(path, NARROW) is found
