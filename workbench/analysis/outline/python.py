"""Outline of a Python file, by ``ast``."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from workbench.analysis.outline.model import Outline, Symbol

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def python_outline(text: str, lines: int) -> Outline:
    """The outline of Python source. Raises SyntaxError, ValueError, RecursionError or MemoryError as ``ast.parse``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = ast.parse(text)
    symbols = tuple(_symbols(module.body, ""))
    return Outline("python", lines, symbols, tuple(dict.fromkeys(_imports(module.body))), doc=_doc(module))


def _symbols(body: list[ast.stmt], prefix: str) -> Iterator[Symbol]:
    for node in _flat(body):
        if isinstance(node, ast.ClassDef):
            name = prefix + node.name
            yield _symbol(node, name, "class", tuple(ast.unparse(base) for base in node.bases))
            yield from _symbols(node.body, name + ".")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _symbol(node, prefix + node.name, "function", ())


def _symbol(node: Definition, qualname: str, kind: str, bases: tuple[str, ...]) -> Symbol:
    first = min((decorator.lineno for decorator in node.decorator_list), default=node.lineno)
    decorators = tuple(ast.unparse(decorator) for decorator in node.decorator_list)
    end = node.end_lineno or node.lineno
    return Symbol(qualname, kind, first, end, bases, decorators, doc=_doc(node))


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of ``body``, with those under ``if``, ``try``, ``with`` and loops in their place."""
    for node in body:
        if isinstance(node, ast.If | ast.For | ast.While):
            yield from _flat(node.body)
            yield from _flat(node.orelse)
        elif isinstance(node, ast.Try):
            yield from _flat(node.body)
            for handler in node.handlers:
                yield from _flat(handler.body)
            yield from _flat(node.orelse)
            yield from _flat(node.finalbody)
        elif isinstance(node, ast.With):
            yield from _flat(node.body)
        else:
            yield node


def _imports(body: list[ast.stmt]) -> Iterator[str]:
    for node in _flat(body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}:{alias.name}" for alias in node.names)


def _doc(node: Definition | ast.Module) -> str:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.value.value.strip().partition("\n")[0][:200]
    return ""
