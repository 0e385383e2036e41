"""WB108: a lock or a counter in this process's memory guards what other processes change too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import called, is_query, last_name

_LOCKS = frozenset({"Lock", "RLock", "Semaphore", "BoundedSemaphore"})
_WRITES = frozenset({"create", "save", "update", "delete", "bulk_create", "get_or_create", "update_or_create"})
_SESSION = frozenset({"add", "add_all", "merge", "flush", "commit"})
_TABLES = frozenset({"dict", "defaultdict", "Counter", "OrderedDict"})
_LIMITER = re.compile(r"(?i)(rate|limit|attempt|throttl|quota|bucket|requests_by|hits|in_flight|login)")


def _check(module: Module) -> Iterator[Hit]:
    locks, tables = _globals(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            names = {last_name(item.context_expr) for item in node.items} & locks
            if names and any(_writes(module, call) for call in called(node.body)):
                yield Hit(node, f"{names.pop()} holds in this process only; the row is shared by all workers")
    for function in module.functions():
        nodes = list(own_nodes(function))
        for name in sorted(tables):
            written = next((node for node in nodes if _writes_table(node, name)), None)
            if isinstance(written, ast.stmt | ast.expr) and any(_limits(node, name, nodes) for node in nodes):
                yield Hit(written, f"{name} counts in this process only: n workers let n times as much through")


def _globals(module: Module) -> tuple[set[str], set[str]]:
    """Module-level locks, and module-level dictionaries whose name speaks of limits."""
    locks: set[str] = set()
    tables: set[str] = set()
    for node in module.tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if not isinstance(target, ast.Name) or not isinstance(value, ast.expr):
            continue
        name = module.dotted(value)
        if isinstance(value, ast.Call) and name.split(".")[0] in ("threading", "asyncio"):
            locks |= {target.id} if name.split(".")[-1] in _LOCKS else set()
        elif _LIMITER.search(target.id) and _is_empty(value, name):
            tables.add(target.id)
    return locks, tables


def _is_empty(value: ast.expr, name: str) -> bool:
    """Whether a table starts empty: one that starts full is configuration."""
    if isinstance(value, ast.Dict):
        return not value.keys
    return isinstance(value, ast.Call) and name.split(".")[-1] in _TABLES and len(value.args) <= 1


def _writes(module: Module, call: ast.Call) -> bool:
    """Through a manager or a model, or by a database session's own methods: ``session.headers.update`` is none."""
    owner, _, verb = module.dotted(call.func).rpartition(".")
    if owner.endswith("session"):
        return verb in _SESSION
    return verb == "save" or (verb in _WRITES and (is_query(module, call) or "query" in owner.split(".")))


def _writes_table(node: ast.AST, name: str) -> bool:
    target: ast.AST | None = None
    if isinstance(node, ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.Assign):
        target = node.targets[0]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "add"):
        target = node.func.value
    return isinstance(target, ast.Subscript) and last_name(target.value) == name


def _limits(node: ast.AST, name: str, nodes: list[ast.AST]) -> bool:
    """Whether ``node`` compares what the table holds with a size (``>``, ``<`` ...)."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE):
        return False
    from_table = {
        last_name(one.targets[0]) for one in nodes if isinstance(one, ast.Assign) and name in _names(one.value)
    }
    return bool(_names(node) & (from_table | {name}))


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


RULE = Rule(
    id="WB108",
    title="process-local guard of shared state",
    why="Production runs several workers: each has a lock and a counter of its own, and they do not see each other.",
    severity=Severity.WARNING,
    check=_check,
    bad=(
        "ATTEMPTS = {}\n\n"
        "def allowed(user):\n"
        "    ATTEMPTS[user] = ATTEMPTS.get(user, 0) + 1\n"
        "    return ATTEMPTS[user] <= 5\n"
    ),
    good='def allowed(user):\n    cache.add("n:" + user, 0, 60)\n    return cache.incr("n:" + user) <= 5\n',
)
