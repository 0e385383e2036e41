"""WB201: a retry around a call that must not happen twice."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module
from workbench_rules.retries import retries
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import called, last_name

_ONCE = ("post", "charge", "pay", "refund", "transfer", "send", "create", "order", "capture")


def _check(module: Module) -> Iterator[Hit]:
    for retry in retries(module):
        for call in called(retry.attempt.body):
            name = last_name(call.func).lower()
            if name.split("_")[0] in _ONCE and "dempoten" not in ast.dump(call):
                yield Hit(call, f"{name} is tried again after an error: a lost answer makes it happen twice")
                break


RULE = Rule(
    id="WB201",
    title="retry of a call that is not idempotent",
    why="A timeout says that the answer was lost, not that nothing happened: the second attempt charges again.",
    severity=Severity.WARNING,
    check=_check,
    bad=(
        "def pay(order):\n"
        "    for attempt in range(3):\n"
        "        try:\n"
        "            return client.charge(order)\n"
        "        except TimeoutError:\n"
        "            sleep(1)\n"
    ),
    good=(
        "def pay(order):\n"
        "    for attempt in range(3):\n"
        "        try:\n"
        "            return client.charge(order, idempotency_key=order.key)\n"
        "        except TimeoutError:\n"
        "            sleep(1)\n"
    ),
    pack="more",
)
