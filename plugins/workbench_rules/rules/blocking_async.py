"""WB106: a call that blocks inside an async function, itself or in a helper of the same file."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, calls, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import callee, first_call, inside, local_functions, offline, remote

_BLOCKS = frozenset(
    {
        "time.sleep",
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "os.system",
        "psycopg2.connect",
        "psycopg.connect",
        "pymysql.connect",
    }
)


def _check(module: Module) -> Iterator[Hit]:
    if offline(module):
        return
    known = local_functions(module)
    for function in module.functions():
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        for call in calls(function):
            name = module.dotted(call.func)
            if direct := (name if name in _BLOCKS else remote(module, call)):
                yield Hit(call, f"{direct} blocks the event loop: every other request waits")
                continue
            helper = callee(module, call, known)
            if not isinstance(helper, ast.FunctionDef) or _is_generator(helper):
                continue
            if (found := first_call(module, helper, _BLOCKS)) and not _once(helper):
                yield Hit(call, f"{helper.name} calls {found}, which blocks the event loop")


def _is_generator(function: ast.FunctionDef) -> bool:
    """Whether a call of it runs nothing yet: who draws from it may do so in a thread."""
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function))


def _once(function: ast.FunctionDef) -> bool:
    """Whether all that the function does is to fill what it finds empty: it blocks once, and never again."""
    first = next((node for node in function.body if not isinstance(node, ast.Expr)), None)
    if not isinstance(first, ast.If):
        return False
    asked = {ast.unparse(node) for node in ast.walk(first.test) if isinstance(node, ast.Attribute)}
    filled = {ast.unparse(node) for node in inside(first.body) if isinstance(node, ast.Attribute) and _is_set(node)}
    return bool(asked & filled)


def _is_set(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


RULE = Rule(
    id="WB106",
    title="blocking call in async code",
    why="One thread serves every request: while one sleeps or waits for a socket, all of them do, health checks too.",
    severity=Severity.ERROR,
    check=_check,
    bad=(
        "import requests\n\n"
        "def rate(currency):\n    return requests.get(RATES, timeout=2).json()[currency]\n\n"
        "async def price(request):\n    return rate(request.currency)\n"
    ),
    good=(
        "import asyncio\nimport requests\n\n"
        "def rate(currency):\n    return requests.get(RATES, timeout=2).json()[currency]\n\n"
        "async def price(request):\n    return await asyncio.to_thread(rate, request.currency)\n"
    ),
)
