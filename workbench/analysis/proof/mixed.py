"""Files that hold both code and its tests: the tests as they are now over the code as it was. Pure."""

from __future__ import annotations

import ast

_Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def own_tests(text: str) -> tuple[str, ...]:
    """Names of the test functions and classes at the top level of a file that is named like code.

    A function counts when it asserts something or speaks of pytest: programs have functions called ``test_connection``.
    Raises SyntaxError when it does not parse.
    """
    return tuple(
        node.name for node in ast.parse(text).body if isinstance(node, _Named) and _is_test(node) and _checks(node)
    )


def only_tests(before: str, after: str) -> str:
    """``before`` with the tests, fixtures and the imports that only they need of ``after``.

    Raises SyntaxError when one of them does not parse.
    """
    old, new = ast.parse(before), ast.parse(after)
    there = {node.name: node for node in old.body if isinstance(node, _Named)}
    lines = before.splitlines(keepends=True)
    wanted = [node for node in new.body if isinstance(node, _Named) and (_is_test(node) or _is_fixture(node))]
    added = [f"\n\n{_source(node, after)}" for node in wanted if node.name not in there]
    replaced = [(there[node.name], _source(node, after)) for node in wanted if node.name in there]
    for node, text in sorted(replaced, key=lambda pair: -pair[0].lineno):
        lines[_first(node) - 1 : node.end_lineno] = [text]
    head = _imports(old, new, after, wanted)
    at = _after_docstring(old)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return "".join([*lines[:at], *head, *lines[at:], *added])


def is_self_contained(text: str, names: frozenset[str]) -> bool:
    """Whether a file defines code beside tests and imports nothing of the project, whose module names are ``names``."""
    module = ast.parse(text)
    code = [node for node in module.body if isinstance(node, _Named) and not _is_test(node) and not _is_fixture(node)]
    imports = [node for node in ast.walk(module) if isinstance(node, ast.Import)]
    imported = {alias.name.split(".")[0] for node in imports for alias in node.names}
    relative = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    imported |= {(node.module or "").split(".")[0] for node in relative if not node.level}
    return bool(code) and not imported & names and not any(node.level for node in relative)


def _is_test(node: ast.stmt) -> bool:
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test") and any(_is_test(child) for child in node.body)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")


def _is_fixture(node: ast.stmt) -> bool:
    decorators = getattr(node, "decorator_list", ())
    return any("pytest.fixture" in ast.unparse(decorator) for decorator in decorators)


def _checks(node: ast.stmt) -> bool:
    names = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
    return "pytest" in names or any(isinstance(child, ast.Assert) for child in ast.walk(node))


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _source(node: ast.stmt, text: str) -> str:
    return "".join(text.splitlines(keepends=True)[_first(node) - 1 : node.end_lineno]).rstrip("\n") + "\n"


def _imports(old: ast.Module, new: ast.Module, text: str, wanted: list[_Named]) -> list[str]:
    """The import statements of ``new`` that bind a name which the tests use and ``old`` does not know."""
    used = {child.id for node in wanted for child in ast.walk(node) if isinstance(child, ast.Name)}
    known = {name for node in old.body for name in _bound(node)}
    return [
        _source(node, text)
        for node in new.body
        if isinstance(node, ast.Import | ast.ImportFrom) and (_bound(node) & used) - known
    ]


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return {node.name} if isinstance(node, _Named) else set()


def _after_docstring(module: ast.Module) -> int:
    """The line after which imports can stand: after the docstring and ``from __future__``."""
    at = 0
    for node in module.body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not docstring and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        at = node.end_lineno or at
    return at
