"""Rows of a database as code speaks of them: which calls read one, of which model, by which columns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench_rules.constraints import Columns, plain
from workbench_rules.module import Module

_READS = frozenset({"exists", "first", "get", "count", "last", "get_or_none", "one_or_none", "scalar_one_or_none"})
_MANAGERS = frozenset({"objects", "query", "session"})


def is_read(module: Module, node: ast.expr) -> bool:
    """Whether ``node`` asks the database for rows through a manager, a query or a session."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _READS:
        return False
    return through_manager(module, node.func.value)


def through_manager(module: Module, node: ast.expr) -> bool:
    """Whether a manager, a query or a session stands in the dotted name."""
    return bool(_MANAGERS & set(module.dotted(node).split(".")))


def model(module: Module, node: ast.AST) -> str:
    """The model's dotted name: ``Token`` of ``Token.objects.filter(...).first()`` and ``session.query(Token)``; empty
    where the expression names none."""
    found = model_node(module, node)
    return module.dotted(found) if found is not None else ""


def model_node(module: Module, node: ast.AST) -> ast.expr | None:
    """The expression that names the model."""
    value = node.value if isinstance(node, ast.Assign) else node
    for part in chain(value):
        if isinstance(part, ast.Attribute) and part.attr in ("objects", "query") and _is_model(module, part.value):
            return part.value
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute | ast.Name) and part.args:
            name = part.func.attr if isinstance(part.func, ast.Attribute) else part.func.id
            if name in ("query", "select", "exists") and _is_name(part.args[0]):
                return part.args[0]
    return None


def chain(node: ast.AST) -> Iterator[ast.AST]:
    """``a.b(c).d`` from its end to its beginning: attributes and calls, arguments left out."""
    while isinstance(node, ast.Attribute | ast.Call):
        yield node
        node = node.value if isinstance(node, ast.Attribute) else node.func


def asked(node: ast.AST) -> Columns:
    """The columns that a query compares with one value each: ``filter(user=u)``, ``filter(Token.user == u)``."""
    value = node.value if isinstance(node, ast.Assign) else node
    names: set[str] = set()
    for part in chain(value):
        if not isinstance(part, ast.Call) or not isinstance(part.func, ast.Attribute):
            continue
        if part.func.attr in ("filter", "filter_by", "get", "where", "get_or_none"):
            names |= {word.arg for word in part.keywords if word.arg}
            for test in part.args:
                if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
                    names |= {test.left.attr} if isinstance(test.left, ast.Attribute) else set()
    return frozenset(plain(name) for name in names)


def _is_model(module: Module, node: ast.AST) -> bool:
    return _is_name(node) and module.dotted(node).rpartition(".")[2] != "session"


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_name(node.value))
