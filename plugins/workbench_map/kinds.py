"""Of which class a name is: variables, attributes, parameters and what a function says it returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench_map.names import dotted, last, text_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
_MAKES = frozenset({"from_url", "client", "resource", "Session", "session", "declarative_base", "automap_base"})
"""Functions that make a client or a base: their name says what it is of, where no class does."""

_AROUND = frozenset({"Annotated", "Optional", "Final", "ClassVar"})


def local_kinds(function: Function, names: dict[str, str]) -> dict[str, str]:
    """The dotted class of each parameter and variable that a function makes once."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    found = {one.arg: kind for one in given if (kind := annotated(one.annotation, names))}
    doubtful: set[str] = set()
    for node in ast.walk(function):
        for name, value, annotation in _made(node):
            if isinstance(name, ast.Name):
                kind = annotated(annotation, names) or made(value, names)
                if found.setdefault(name.id, kind) != kind:
                    doubtful.add(name.id)
    return {name: kind for name, kind in found.items() if kind and name not in doubtful}


def read_kinds(tree: ast.Module, module: str, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """``name`` of the module, ``Class.attribute`` and what is called, each with its dotted class."""
    own = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for name, kind in _kinds(tree.body, names, ""):
        if kind:
            yield name, f"{module}.{kind}" if kind in own else kind


def _kinds(body: list[ast.stmt], names: dict[str, str], before: str) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not before:
            yield from _kinds(node.body, names, f"{node.name}.")
        elif isinstance(node, Function):
            yield f"{before}{node.name}", annotated(node.returns, names)
            if before:
                yield from _of_self(node, names, before)
        elif isinstance(node, ast.If | ast.Try):
            yield from _kinds(node.body, names, before)
        for target, value, annotation in _made(node):
            if isinstance(target, ast.Name):
                yield f"{before}{target.id}", annotated(annotation, names) or made(value, names)


def _of_self(method: Function, names: dict[str, str], before: str) -> Iterator[tuple[str, str]]:
    """``self.x = Client()``; ``self.x = x`` and ``self.x = x.y`` where the parameter ``x`` says its class."""
    said = {one.arg: annotated(one.annotation, names) for one in method.args.args}
    given = {**names, **{name: kind for name, kind in said.items() if kind}}
    for node in ast.walk(method):
        for target, value, annotation in _made(node):
            if isinstance(target, ast.Attribute) and dotted(target.value, {}) == "self":
                handed = dotted(value, given) if isinstance(value, ast.Name | ast.Attribute) else ""
                handed = handed if "." in handed and not handed.startswith("self.") else said.get(handed, "")
                yield f"{before}{target.attr}", annotated(annotation, names) or made(value, names) or handed


def _made(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None, ast.expr | None]]:
    """Target, value and annotation of an assignment, and of ``with value as target``."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value, None) for target in node.targets)
    elif isinstance(node, ast.AnnAssign):
        yield node.target, node.value, node.annotation
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from ((one.optional_vars, one.context_expr, None) for one in node.items if one.optional_vars)


def made(value: ast.expr | None, names: dict[str, str]) -> str:
    """The dotted class that a call makes one of; empty for anything else."""
    name = dotted(value.func, names) if isinstance(value, ast.Call) else ""
    return name if last(name)[:1].isupper() or (last(name) in _MAKES and "." in name) else ""


def annotated(node: ast.expr | None, names: dict[str, str]) -> str:
    """The dotted class that an annotation names: ``X``, ``"X"``, ``X | None``, ``Optional[X]``, ``Annotated[X, …]``."""
    if isinstance(node, ast.Subscript) and last(dotted(node.value, names)) in _AROUND:
        inner = node.slice
        return annotated(inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner, names)
    if isinstance(node, ast.BinOp):
        return annotated(node.left, names)
    if text := text_of(node):
        return names.get(text, text) if text.isidentifier() and text[:1].isupper() else ""
    name = dotted(node, names) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else ""
    return name if last(name)[:1].isupper() else ""
