"""WB208: a date and time that does not know its zone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import last_name, offline

_ALWAYS = frozenset({"utcnow", "utcfromtimestamp", "today"})
_UTC = frozenset({"utcnow", "utcfromtimestamp"})
_HOST = "it means another moment on every host"
_AFTER = frozenset({"astimezone", "replace", "timestamp", "date", "timetuple"})
_WITHOUT = {"now": 0, "fromtimestamp": 1}
"""Methods that take a zone: the position of that argument."""


def _check(module: Module) -> Iterator[Hit]:
    if offline(module, at_work=True):
        return
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
            said = "no other time that knows its zone compares with it" if method in _UTC else _HOST
            yield Hit(node, f"datetime.{method} without a zone: {said}")


def _is_made_aware(module: Module, node: ast.Call) -> bool:
    """``.astimezone()``, ``.replace(tzinfo=...)`` or ``.timestamp()`` right after it, or ``make_aware()`` around it,
    there or where the name stands that it is given."""
    parent = module.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr in _AFTER or (parent.attr == "strftime" and "fromtimestamp" not in last_name(node.func))
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        around = module.function_of(node) or module.tree
        return any(
            isinstance(call, ast.Call) and _makes_aware(call) and parent.targets[0].id in map(last_name, call.args)
            for call in ast.walk(around)
        )
    return isinstance(parent, ast.Call) and _makes_aware(parent)


def _makes_aware(call: ast.Call) -> bool:
    return last_name(call.func) in ("make_aware", "make_utc", "localize", "mktime")


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
