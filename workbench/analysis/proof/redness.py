"""What counts as red, when two failures are the same one, whose code was run. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.analysis.proof.paths import is_test_path
from workbench.case.enums import TestOutcome
from workbench.case.model import TestResult
from workbench.case.testing import Raised

_ASSERTIONS = frozenset({"AssertionError", "Failed"})
_NOT_A_REASON = frozenset({"ImportError", "SyntaxError", "UsageError", "FixtureLookupError"})


@dataclass(frozen=True, slots=True)
class Redness:
    """Whether a result is red for the intended reason, and the reason in words."""

    red: bool
    reason: str


def redness(result: TestResult, raised: Raised | None, root: str) -> Redness:
    """Judge one result of the tree without the fix.

    Red is a failed assertion, or an exception with a frame in a file of ``root`` that is no test. An import,
    collection, fixture or syntax error is not red: the test did not reach what it is about; nor is a name that the test
    itself lacks.
    """
    if result.outcome is TestOutcome.COLLECTION_ERROR:
        return Redness(False, f"could not be collected: {result.message}")
    if result.outcome is TestOutcome.ERROR:
        return Redness(False, f"failed in its set-up: {first_line(result.message)}")
    if result.outcome is TestOutcome.TEARDOWN_ERROR:
        return Redness(False, f"failed in its teardown: {first_line(result.message)}")
    if result.outcome in (TestOutcome.CRASHED, TestOutcome.TIMED_OUT):
        return Redness(False, f"{result.outcome.value.replace('_', ' ')} instead of failing")
    if result.outcome is not TestOutcome.FAILED:
        return Redness(False, f"is {result.outcome.value}")
    message = first_line(result.message) or (f"{raised.type}: {first_line(raised.text)}" if raised else "")
    if raised is None:
        return Redness(False, f"failed without an exception that could be read: {message}")
    deepest = _inside(raised.frames[-1][0], root) if raised.frames else ""
    own_name = "NameError" in raised.bases and (not deepest or is_test_path(deepest))
    if own_name or set(raised.bases) & _NOT_A_REASON or raised.type in _NOT_A_REASON:
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
