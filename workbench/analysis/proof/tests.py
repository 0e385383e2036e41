"""The tests in a Python file, and which of them a change brings. Pure."""

from __future__ import annotations

import ast
from dataclasses import dataclass

_CONCURRENT = frozenset({"threading", "concurrent", "multiprocessing", "asyncio", "_thread", "anyio", "trio"})


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


def hides_rows(path: str, text: str) -> tuple[str, ...]:
    """Tests of a file that start threads in a Django ``TestCase``, whose rows no other connection sees.

    Empty where the file does not parse.
    """
    try:
        module = ast.parse(text)
        racy = {ident for ident, code in find_tests(path, text).items() if code.racy}
    except (SyntaxError, ValueError):
        return ()
    imported = [node for node in module.body if isinstance(node, ast.ImportFrom) and node.module == "django.test"]
    names = {alias.asname or alias.name for node in imported for alias in node.names if alias.name == "TestCase"}
    hidden = {
        f"{path}::{node.name}::"
        for node in module.body
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in {*names, "test.TestCase"} for base in node.bases)
    }
    return tuple(sorted(ident for ident in racy if any(ident.startswith(prefix) for prefix in hidden)))
