"""Calls, raises and handlers of a function, each with what is caught around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workbench_map.facts import Call, Fn, Throw
from workbench_map.names import dotted, last, text_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
ASKS = frozenset({"query", "select", "insert", "update", "delete", "get"})
"""Calls of SQLAlchemy that are handed a model."""

_TELLS = frozenset({"exception", "error", "warning", "critical", "capture_exception"})


@dataclass
class _Reading:
    names: dict[str, str]
    lines: Sequence[str]
    calls: list[Call] = field(default_factory=list)
    throws: list[Throw] = field(default_factory=list)
    handles: int = 0
    swallows: int = 0
    asks: set[str] = field(default_factory=set)


def read_functions(tree: ast.Module, names: dict[str, str], lines: Sequence[str]) -> Iterator[Fn]:
    """Every function and method; a nested function counts as part of the one around it."""
    for qualname, function in _definitions(tree.body, ""):
        reading = _Reading(names, lines)
        _walk(reading, [*_given(function), function.args, *function.body], frozenset(), False)
        end = function.end_lineno or function.lineno
        yield Fn(
            qualname,
            function.lineno,
            end,
            tuple(reading.calls),
            tuple(reading.throws),
            reading.handles,
            reading.swallows,
            frozenset(reading.asks),
        )


def _given(function: Function) -> Iterator[ast.AST]:
    """What decorators are given: ``router.post`` itself was called when the file was read."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            yield from [*decorator.args, *decorator.keywords]


def _definitions(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[str, Function]]:
    for node in body:
        if isinstance(node, Function):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from _definitions(node.body, prefix)


def _walk(reading: _Reading, nodes: Sequence[ast.AST], caught: frozenset[str], handling: bool) -> None:
    for node in nodes:
        if isinstance(node, ast.Try):
            inner = frozenset(name for handler in node.handlers for name in caught_by(handler, reading.names))
            _walk(reading, node.body, caught | inner, handling)
            for handler in node.handlers:
                reading.handles += 1
                reading.swallows += _swallows(handler)
                _walk(reading, handler.body, caught, True)
            _walk(reading, [*node.orelse, *node.finalbody], caught, handling)
            continue
        if isinstance(node, ast.Call):
            _call(reading, node, caught)
        elif isinstance(node, ast.Raise) and node.exc is not None:
            name = last(dotted(node.exc, reading.names))
            if name[:1].isupper():
                source = reading.lines[node.lineno - 1]
                reading.throws.append(Throw(name, node.lineno, caught, handling, source))
        _walk(reading, list(ast.iter_child_nodes(node)), caught, handling)


def _call(reading: _Reading, node: ast.Call, caught: frozenset[str]) -> None:
    name = dotted(node.func, reading.names)
    if name == "isinstance" and len(node.args) == 2:
        kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        reading.asks |= {last(dotted(kind, reading.names)) for kind in kinds}
    elif last(name) in ("Depends", "Security") and node.args:
        reading.calls.append(Call(dotted(node.args[0], reading.names), node.lineno, caught))
    elif name:
        text = text_of(node.args[0]) if node.args else ""
        if last(name) in ASKS and node.args:
            text = text or dotted(node.args[0], reading.names)
        reading.calls.append(Call(name, node.lineno, caught, text))


def caught_by(handler: ast.ExceptHandler, names: dict[str, str]) -> set[str]:
    """Last names of what it catches for good: one that ends in a bare ``raise`` catches nothing."""
    if isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None:
        return set()
    if handler.type is None:
        return {"BaseException"}
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {last(dotted(kind, names)) for kind in kinds}


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether it neither raises, nor logs, nor looks at the error, nor returns anything but a constant."""
    for statement in handler.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Raise) or (isinstance(node, ast.Name) and node.id == handler.name):
                return False
            if isinstance(node, ast.Attribute) and node.attr in _TELLS:
                return False
            if isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None):
                return False
    return True
