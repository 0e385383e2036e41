"""Which files are tests or support them, by their names. Pure."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath

_TEST_FOLDERS = frozenset({"tests", "test", "testing", "testsuite", "testdata", "fixtures"})


@lru_cache(65536)
def is_test_path(path: str) -> bool:
    """Whether a file is a test or supports tests: by its own name or by a folder it stands in."""
    pure = PurePosixPath(path)
    name = pure.name
    if name in ("conftest.py", "tests.py", "pytest.ini"):
        return True
    if pure.suffix == ".py" and (name.startswith("test_") or pure.stem.endswith("_test")):
        return True
    return any(part in _TEST_FOLDERS for part in pure.parts[:-1])


@lru_cache(65536)
def holds_tests(path: str) -> bool:
    """Whether pytest would collect tests from a file of this name by default."""
    pure = PurePosixPath(path)
    if pure.suffix != ".py":
        return False
    return pure.name.startswith("test_") or pure.stem.endswith("_test") or pure.name == "tests.py"
