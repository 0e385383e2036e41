"""Django's URLconfs: patterns within patterns, lists that are included by name, routers of the REST framework."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from workbench_map.facts import Route
from workbench_map.names import dotted, last, text_of
from workbench_map.routers import owned

_PATHS = frozenset({"path", "re_path", "url"})


@dataclass
class _Reading:
    """One file: its names, the lists that it gives a name, where its routers are included."""

    module: str
    names: dict[str, str]
    lists: dict[str, list[ast.expr]]
    routers: dict[str, str] = field(default_factory=dict)


def read_urls(tree: ast.Module, module: str, names: dict[str, str]) -> Iterator[Route]:
    """Routes and includes of the file, each with the patterns around it in the same file."""
    reading = _Reading(module, names, _lists(tree))
    inner = {name for node in ast.walk(tree) if (name := _listed(reading, node))}
    top = [
        node for node in tree.body if not (isinstance(node, ast.Assign) and last(dotted(node.targets[0], {})) in inner)
    ]
    for statement in top:
        yield from _visit(reading, statement, "")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "register":
            yield from _registered(reading, node)


def _lists(tree: ast.Module) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AugAssign) and isinstance(node.value, ast.List | ast.Tuple):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found.setdefault(dotted(target, {}), []).extend(node.value.elts)
    return found


def _visit(reading: _Reading, node: ast.AST, prefix: str) -> Iterator[Route]:
    if isinstance(node, ast.Call) and last(dotted(node.func, reading.names)) in _PATHS and len(node.args) >= 2:
        yield from _path(reading, node, prefix + text_of(node.args[0]).lstrip("^"))
        return
    if isinstance(node, ast.Attribute) and node.attr == "urls" and isinstance(node.value, ast.Name):
        reading.routers[node.value.id] = prefix
    for child in ast.iter_child_nodes(node):
        yield from _visit(reading, child, prefix)


def _path(reading: _Reading, node: ast.Call, pattern: str) -> Iterator[Route]:
    view = node.args[1]
    inner = _included(reading, view)
    if inner is None:
        if target := _view(view, reading.names):
            yield Route(pattern, owned(target, reading.module), "route", node.lineno)
    elif isinstance(inner, ast.List) or _listed(reading, view):
        for item in inner.elts if isinstance(inner, ast.List) else reading.lists[_listed(reading, view)]:
            yield from _visit(reading, item, pattern)
    elif target := text_of(inner) or dotted(inner, reading.names):
        router = target.removesuffix(".urls")
        if "." not in router and not text_of(inner):
            reading.routers[router] = pattern
        else:
            yield Route(pattern, target, "include", node.lineno)


def _included(reading: _Reading, view: ast.AST) -> ast.expr | None:
    """What ``include(...)`` is given, the first of a pair with a name space."""
    if not isinstance(view, ast.Call) or last(dotted(view.func, reading.names)) != "include" or not view.args:
        return None
    inner = view.args[0]
    return inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner


def _listed(reading: _Reading, view: ast.AST) -> str:
    """The name of the file's own list that ``include(patterns)`` is given."""
    inner = _included(reading, view)
    return inner.id if isinstance(inner, ast.Name) and inner.id in reading.lists else ""


def _view(view: ast.expr, names: dict[str, str]) -> str:
    """The dotted name of a view, ``as_view()`` and what is wrapped around it (``login_required(view)``) taken away."""
    while isinstance(view, ast.Call) and last(dotted(view.func, names)) != "as_view" and view.args:
        view = view.args[0]
    return dotted(view, names).removesuffix(".as_view")


def _registered(reading: _Reading, node: ast.Call) -> Iterator[Route]:
    """``router.register("users", UserViewSet)``."""
    if len(node.args) < 2 or not isinstance(node.func, ast.Attribute):
        return
    pattern, target = text_of(node.args[0]), dotted(node.args[1], reading.names)
    named = last(dotted(node.func.value, {})).lower().endswith(("router", "routers"))
    if pattern and target and (named or target.endswith(("ViewSet", "View"))):
        before = reading.routers.get(dotted(node.func.value, {}), "")
        yield Route(f"{before}{pattern}/", owned(target, reading.module), "route", node.lineno)
