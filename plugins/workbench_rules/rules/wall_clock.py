"""WB202: a duration taken from the wall clock, which jumps."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule

_NOW = frozenset({"time.time", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.now", "datetime.utcnow"})


def _check(module: Module) -> Iterator[Hit]:
    for function in module.functions():
        nodes = list(own_nodes(function))
        started = {
            node.targets[0].id
            for node in nodes
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_now(module, node.value)
        }
        for node in nodes:
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.right, ast.Name):
                left = _is_now(module, node.left) or (isinstance(node.left, ast.Name) and node.left.id in started)
                if left and node.right.id in started:
                    yield Hit(node, "a duration by the wall clock: when the clock is set it jumps, even below zero")


def _is_now(module: Module, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and module.dotted(node.func) in _NOW


RULE = Rule(
    id="WB202",
    title="wall clock for a duration",
    why="NTP and people set the wall clock; time.monotonic() and time.perf_counter() only go forward.",
    severity=Severity.INFO,
    check=_check,
    bad="import time\n\ndef run():\n    start = time.time()\n    work()\n    return time.time() - start\n",
    good="import time\n\ndef run():\n    start = time.monotonic()\n    work()\n    return time.monotonic() - start\n",
    pack="more",
)
