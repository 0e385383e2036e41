"""WB102: a model field is read, changed in Python and saved, so that one of two concurrent changes is lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule

_LOCKS = frozenset({"select_for_update", "with_for_update"})


def _check(module: Module) -> Iterator[Hit]:
    for function in module.functions():
        nodes = list(own_nodes(function))
        if any(isinstance(node, ast.Attribute) and node.attr in _LOCKS for node in nodes):
            continue
        saved = {
            node.func.value.id: node.lineno
            for node in nodes
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "save"
            and isinstance(node.func.value, ast.Name)
        }
        for node in nodes:
            target = _changed(node)
            if not isinstance(node, ast.stmt):
                continue
            if target and saved.get(target[0], 0) > node.lineno and not _uses_f(node):
                yield Hit(node, f"{target[0]}.{target[1]} is read, changed and saved: concurrent changes are lost")


def _changed(node: ast.AST) -> tuple[str, str] | None:
    """(object, field) of ``obj.field += n`` or ``obj.field = obj.field + n``."""
    if isinstance(node, ast.AugAssign):
        target: ast.expr = node.target
        number = isinstance(node.op, ast.Add | ast.Sub)
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target = node.targets[0]
        number = ast.dump(target).replace("Store()", "Load()") in ast.dump(node.value)
    else:
        return None
    if number and isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return target.value.id, target.attr
    return None


def _uses_f(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "F" for n in ast.walk(node))


RULE = Rule(
    id="WB102",
    title="read-modify-write of a model field",
    why="The database adds safely; Python adds to what it read before somebody else wrote.",
    severity=Severity.WARNING,
    check=_check,
    bad="def hit(pk):\n    page = Page.objects.get(pk=pk)\n    page.views += 1\n    page.save()\n",
    good='def hit(pk):\n    Page.objects.filter(pk=pk).update(views=F("views") + 1)\n',
)
