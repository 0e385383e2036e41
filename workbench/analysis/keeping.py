"""Which functions keep something beyond their call: what they call then, no later test calls again."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

_PUTS = frozenset({"add", "append", "appendleft", "extend", "insert", "setdefault", "update"})
"""Methods that put something into what they are called on."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def keeps(function: _Function) -> bool:
    """Whether ``function`` stores in a global, in a class, or into what stands outside of it: what is there already
    when the next test calls it. What it stores on its own arguments goes with these; on ``self`` it keeps what it
    stores under some condition, as one does once: the object may be one for all tests."""
    nodes = list(ast.walk(function))
    own = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)} - {"cls"}
    shared: set[str] = set()
    for node in nodes:
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            shared.update(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            own.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    own -= shared
    given = _given(nodes)
    if _stores(nodes, own, given):
        return True
    return function.name != "__init__" and _stores(_once(nodes), own - {"self"}, given)


def _once(nodes: list[ast.AST]) -> list[ast.AST]:
    """What stands below a condition, each once; ``nodes`` has what is around before what is inside."""
    found: dict[int, ast.AST] = {}
    for node in nodes:
        if isinstance(node, (ast.If, ast.ExceptHandler)) and id(node) not in found:
            found.update((id(each), each) for each in ast.walk(node))
    return list(found.values())


def _stores(nodes: list[ast.AST], own: set[str], given: list[tuple[str, ast.expr]]) -> bool:
    """Whether something is stored that is not ``own``, be it by a name that was ``given`` to what is not."""
    others, before = set[str](), -1
    while len(others) > before:
        before = len(others)
        others |= {name for name, value in given if _outlives(value, own - others)}
    return any(_outlives(each, own if _binds(each) else own - others) for each in _targets(nodes))


def _given(nodes: list[ast.AST]) -> list[tuple[str, ast.expr]]:
    """The names that are given to something, each with that."""
    return [
        (target.id, node.value)
        for node in nodes
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]


def _binds(target: ast.expr) -> bool:
    """Whether a name itself gets another value: what it was given to before stays as it is."""
    return isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)


def _targets(nodes: list[ast.AST]) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _PUTS:
            yield node.func.value


def _outlives(target: ast.expr, own: set[str]) -> bool:
    """Whether what is stored in ``target`` is there after the call."""
    while isinstance(target, (ast.Attribute, ast.Subscript)):
        if isinstance(target, ast.Attribute) and target.attr == "__class__":
            return True
        target = target.value
    if isinstance(target, ast.Call):
        return isinstance(target.func, ast.Name) and target.func.id == "type"
    return isinstance(target, ast.Name) and target.id not in own


def reached_from(start: int, calls: Mapping[int, set[int]]) -> set[int]:
    """All that was called from ``start``, by whatever way."""
    found: set[int] = set()
    todo = [start]
    while todo:
        below = calls.get(todo.pop(), set()) - found
        found |= below
        todo += below
    return found
