"""WB101: a row is read, tested and then written, with nothing that stops another request from doing the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from workbench.api import Severity
from workbench_rules.constraints import unique
from workbench_rules.module import Function, Module, own_nodes
from workbench_rules.rows import asked, is_read, model, model_node, through_manager
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import by_hand, inside, last_name, leaves

_WRITES = frozenset({"create", "save", "add", "insert", "bulk_create"})
_LOCKS = frozenset(
    {"select_for_update", "with_for_update", "get_or_create", "update_or_create", "on_conflict_do_nothing"}
)
_CHANGES = frozenset({"append", "remove", "add", "discard", "extend", "pop", "update", "clear", "insert", "setdefault"})
"""Methods that change the value of a column in place."""

_ENDS = frozenset({"abort", "exit"})
"""Calls that never come back."""


def _check(module: Module) -> Iterator[Hit]:
    if by_hand(module):
        return
    for function in module.functions():
        if not _guarded(module, function) and not _called_locked(module, function, 3):
            yield from _in(module, function)


def _in(module: Module, function: Function) -> Iterator[Hit]:
    rows: dict[str, ast.Assign] = {}
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            rows.pop(node.targets[0].id, None)
            if is_read(module, node.value):
                rows[node.targets[0].id] = node
        if isinstance(node, ast.Try) and (made := _made_instead(module, node)):
            looked, created = made
            yield Hit(looked, f"reads, and creates at line {created.lineno} what is not there, with no lock")
            return
        if isinstance(node, ast.If) and not _idempotent(node, rows):
            read = _tested(module, node.test, rows)
            write = _write_after(module, function, node, rows, read) if read else None
            if read and write:
                yield Hit(read, f"reads, tests, then writes at line {write.lineno} with no lock")
                return


def _made_instead(module: Module, attempt: ast.Try) -> tuple[ast.Call, ast.Call] | None:
    """The read of a row, and the write of a new one of the same model where it is not there."""
    reads = {
        model(module, node): node for node in inside(attempt.body) if _calls(node, "get") and is_read(module, node)
    }
    for handler in attempt.handlers:
        if handler.type is None or "DoesNotExist" not in ast.dump(handler.type):
            continue
        for node in inside(handler.body):
            if _calls(node, "create") and "objects" in module.dotted(node.func).split("."):
                read = reads.get(model(module, node))
                if read is not None and not _refused(module, read):
                    return read, node
    return None


def _calls(node: ast.AST, method: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method


def _tested(module: Module, test: ast.expr, rows: dict[str, ast.Assign]) -> ast.stmt | ast.expr | None:
    """The read that the test rests on: made in it, or a row (or a column of it) that was read before."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and is_read(module, node):
            return node
        if isinstance(node, ast.Name) and node.id in rows:
            return rows[node.id]
    return None


def _write_after(
    module: Module, function: Function, test: ast.If, rows: dict[str, ast.Assign], read: ast.AST
) -> ast.Call | None:
    """The write of the row that was read, or of a new one of the same model, if the test decides about it."""
    made: set[str] = set()
    of = model(module, read)
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _makes(module, node.value, of):
            made.add(node.targets[0].id)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.lineno < test.lineno:
            continue
        if any(word.arg == "ignore_conflicts" for word in node.keywords):
            continue
        if node.func.attr not in _WRITES or not _decides(test, node, made | set(rows)):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id in rows and node.func.attr == "save":
            if _columns(test.test, owner.id) & _written(function, owner.id):
                return node
            continue
        new = (of and model(module, node) == of) or _adds(module, node, made, of)
        if through_manager(module, owner) and new and not _refused(module, read):
            return node
    return None


def _makes(module: Module, value: ast.expr, of: str) -> bool:
    """Whether ``value`` is a new row of the model."""
    return bool(of) and isinstance(value, ast.Call) and module.dotted(value.func) == of


def _adds(module: Module, call: ast.Call, made: set[str], of: str) -> bool:
    return any(
        _makes(module, argument, of) or (isinstance(argument, ast.Name) and argument.id in made)
        for argument in call.args
    )


def _refused(module: Module, read: ast.AST) -> bool:
    """Whether a unique constraint lets the database refuse the second row of what was looked for."""
    of = model_node(module, read)
    return of is not None and unique(module, of, asked(read))


def _decides(test: ast.If, write: ast.Call, rows: set[str]) -> bool:
    """Whether the outcome of the test says if the write happens, or what is in the row that it writes."""
    for node in inside([*test.body, *test.orelse]):
        if node is write or isinstance(node, ast.Continue):
            return True
        if isinstance(node, ast.Call) and last_name(node.func) in _ENDS:
            return True
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            owner = node.value if isinstance(node, ast.Attribute) else node
            if isinstance(owner, ast.Name) and owner.id in rows:
                return True
    return leaves(test.body) or leaves(test.orelse)


def _columns(test: ast.expr, row: str) -> set[str]:
    """The columns of the row that a test looks at."""
    return {node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute) and _of(node, row)}


def _written(function: Function, row: str) -> set[str]:
    """The columns of the row that are set, or changed by a method of theirs."""
    targets = {node.attr for node in own_nodes(function) if isinstance(node, ast.Attribute) and _sets(node, row)}
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
            value = node.func.value
            targets |= {value.attr} if isinstance(value, ast.Attribute) and _of(value, row) else set()
    return targets


def _sets(node: ast.Attribute, row: str) -> bool:
    return isinstance(node.ctx, ast.Store) and _of(node, row)


def _of(node: ast.Attribute, row: str) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == row


def _idempotent(test: ast.If, rows: dict[str, ast.Assign]) -> bool:
    """Whether all that follows from the test is that a tested column is set, and perhaps its row saved and somebody
    told: done twice, it is as if done once."""
    sets = [node for node in test.body if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name)]
    rest = [node for node in test.body if node not in sets]
    if not sets or test.orelse:
        return False
    return all(_set_row(node, test.test, rows) for node in sets) and all(_harmless(node, rows) for node in rest)


def _harmless(node: ast.stmt, rows: dict[str, ast.Assign]) -> bool:
    """A local name, the row saved, a word to the log or the user."""
    if isinstance(node, ast.Assign):
        return True
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    said = node.value.func
    told = isinstance(said, ast.Attribute) and last_name(said.value) in ("logger", "log", "logging", "messages")
    return told or _saves_row(node, rows)


def _set_row(node: ast.Assign, test: ast.expr, rows: dict[str, ast.Assign]) -> bool:
    (target, *_) = node.targets
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name) or target.value.id not in rows:
        return False
    return target.attr in _columns(test, target.value.id)


def _saves_row(node: ast.Expr, rows: dict[str, ast.Assign]) -> bool:
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "save":
        return False
    return isinstance(call.func.value, ast.Name) and call.func.value.id in rows


def _guarded(module: Module, function: Function) -> bool:
    """A lock, a conditional update or a handled integrity error makes it somebody else's problem."""
    for node in own_nodes(function):
        if isinstance(node, ast.Attribute) and node.attr in _LOCKS:
            return True
        if isinstance(node, ast.ExceptHandler) and node.type is not None and "IntegrityError" in ast.dump(node.type):
            return True
        if isinstance(node, ast.With | ast.AsyncWith) and any(_is_lock(module, item) for item in node.items):
            return True
    return False


def _called_locked(module: Module, function: Function, hops: int) -> bool:
    """Whether the file calls the function, and only where a lock is held."""
    found = [
        node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and last_name(node.func) == function.name
    ]
    return bool(found and hops) and all(_held(module, call, hops) for call in found)


def _held(module: Module, call: ast.Call, hops: int) -> bool:
    around = [one for one in module.ancestors(call) if isinstance(one, ast.With | ast.AsyncWith)]
    if any(_is_lock(module, item) for one in around for item in one.items):
        return True
    outer = module.function_of(call)
    return outer is not None and _called_locked(module, outer, hops - 1)


def _is_lock(module: Module, item: ast.withitem) -> bool:
    name = module.dotted(item.context_expr).lower()
    return "lock" in name or "advisory" in name


RULE = Rule(
    id="WB101",
    title="check-then-act on a row",
    why="Two requests read the same row before either writes: both pass the test and both act.",
    severity=Severity.ERROR,
    check=_check,
    bad=(
        "def refresh(key):\n"
        "    token = Token.objects.get(key=key)\n"
        "    if token.refreshed_at is None:\n"
        "        new = Token.objects.create(user=token.user)\n"
        "        token.save()\n"
        "        return new\n"
    ),
    good=(
        "def refresh(key):\n"
        "    with transaction.atomic():\n"
        "        token = Token.objects.select_for_update().get(key=key)\n"
        "        if token.refreshed_at is None:\n"
        "            token.save()\n"
    ),
)
