"""WB110: a database error is swallowed inside a transaction that it has already broken."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from workbench.api import Severity
from workbench_rules.module import Module
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import called, inside, is_query, is_transaction, last_name, transactions, types_of

_ERRORS = frozenset(
    {"IntegrityError", "DatabaseError", "OperationalError", "DataError", "SQLAlchemyError", "DBAPIError"}
)
_OWN_SAVEPOINT = frozenset({"get_or_create", "update_or_create"})
"""Queries of Django that write in a savepoint of their own."""

_BROAD = frozenset({"Exception", "BaseException"})
_UNDOES = frozenset({"rollback", "set_rollback", "savepoint_rollback"})


def _check(module: Module) -> Iterator[Hit]:
    for _, body in transactions(module):
        for node in inside(body):
            if isinstance(node, ast.Try) and not _has_savepoint(module, node.body) and not _all_there_is(body, node):
                for handler in node.handlers:
                    if _catches(module, node, handler) and not _undone(handler):
                        yield Hit(
                            handler, "the transaction is broken: the next query fails, or the commit loses it all"
                        )


def _catches(module: Module, node: ast.Try, handler: ast.ExceptHandler) -> bool:
    types = types_of(handler)
    queries = [call for call in called(node.body) if is_query(module, call)]
    if queries and all(last_name(call.func) in _OWN_SAVEPOINT for call in queries):
        return False
    return bool(types & _ERRORS) or (bool(types & _BROAD) and bool(queries))


def _has_savepoint(module: Module, body: Sequence[ast.stmt]) -> bool:
    """A nested transaction is a savepoint: only it is lost."""
    for node in inside(body):
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if is_transaction(module, item.context_expr) or "begin_nested" in module.dotted(item.context_expr):
                    return True
    return False


def _all_there_is(body: Sequence[ast.stmt], node: ast.Try) -> bool:
    """Whether the transaction is this one statement: nothing comes after it, and nothing else is lost."""
    return list(body) == [node] and len(node.body) == 1 and not node.orelse and not node.finalbody


def _undone(handler: ast.ExceptHandler) -> bool:
    for node in inside(handler.body):
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and last_name(node.func) in _UNDOES):
            return True
    return False


RULE = Rule(
    id="WB110",
    title="database error swallowed inside a transaction",
    why="After a failed statement PostgreSQL refuses every other one until rollback; what was written before is lost.",
    severity=Severity.ERROR,
    check=_check,
    bad=(
        "from django.db import IntegrityError, transaction\n\n"
        "@transaction.atomic\n"
        "def add(user):\n"
        "    try:\n"
        "        Member.objects.create(user=user)\n"
        "    except IntegrityError:\n"
        "        pass\n"
        "    Event.objects.create(user=user)\n"
    ),
    good=(
        "from django.db import IntegrityError, transaction\n\n"
        "@transaction.atomic\n"
        "def add(user):\n"
        "    try:\n"
        "        with transaction.atomic():\n"
        "            Member.objects.create(user=user)\n"
        "    except IntegrityError:\n"
        "        pass\n"
        "    Event.objects.create(user=user)\n"
    ),
)
