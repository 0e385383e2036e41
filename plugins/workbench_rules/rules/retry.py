"""WB107: a retry that never gives up, or that hammers without a pause."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Function, Module, own_nodes
from workbench_rules.retries import retries
from workbench_rules.rule import Hit, Rule

_RETRY = ("urllib3.util.retry.Retry", "urllib3.util.Retry", "urllib3.Retry", "requests.adapters.Retry")


def _check(module: Module) -> Iterator[Hit]:
    for retry in retries(module):
        if not retry.bounded:
            pause = "" if retry.pauses else " and without a pause"
            yield Hit(retry.loop, f"retries for ever{pause}: a peer that is down keeps this worker")
        elif not retry.pauses:
            yield Hit(retry.loop, "retries at once: a peer that is busy gets several times the load")
    for function in module.functions():
        for decorator in function.decorator_list:
            if module.dotted(decorator) == "tenacity.retry" and not _has_stop(decorator) and not _serves(function):
                yield Hit(decorator, "tenacity.retry without stop retries for ever")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and module.dotted(node.func) in _RETRY and _at_once(node):
            yield Hit(node, "Retry without backoff_factor retries at once")


def _serves(function: Function) -> bool:
    """Whether what is retried has an endless loop of its own: a listener, which is to come back whenever it can."""
    loops = (node for node in own_nodes(function) if isinstance(node, ast.While))
    return any(isinstance(loop.test, ast.Constant) and bool(loop.test.value) for loop in loops)


def _has_stop(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(word.arg in ("stop", None) for word in decorator.keywords)


def _at_once(call: ast.Call) -> bool:
    words = {word.arg: word.value for word in call.keywords}
    total = call.args[0] if call.args else words.get("total")
    once = isinstance(total, ast.Constant) and total.value in (None, False, 0, 1)
    return "backoff_factor" not in words and None not in words and not once


RULE = Rule(
    id="WB107",
    title="retry without a bound or a pause",
    why="When a service is slow, every caller that repeats at once multiplies its load and keeps it down.",
    severity=Severity.WARNING,
    check=_check,
    bad=(
        "def charge(order):\n"
        "    while True:\n"
        "        try:\n"
        "            return client.fetch(order)\n"
        "        except ConnectionError:\n"
        "            continue\n"
    ),
    good=(
        "def charge(order):\n"
        "    for attempt in range(4):\n"
        "        try:\n"
        "            return client.fetch(order)\n"
        "        except ConnectionError:\n"
        "            sleep(random() * 2 ** attempt)\n"
        "    raise Unavailable(order)\n"
    ),
)
