"""WB207: SQL put together from strings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import last_name, text_in

_SQL = re.compile(r"(?is)\b(select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from)\b")
_RUNS = frozenset({"execute", "executemany", "raw", "executescript"})


def _check(module: Module) -> Iterator[Hit]:
    for function in module.functions():
        built: dict[str, ast.expr] = {}
        for node in own_nodes(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                built[node.targets[0].id] = node.value
            if isinstance(node, ast.Call) and last_name(node.func) in _RUNS and node.args:
                query = node.args[0]
                if isinstance(query, ast.Name):
                    query = built.get(query.id, query)
                if _is_built(query) and _SQL.search(text_in(query)):
                    yield Hit(node, "SQL made of strings: a value with a quote in it becomes part of the statement")


def _is_built(node: ast.expr) -> bool:
    """Whether something that is no constant is put into a string (names in capitals count as constants)."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) and not _fixed(part.value) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return any(_is_built(side) or not (_fixed(side) or _is_text(side)) for side in (node.left, node.right))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _is_text(node.left) and not _fixed(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _is_text(node.func.value)
    return False


def _fixed(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or last_name(node).isupper()


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp | ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


RULE = Rule(
    id="WB207",
    title="SQL built by string",
    why="It is an injection as soon as one of the parts comes from outside, and a syntax error before that.",
    severity=Severity.WARNING,
    check=_check,
    bad="def find(cursor, name):\n    cursor.execute(f\"SELECT id FROM users WHERE name = '{name}'\")\n",
    good='def find(cursor, name):\n    cursor.execute("SELECT id FROM users WHERE name = %s", [name])\n',
    pack="more",
)
