"""WB204: one query per row of another query."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import called, is_query, last_name

_READS = frozenset({"all", "filter", "get", "first", "count", "exists", "last", "values", "values_list"})


def _check(module: Module) -> Iterator[Hit]:
    for function in module.functions():
        queries: set[str] = set()
        for node in own_nodes(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _rows(module, node.value):
                queries.add(node.targets[0].id)
            if not isinstance(node, ast.For) or not isinstance(node.target, ast.Name):
                continue
            source = node.iter
            if not _rows(module, source) and not (isinstance(source, ast.Name) and source.id in queries):
                continue
            for call in called(node.body):
                if last_name(call.func) in _READS and _of_row(module, call, node.target.id):
                    yield Hit(call, f"one query for each {node.target.id}: 1 + n queries")
                    break


def _rows(module: Module, node: ast.expr) -> bool:
    name = module.dotted(node)
    return isinstance(node, ast.Call) and is_query(module, node) and not name.endswith((".get", ".first", ".count"))


def _of_row(module: Module, call: ast.Call, row: str) -> bool:
    uses = any(isinstance(node, ast.Name) and node.id == row for node in ast.walk(call))
    related = module.dotted(call.func).split(".")
    return uses and (is_query(module, call) or (related[0] == row and len(related) > 2 and "_set" in related[1]))


RULE = Rule(
    id="WB204",
    title="one query per row",
    why="Ten rows in the tests are ten thousand in production; each costs a round trip.",
    severity=Severity.INFO,
    check=_check,
    bad=(
        "def names():\n"
        "    for order in Order.objects.filter(open=True):\n"
        "        yield User.objects.get(pk=order.user_id).name\n"
    ),
    good='def names():\n    for order in Order.objects.select_related("user"):\n        yield order.user.name\n',
    pack="more",
)
