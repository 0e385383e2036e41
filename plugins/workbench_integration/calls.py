"""Calls to other services in one Python file: what bounds them, what repeats them, and whether repeating is safe."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from workbench_integration.waits import longest_wait

CLIENTS = frozenset({"requests", "httpx", "session", "client", "http", "aiohttp"})
METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
SAFE = frozenset({"get", "put", "delete", "head", "options"})
"""Methods that may be repeated (RFC 9110, 9.2.2)."""
_RETRY = ("retry", "retries", "backoff", "tenacity", "stamina")


@dataclass(frozen=True, slots=True)
class OutCall:
    """One call. ``timeout`` is as it is written, empty where there is none; ``key`` says that it carries an
    idempotency key; ``wait`` is :func:`longest_wait` of it."""

    path: str
    line: int
    function: str
    method: str
    target: str
    timeout: str
    retried: str
    key: bool
    wait: float | None = None

    @property
    def unsafe(self) -> bool:
        """Whether it is repeated though it may do its work twice."""
        return bool(self.retried) and self.method not in SAFE and not self.key


def calls_out(path: str, text: str) -> Iterator[OutCall]:
    """The calls of one file. Raises SyntaxError."""
    tree = ast.parse(text)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        retry = next((each for each in function.decorator_list if _retries(each)), None)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_client(node.func):
                yield _call(path, function.name, node, node.func.attr, retry)


def _call(path: str, function: str, node: ast.Call, method: str, retry: ast.expr | None) -> OutCall:
    said = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    given = {name: ast.unparse(value) for name, value in said.items()}
    target = ast.unparse(node.args[0]) if node.args else given.get("url", "")
    key = "idempotency" in " ".join(given.values()).lower()
    retried = ast.unparse(retry) if retry is not None else ""
    wait = longest_wait(said.get("timeout"), retry)
    return OutCall(path, node.lineno, function, method, target[:80], given.get("timeout", ""), retried, key, wait)


def _is_client(func: ast.Attribute) -> bool:
    base = func.value
    name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
    return func.attr in METHODS and name.lower().lstrip("_") in CLIENTS


def _retries(decorator: ast.expr) -> bool:
    return any(word in ast.unparse(decorator).lower() for word in _RETRY)
