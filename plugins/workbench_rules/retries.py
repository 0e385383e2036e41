"""Retry loops: which loops are one, whether they end, whether they pause."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbench_rules.module import Function, Module
from workbench_rules.shapes import called, inside, last_name, leaves, remote, types_of

_CLIENTS = frozenset(
    "client conn connection cursor redis http api session producer channel sock socket broker gateway".split()
)
_NETWORK = frozenset(
    """ConnectionError ConnectionResetError ConnectionRefusedError Timeout TimeoutError ConnectTimeout ReadTimeout
    RequestException HTTPError URLError OperationalError InterfaceError ClientError SMTPException gaierror""".split()
)
_OPTIMISTIC = re.compile(r"Integrity|Conditional|Conflict|Stale|Duplicate")
"""Words of an error that says that another was first: one tries again with what is there now, and at once."""

_PAUSES = ("sleep", "wait", "backoff", "delay", "jitter")


@dataclass(frozen=True, slots=True)
class Retry:
    """A loop that tries something remote again after an error.

    ``bounded``: it gives up some time; ``pauses``: it waits between.
    """

    function: Function
    loop: ast.While | ast.For
    attempt: ast.Try
    bounded: bool
    pauses: bool


def retries(module: Module) -> Iterator[Retry]:
    """Every retry loop: it ends when the attempt succeeds and goes round again when a remote call fails."""
    for node in ast.walk(module.tree):
        function = module.function_of(node)
        if function is None or not isinstance(node, ast.While | ast.For) or not _repeats(node):
            continue
        for inner in node.body:
            if isinstance(inner, ast.Try) and _is_attempt(module, node, inner):
                handled = any(leaves(handler.body) for handler in inner.handlers)
                bounded = isinstance(node, ast.For) or handled or _has_deadline(node)
                yield Retry(function, node, inner, bounded, _pauses(node))
                break


def _repeats(loop: ast.While | ast.For) -> bool:
    """``while True``, or ``for attempt in range(n)`` whose counter is not what the work is about."""
    if isinstance(loop, ast.While):
        return isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    return isinstance(loop.iter, ast.Call) and last_name(loop.iter.func) == "range" and not _uses(loop)


def _uses(loop: ast.For) -> bool:
    """Whether an attempt itself depends on the counter: then it is a loop over items, not over attempts."""
    name = last_name(loop.target)
    tries = [inner for inner in loop.body if isinstance(inner, ast.Try)]
    return any(isinstance(node, ast.Name) and node.id == name for one in tries for node in inside(one.body))


def _is_attempt(module: Module, loop: ast.While | ast.For, attempt: ast.Try) -> bool:
    again = [handler for handler in attempt.handlers if not _always_leaves(handler)]
    rest = loop.body[loop.body.index(attempt) + 1 :]
    succeeds = leaves(attempt.body) or leaves(attempt.orelse) or (leaves(rest) and _skips(again))
    return bool(again) and succeeds and _is_remote(module, attempt, again)


def _always_leaves(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise | ast.Return | ast.Break)


def _skips(handlers: list[ast.ExceptHandler]) -> bool:
    return any(isinstance(handler.body[-1], ast.Continue) for handler in handlers)


def _is_remote(module: Module, attempt: ast.Try, again: list[ast.ExceptHandler]) -> bool:
    caught = set().union(*(types_of(handler) for handler in again))
    if any(_OPTIMISTIC.search(name) for handler in again for name in _words(handler)):
        return False
    if caught & _NETWORK:
        return True
    for call in called(attempt.body):
        owner = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if remote(module, call) or owner.lstrip("_") in _CLIENTS:
            return True
    return False


def _words(handler: ast.ExceptHandler) -> Iterator[str]:
    for node in ast.walk(handler):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif name := last_name(node):
            yield name


def _has_deadline(loop: ast.While | ast.For) -> bool:
    """Whether the loop is left, or the program ended, once something is above or below a limit."""
    for node in loop.body:
        compared = isinstance(node, ast.If) and any(isinstance(part, ast.Compare) for part in ast.walk(node.test))
        if compared and isinstance(node, ast.If) and (leaves(node.body) or any(map(_ends, called(node.body)))):
            return True
    return False


def _ends(call: ast.Call) -> bool:
    return last_name(call.func) in ("exit", "_exit", "abort")


def _pauses(loop: ast.While | ast.For) -> bool:
    return any(any(word in last_name(call.func).lower() for word in _PAUSES) for call in called(loop.body))
