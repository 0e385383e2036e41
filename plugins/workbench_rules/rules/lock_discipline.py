"""WB203: a lock that an exception leaves locked, or a thread lock that is held across an await."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Function, Module, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import inside

_THREAD_LOCKS = frozenset({"threading.Lock", "threading.RLock", "threading.Semaphore", "threading.Condition"})


def _check(module: Module) -> Iterator[Hit]:
    held = {
        ast.dump(node.targets[0]).replace("Store()", "Load()")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and module.dotted(node.value.func) in _THREAD_LOCKS
    }
    for function in module.functions():
        yield from (hit for hit in _left_locked(function) if not _handed_over(module, function, hit.node))
        for node in own_nodes(function):
            if not isinstance(node, ast.With) or not any(ast.dump(item.context_expr) in held for item in node.items):
                continue
            if any(isinstance(inner, ast.Await) for inner in inside(node.body)):
                yield Hit(node, "a thread lock is held across an await: the next task to want it stops the loop")


def _handed_over(module: Module, function: Function, acquire: ast.AST) -> bool:
    """Whether another function of the file releases it too: the work's end, not this function's, gives it back."""
    others = (other for other in module.functions() if other is not function)
    return _lock(acquire, "acquire") in {_lock(node, "release") for other in others for node in own_nodes(other)}


def _left_locked(function: Function) -> Iterator[Hit]:
    """acquire() and release() of one lock in one function, with no ``finally`` for the release."""
    nodes = list(own_nodes(function))
    safe = {
        id(inner)
        for node in nodes
        if isinstance(node, ast.Try)
        for part in (node.finalbody, [s for h in node.handlers for s in h.body])
        for inner in inside(part)
    }
    released = {_lock(node, "release"): id(node) in safe for node in nodes if _lock(node, "release")}
    for node in nodes:
        lock = _lock(node, "acquire")
        if lock and isinstance(node, ast.Call) and released.get(lock) is False:
            yield Hit(node, "an error between acquire and release leaves it locked for ever: use with")


def _lock(node: ast.AST, method: str) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
        return ast.dump(node.func.value)
    return ""


RULE = Rule(
    id="WB203",
    title="lock without try/finally, or across an await",
    why="The first exception inside leaves the lock taken, and every later request waits for it.",
    severity=Severity.WARNING,
    check=_check,
    bad="def add(x):\n    lock.acquire()\n    items.append(convert(x))\n    lock.release()\n",
    good="def add(x):\n    with lock:\n        items.append(convert(x))\n",
    pack="more",
)
