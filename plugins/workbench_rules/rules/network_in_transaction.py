"""WB109: a call over the network while a transaction is open, itself or in a helper of the same file."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.definitions import definition
from workbench_rules.module import Module
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import called, callee, first_call, last_name, local_functions, remote, transactions

_QUEUES = frozenset({"delay", "apply_async"})
_TASKS = frozenset({"shared_task", "actor", "db_task"})
_BROKERS = frozenset({"celery", "dramatiq", "huey", "rq", "django_rq"})


def _check(module: Module) -> Iterator[Hit]:
    known = local_functions(module)
    for _, body in transactions(module):
        for call in called(body):
            if name := remote(module, call):
                yield Hit(call, f"{name} while a transaction is open: its locks are held as long as the peer takes")
            elif _queues(module, call):
                yield Hit(call, "queued before the commit: the worker may not see yet what was written")
            elif (helper := callee(module, call, known)) and (found := first_call(module, helper, frozenset())):
                yield Hit(call, f"{helper.name} calls {found} while a transaction is open")


def _queues(module: Module, call: ast.Call) -> bool:
    """Whether a job goes to a broker at once. A queue of the repository's own that is kept in the database (rows,
    NOTIFY) is part of the transaction: only where the task's decorator is not to be found is Celery taken for granted.
    """
    if not isinstance(call.func, ast.Attribute) or last_name(call.func) not in _QUEUES:
        return False
    if any(word.arg in ("countdown", "eta") for word in call.keywords):
        return False
    found = definition(module, call.func.value)
    if found is None or not isinstance(found[1], ast.FunctionDef | ast.AsyncFunctionDef):
        return True
    home, function = found
    names = [home.dotted(decorator).split(".") for decorator in function.decorator_list]
    return any(name[-1] in _TASKS or _BROKERS & set(name) or "app" in name[0] for name in names)


RULE = Rule(
    id="WB109",
    title="network call inside a transaction",
    why="Row locks and a pooled connection are held until somebody else's server answers.",
    severity=Severity.WARNING,
    check=_check,
    bad=(
        "import requests\nfrom django.db import transaction\n\n"
        "def pay(order):\n"
        "    with transaction.atomic():\n"
        "        order.save()\n"
        "        requests.post(BANK, json=order.body, timeout=5)\n"
    ),
    good=(
        "import requests\nfrom django.db import transaction\n\n"
        "def pay(order):\n"
        "    with transaction.atomic():\n"
        "        order.save()\n"
        "        transaction.on_commit(lambda: requests.post(BANK, json=order.body, timeout=5))\n"
    ),
)
