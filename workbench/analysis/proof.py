"""The rules of red, green, red again: which tests a change brings, what counts as red, what runs mean. Pure."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from workbench.analysis.statistics import fisher_exact_greater, wilson_interval
from workbench.case.enums import TestOutcome
from workbench.case.model import TestResult
from workbench.case.testing import Raised

_ASSERTIONS = frozenset({"AssertionError", "Failed"})
_NOT_A_REASON = frozenset({"ImportError", "SyntaxError", "NameError", "UsageError", "FixtureLookupError"})
_TEST_FOLDERS = frozenset({"tests", "test", "testing", "testdata", "fixtures"})
_CONCURRENT = frozenset({"threading", "concurrent", "multiprocessing", "asyncio", "_thread", "anyio", "trio"})

SIGNIFICANT = 0.01
"""p-value under which two failure rates are called different."""


def is_test_path(path: str) -> bool:
    """Whether a file is a test or supports tests: by its own name or by a folder it stands in."""
    pure = PurePosixPath(path)
    name = pure.name
    if name in ("conftest.py", "tests.py", "pytest.ini"):
        return True
    if pure.suffix == ".py" and (name.startswith("test_") or pure.stem.endswith("_test")):
        return True
    return any(part in _TEST_FOLDERS for part in pure.parts[:-1])


def holds_tests(path: str) -> bool:
    """Whether pytest would collect tests from a file of this name by default."""
    pure = PurePosixPath(path)
    if pure.suffix != ".py":
        return False
    return pure.name.startswith("test_") or pure.stem.endswith("_test") or pure.name == "tests.py"


@dataclass(frozen=True, slots=True)
class TestCode:
    """One test function: its node id without parameters, its normalised source, whether it starts concurrency."""

    __test__ = False

    id: str
    source: str
    racy: bool


def find_tests(path: str, text: str) -> dict[str, TestCode]:
    """The tests of a Python file by node id. Raises SyntaxError when it does not parse."""
    module = ast.parse(text)
    concurrent = any(_imports(node) & _CONCURRENT for node in ast.walk(module))
    found: dict[str, TestCode] = {}
    for node in module.body:
        _collect(node, path, found, concurrent)
    return found


def changed_tests(path: str, before: str | None, after: str) -> tuple[str, ...]:
    """Node ids of the tests of ``path`` that are new or changed; all of them when only what surrounds them changed."""
    now = find_tests(path, after)
    if before is None:
        return tuple(now)
    try:
        then = find_tests(path, before)
    except SyntaxError:
        return tuple(now)
    changed = tuple(ident for ident, code in now.items() if ident not in then or then[ident].source != code.source)
    if changed:
        return changed
    same = ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    return () if same else tuple(now)


@dataclass(frozen=True, slots=True)
class Redness:
    """Whether a result is red for the intended reason, and the reason in words."""

    red: bool
    reason: str


def redness(result: TestResult, raised: Raised | None, root: str) -> Redness:
    """Judge one result of the tree without the fix.

    Red is a failed assertion, or an exception with a frame in a file of ``root`` that is no test. An import,
    collection, fixture or syntax error is not red: the test did not reach what it is about.
    """
    if result.outcome is TestOutcome.COLLECTION_ERROR:
        return Redness(False, f"could not be collected: {result.message}")
    if result.outcome is TestOutcome.ERROR:
        return Redness(False, f"failed in its set-up or teardown: {first_line(result.message)}")
    if result.outcome in (TestOutcome.CRASHED, TestOutcome.TIMED_OUT):
        return Redness(False, f"{result.outcome.value.replace('_', ' ')} instead of failing")
    if result.outcome is not TestOutcome.FAILED:
        return Redness(False, f"is {result.outcome.value}")
    message = first_line(result.message) or (f"{raised.type}: {first_line(raised.text)}" if raised else "")
    if raised is None:
        return Redness(False, f"failed without an exception that could be read: {message}")
    if set(raised.bases) & _NOT_A_REASON or raised.type in _NOT_A_REASON:
        return Redness(False, f"fails for another reason: {message}")
    if set(raised.bases) & _ASSERTIONS:
        return Redness(True, message)
    inside = [frame for frame in raised.frames if (path := _inside(frame[0], root)) and not is_test_path(path)]
    if inside:
        path, line, function = inside[-1]
        return Redness(True, f"{message} at {_inside(path, root)}:{line} in {function}")
    return Redness(False, f"fails in the test itself, not where the cause is: {message}")


def same_reason(first: Raised | None, again: Raised | None) -> bool:
    """Whether two failures are the same one: exception type, and for anything but assertions the raising function."""
    if first is None or again is None:
        return first is again
    if first.type != again.type:
        return False
    if set(first.bases) & _ASSERTIONS:
        return True
    return bool(first.frames and again.frames) and first.frames[-1][2] == again.frames[-1][2]


@dataclass(frozen=True, slots=True)
class Rate:
    """Failures of ``n`` runs."""

    failed: int
    n: int

    def words(self) -> str:
        """The rate with its 95 % confidence interval."""
        low, high = wilson_interval(self.failed, self.n)
        return f"{self.failed} of {self.n} runs fail ({low:.0%} to {high:.0%})"


def rates_differ(without: Rate, with_fix: Rate) -> bool:
    """Whether tests fail more often without the fix than with it, by Fisher's exact test at SIGNIFICANT."""
    return fisher_exact_greater(without.failed, without.n, with_fix.failed, with_fix.n) < SIGNIFICANT


def foreign_modules(modules: Mapping[str, str], worktree: str) -> tuple[str, ...]:
    """Names of project modules that were imported from anywhere but ``worktree`` (absolute, resolved)."""
    prefix = worktree.rstrip("/") + "/"
    return tuple(sorted(name for name, path in modules.items() if not path.startswith(prefix)))


def first_line(text: str) -> str:
    """The first line that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _inside(path: str, root: str) -> str:
    prefix = root.rstrip("/") + "/"
    inner = path[len(prefix) :] if path.startswith(prefix) else ""
    return "" if "site-packages/" in inner else inner


def _collect(node: ast.stmt, prefix: str, found: dict[str, TestCode], concurrent: bool) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
        ident = f"{prefix}::{node.name}"
        found[ident] = TestCode(ident, ast.dump(node), concurrent and _is_concurrent(node))
    elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or node.bases):
        for child in node.body:
            _collect(child, f"{prefix}::{node.name}", found, concurrent)


def _is_concurrent(node: ast.AST) -> bool:
    words = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    words |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return bool(words & {"Thread", "Barrier", "ThreadPoolExecutor", "ProcessPoolExecutor", "gather", "Process"})


def _imports(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module.split(".")[0]}
    return set()


def worst_first(results: Sequence[TestResult]) -> list[TestResult]:
    """Failures before everything else, then by id."""
    order = {TestOutcome.COLLECTION_ERROR: 0, TestOutcome.CRASHED: 1, TestOutcome.ERROR: 2, TestOutcome.FAILED: 3}
    return sorted(results, key=lambda result: (order.get(result.outcome, 9), result.id))
