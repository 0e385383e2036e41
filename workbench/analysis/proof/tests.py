"""The tests in a Python file, and which of them a change brings. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
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
    """The tests of a Python file by node id. Those of a class that is only there to be mixed in go by the names of the
    classes that have it. Raises SyntaxError when it does not parse."""
    module = ast.parse(text)
    concurrent = any(_imports(node) & _CONCURRENT for node in ast.walk(module))
    found: dict[str, TestCode] = {}
    nodes = list(_statements(module.body))
    classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
    for node in nodes:
        heirs = _heirs(node, classes) if isinstance(node, ast.ClassDef) else []
        inherited = node.body if isinstance(node, ast.ClassDef) else []
        for heir in heirs:
            own = {getattr(child, "name", "") for child in heir.body}
            for child in inherited:
                if getattr(child, "name", "") not in own:
                    _collect(child, f"{path}::{heir.name}", found, concurrent)
        if not heirs:
            _collect(node, path, found, concurrent)
    return found


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those under a condition or a ``try`` too."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            for inner in (node.body, getattr(node, "orelse", []), getattr(node, "finalbody", [])):
                yield from _statements(inner)
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)


def _heirs(mixin: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """The classes of the file that pytest collects and that have ``mixin`` among their bases, which it does not."""
    if _is_collected(mixin, classes):
        return []
    return [node for node in classes.values() if _is_collected(node, classes) and mixin.name in _lineage(node, classes)]


def _is_collected(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    """Whether pytest may collect a class: by its name, or because a base of it may be a ``TestCase``."""
    own = {"object", *classes}
    unknown = any(base not in own for base in _lineage(node, classes))
    return node.name.startswith("Test") or unknown


def _lineage(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> set[str]:
    """The names of the bases of a class, and of theirs as far as they stand in the file."""
    found: set[str] = set()
    todo = [node]
    while todo:
        for base in (ast.unparse(each) for each in todo.pop().bases):
            if base not in found:
                found.add(base)
                todo += [classes[base]] if base in classes else []
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
