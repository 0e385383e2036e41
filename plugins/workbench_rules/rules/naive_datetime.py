"""WB208: a date and time that does not know its zone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module
from workbench_rules.rule import Hit, Rule

_ALWAYS = frozenset({"utcnow", "utcfromtimestamp", "today"})
_WITHOUT = {"now": 0, "fromtimestamp": 1}
"""Methods that take a zone: the position of that argument."""


def _check(module: Module) -> Iterator[Hit]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, method = module.dotted(node.func.value), node.func.attr
        if owner != "datetime.datetime" or _is_made_aware(module, node):
            continue
        bare = len(node.args) <= _WITHOUT.get(method, 99) and not any(
            word.arg in ("tz", None) for word in node.keywords
        )
        if method in _ALWAYS or (method in _WITHOUT and bare):
            yield Hit(node, f"datetime.{method} without a zone: it means another moment on every host")


def _is_made_aware(module: Module, node: ast.AST) -> bool:
    """``.astimezone()``, ``.replace(tzinfo=...)`` or ``.timestamp()`` right after it."""
    parent = module.parents.get(node)
    return isinstance(parent, ast.Attribute) and parent.attr in ("astimezone", "replace", "timestamp", "date")


RULE = Rule(
    id="WB208",
    title="naive datetime",
    why="Compared with an aware one it raises; stored, it is read back as another hour after the clocks change.",
    severity=Severity.INFO,
    check=_check,
    bad="from datetime import datetime\n\ndef stamp():\n    return datetime.utcnow()\n",
    good="from datetime import UTC, datetime\n\ndef stamp():\n    return datetime.now(UTC)\n",
    pack="more",
)
