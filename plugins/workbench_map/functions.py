"""Calls, raises and handlers of a function, each with what is caught around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workbench_map.facts import Call, Fn, Throw
from workbench_map.kinds import Function, local_kinds
from workbench_map.names import address, dotted, last, text_of

_CLIENTS = ("requests.", "httpx.", "urllib.request.", "urllib3.", "aiohttp.")
_KEPT = frozenset({"memoize", "cached", "cache_page"})
"""Decorators that ask a cache each time before the function runs."""

_SERVED = frozenset({"queryset", "model"})
"""What a class-based view says that it serves."""

_TELLS = frozenset({"exception", "error", "warning", "critical", "capture_exception"})


@dataclass
class _Reading:
    names: dict[str, str]
    lines: Sequence[str]
    values: dict[str, ast.expr] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    throws: list[Throw] = field(default_factory=list)
    handles: int = 0
    swallows: int = 0
    asks: set[str] = field(default_factory=set)


def read_functions(tree: ast.Module, names: dict[str, str], lines: Sequence[str]) -> Iterator[Fn]:
    """Every function and method; a nested function counts as part of the one around it."""
    constants = _values(tree.body)
    for qualname, function in _definitions(tree.body, ""):
        reading = _Reading({**names, **local_kinds(function, names)}, lines, {**constants, **_values(function.body)})
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
            any(last(dotted(mark, names)).endswith("property") for mark in function.decorator_list),
            next((_action(mark, function.name) for mark in function.decorator_list if _is_action(mark)), ""),
        )


def read_bodies(tree: ast.Module, names: dict[str, str], lines: Sequence[str]) -> Iterator[Fn]:
    """Classes that declare what they serve, as if their ``queryset`` and ``model`` were read in a function."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        reading = _Reading(names, lines)
        for name, value in _values(node.body).items():
            if name in _SERVED:
                _walk(reading, [value], frozenset(), False)
                if model := dotted(value, names):
                    reading.calls.append(Call(name, value.lineno, frozenset(), "", (model.removesuffix(".objects"),)))
        if reading.calls:
            yield Fn(
                node.name, node.lineno, node.end_lineno or node.lineno, tuple(reading.calls), (), 0, 0, frozenset()
            )


def _is_action(mark: ast.expr) -> bool:
    return isinstance(mark, ast.Call) and last(dotted(mark, {})) == "action"


def _action(mark: ast.expr, name: str) -> str:
    """``{pk}/pay/`` of ``@action(detail=True)``, as the REST framework makes it; ``url_path`` counts."""
    words = {word.arg: word.value for word in mark.keywords} if isinstance(mark, ast.Call) else {}
    detail = words.get("detail")
    before = "{pk}/" if isinstance(detail, ast.Constant) and detail.value else ""
    return f"{before}{text_of(words.get('url_path')) or name}/"


def _values(body: Sequence[ast.stmt]) -> dict[str, ast.expr]:
    """What each name is set to, where it is set, at any depth of ``if`` and ``with``; the last one counts."""
    found: dict[str, ast.expr] = {}
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
        elif isinstance(node, ast.If | ast.With | ast.AsyncWith | ast.Try | ast.For):
            found |= _values(node.body)
    return found


def _given(function: Function) -> Iterator[ast.AST]:
    """What decorators are given: ``router.post`` itself was called when the file was read."""
    for decorator in function.decorator_list:
        if last(dotted(decorator, {})) in _KEPT:
            yield decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [], lineno=function.lineno)
        elif isinstance(decorator, ast.Call):
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
        elif isinstance(node, ast.Attribute):
            _read(reading, node, caught)
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
        if name.startswith(_CLIENTS):
            text = _address(reading, node, last(name))
        reading.calls.append(Call(name, node.lineno, caught, text, tuple(_handed(reading, node, name))))


def _read(reading: _Reading, node: ast.Attribute, caught: frozenset[str]) -> None:
    """An attribute of one's own that is read may be a property: a call of ``self.repos.carts.`` that calls nothing."""
    name = dotted(node, {})
    if name.startswith("self.") and not any(call.name.startswith(f"{name}.") for call in reading.calls):
        reading.calls.append(Call(f"{name}.", node.lineno, caught))


def _address(reading: _Reading, node: ast.Call, verb: str) -> str:
    """Where a request goes, by keyword or by place; with ``request`` the method stands first."""
    by_name = next((word.value for word in node.keywords if word.arg == "url"), None)
    by_place = node.args[verb == "request" :]
    return address(by_name or (by_place[0] if by_place else None), reading.names, reading.values)


def _handed(reading: _Reading, node: ast.Call, name: str) -> Iterator[str]:
    """Dotted names of classes, and of their columns, among the arguments; of the job that a queue is handed."""
    for value in (*node.args, *(word.value for word in node.keywords)):
        if isinstance(value, ast.Name | ast.Attribute):
            given = dotted(value, reading.names)
            parts = given.split(".")[-2:]
            if any(part[:1].isupper() for part in parts) or last(name).startswith("enqueue"):
                yield given


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
