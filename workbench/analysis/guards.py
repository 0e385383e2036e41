"""Which functions keep tests apart: where one of them changes, a test may find what another one left."""

from __future__ import annotations

import ast

_BEFORE = ("setUp", "setup", "asyncSetUp")
_AFTER = ("tearDown", "teardown", "asyncTearDown")
_LATER = frozenset(
    {
        "addfinalizer",
        "addCleanup",
        "addAsyncCleanup",
        "addClassCleanup",
        "addModuleCleanup",
        "enterContext",
        "enterAsyncContext",
        "enterClassContext",
        "enterModuleContext",
    }
)


def guards(function: ast.FunctionDef | ast.AsyncFunctionDef, inner: bool) -> bool:
    """Whether ``function`` cleans up around tests: a fixture that goes on when they have ended, or that all of them
    have unasked; what unittest and pytest call before tests, where it has something cleaned up, and after them. An
    ``inner`` one does where it has something cleaned up: a fixture may give it to tests."""
    marks = [ast.dump(mark) for mark in function.decorator_list]
    fixture = any("fixture" in mark for mark in marks)
    if function.name.startswith(_AFTER) or (fixture and any("'autouse'" in mark for mark in marks)):
        return True
    if not (fixture or inner or function.name.startswith(_BEFORE)):
        return False
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    goes_on = fixture and any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes)
    return goes_on or any(isinstance(node, ast.Attribute) and node.attr in _LATER for node in nodes)
