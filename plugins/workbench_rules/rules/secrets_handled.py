"""WB205: a secret compared with ``==``. WB206: a secret handed to a log."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import last_name

_SECRET = re.compile(r"(?i)^(\w*_)?(password|passwd|secret|hmac|api_?key|token|signature|authorization)$")
_OUTSIDE = re.compile(r"(?i)(request|header|settings|environ|config|expected|compute|digest|cookie|hmac)")
_OF_TEXT = frozenset(dir(str))
_LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})


def _compared(module: Module) -> Iterator[Hit]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            continue
        sides = [node.left, node.comparators[0]]
        if any(isinstance(side, ast.Constant) for side in sides):
            continue
        names = [_named(side) for side in sides]
        if any(_SECRET.match(name) for name in names) and _OUTSIDE.search(" ".join(map(ast.unparse, sides))):
            yield Hit(node, "compared with ==, which stops at the first difference: use hmac.compare_digest")


def _named(node: ast.expr) -> str:
    """``token`` of ``self.token``, ``headers["token"]`` and ``headers.get("token")``."""
    if isinstance(node, ast.Subscript):
        node = node.slice
    elif isinstance(node, ast.Call) and node.args and last_name(node.func) == "get":
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else last_name(node)


def _logged(module: Module) -> Iterator[Hit]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or last_name(node.func) not in _LEVELS:
            continue
        owner = module.dotted(node.func).lower().split(".")[:-1]
        if not any("log" in part for part in owner):
            continue
        for value in _values(node):
            if _SECRET.match(last_name(value)) and not _is_row(module, node, value):
                yield Hit(node, f"{last_name(value)} goes into the log, and from there to everybody who reads it")
                break


def _is_row(module: Module, call: ast.Call, value: ast.expr) -> bool:
    """Whether ``value`` is an object (a row of a table of tokens), of which the log shows what its class thinks fit:
    something else is asked of it, or a session keeps it."""
    around = module.function_of(call) or module.tree
    said = ast.unparse(value)
    for node in ast.walk(around):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == said and node.attr not in _OF_TEXT:
            return True
        if isinstance(node, ast.Call) and _keeps(node) and said in map(ast.unparse, node.args):
            return True
    return False


def _keeps(call: ast.Call) -> bool:
    """Whether a database session takes or drops a row."""
    return last_name(call.func) in ("add", "delete") and "session" in ast.unparse(call.func)


def _values(call: ast.Call) -> Iterator[ast.expr]:
    for argument in call.args:
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        yield from (part.value if isinstance(part, ast.FormattedValue) else part for part in parts)


COMPARED = Rule(
    id="WB205",
    title="secret compared with ==",
    why="The time of the answer tells how many leading characters were right.",
    severity=Severity.WARNING,
    check=_compared,
    bad='def check(request):\n    return request.headers["X-Token"] == settings.API_TOKEN\n',
    good='def check(request):\n    return compare_digest(request.headers["X-Token"], settings.API_TOKEN)\n',
    pack="more",
)
LOGGED = Rule(
    id="WB206",
    title="secret in a log call",
    why="Logs are copied to places with more readers and longer lives than the secret was made for.",
    severity=Severity.WARNING,
    check=_logged,
    bad='def sign_in(user, password):\n    logger.info("sign-in of %s with %s", user, password)\n',
    good='def sign_in(user, password):\n    logger.info("sign-in of %s", user)\n',
    pack="more",
)
