"""WB102: a model field is read, changed in Python and saved, so that one of two concurrent changes is lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import by_hand, last_name

_LOCKS = frozenset({"select_for_update", "with_for_update"})
_READS = frozenset({"get", "first", "last", "get_or_create", "update_or_create", "get_object_or_404", "get_object"})
_TEXTS = frozenset({"str", "list", "sorted", "join", "format", "strftime", "strip", "gettext"})


def _check(module: Module) -> Iterator[Hit]:
    if by_hand(module):
        return
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
        changes = [(found, node) for node in nodes if isinstance(node, ast.stmt) and (found := _changed(node))]
        texts = {found for found, node in changes if _is_text(node)}
        rows = _read_here(nodes)
        for (row, field), node in changes:
            if (row, field) in texts or row not in rows or _uses_f(node):
                continue
            if saved.get(row, 0) > node.lineno:
                yield Hit(node, f"{row}.{field} is read, changed and saved: concurrent changes are lost")


def _read_here(nodes: Sequence[ast.AST]) -> set[str]:
    """Names that the function gives a row which it reads itself: of another's row it cannot be told who locked it."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and any(
            isinstance(part, ast.Call) and last_name(part.func) in _READS for part in ast.walk(node.value)
        ):
            first = node.targets[0]
            found.add(last_name(first.elts[0] if isinstance(first, ast.Tuple) and first.elts else first))
    return found


def _is_text(node: ast.stmt) -> bool:
    """Whether the change adds a text or a list: no counter."""
    value = node.value if isinstance(node, ast.AugAssign | ast.Assign) else None
    return value is not None and any(_is_text_part(part) for part in _operands(value))


def _operands(value: ast.expr) -> Iterator[ast.expr]:
    """What is added up in ``value``."""
    if isinstance(value, ast.BinOp):
        yield from _operands(value.left)
        yield from _operands(value.right)
    else:
        yield value


def _is_text_part(part: ast.expr) -> bool:
    if isinstance(part, ast.Constant):
        return isinstance(part.value, str)
    if isinstance(part, ast.Call):
        return last_name(part.func) in _TEXTS
    return isinstance(part, ast.JoinedStr | ast.List | ast.ListComp)


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
