"""WB103: a cache entry is read and set back as a counter."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, calls
from workbench_rules.rule import Hit, Rule


def _check(module: Module) -> Iterator[Hit]:
    for function in module.functions():
        reads = {}
        for call in sorted(calls(function), key=lambda node: (node.lineno, node.col_offset)):
            if not isinstance(call.func, ast.Attribute) or not call.args:
                continue
            owner, key = module.dotted(call.func.value), ast.dump(call.args[0])
            if "cache" not in owner.lower() and "redis" not in owner.lower():
                continue
            if call.func.attr == "get":
                reads[owner, key] = call
            elif call.func.attr == "set" and (owner, key) in reads and _adds(call):
                line = reads[owner, key].lineno
                yield Hit(call, f"counts with get at line {line} and set here: two requests count as one")


def _adds(call: ast.Call) -> bool:
    return len(call.args) > 1 and any(isinstance(node, ast.Add | ast.Sub) for node in ast.walk(call.args[1]))


RULE = Rule(
    id="WB103",
    title="cache get-then-set as a counter",
    why="Between get and set another request counts from the same value; a limiter built on it lets more through.",
    severity=Severity.WARNING,
    check=_check,
    bad='def hit(user):\n    n = cache.get(f"n:{user}", 0)\n    cache.set(f"n:{user}", n + 1, 60)\n',
    good='def hit(user):\n    cache.add(f"n:{user}", 0, 60)\n    return cache.incr(f"n:{user}")\n',
)
