"""WB105: a broad except that answers with a default, so that a failure looks like an empty result."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import called, leaves

_BROAD = frozenset({"Exception", "BaseException"})
_TELLS = frozenset({"exception", "error", "warning", "critical", "capture_exception", "print_exc", "warn", "fail"})


_OUTSIDE = frozenset(
    """objects query session cache redis client conn connection cursor db requests httpx http api s3 bucket service
    gateway urlopen""".split()
)
_FETCHES = ("fetch", "load", "query", "download", "request", "search", "lookup", "connect", "execute")
_AT_HAND = frozenset({"loads", "lookup_mime_type"})
"""Calls that sound like it and read what is in memory."""

_ASKS = ("is_", "has_", "can_", "_is_", "_has_", "__", "supports")
_HEALTH = frozenset({"health", "healthy", "healthcheck", "alive", "ping", "reachable", "available"})


def _check(module: Module) -> Iterator[Hit]:
    for attempt in ast.walk(module.tree):
        if not isinstance(attempt, ast.Try) or not _goes_outside(module, attempt):
            continue
        node = attempt.handlers[-1] if attempt.handlers else None
        if node is None or not _is_broad(node) or _tells(node) or any(leaves(h.body) for h in attempt.handlers[:-1]):
            continue
        last = node.body[-1]
        alone = len(node.body) == 1 and isinstance(last, ast.Return) and _is_default(last.value)
        if alone and not _is_probe(module, node):
            yield Hit(node, "every error becomes a default answer and nobody is told")


def _goes_outside(module: Module, attempt: ast.Try) -> bool:
    """Whether the attempt asks a database, a cache or a service: only there does "nothing" hide "failed"."""
    for call in called(attempt.body):
        name = module.dotted(call.func).replace("request.session.", "")  # a dictionary that the framework has read
        parts = [part.lstrip("_") for part in name.split(".")]
        if _OUTSIDE & set(parts) or (parts[-1].startswith(_FETCHES) and parts[-1] not in _AT_HAND):
            return True
    return False


def _is_broad(node: ast.ExceptHandler) -> bool:
    return node.type is None or (isinstance(node.type, ast.Name) and node.type.id in _BROAD)


def _tells(node: ast.ExceptHandler) -> bool:
    for child in own_nodes(node):
        if isinstance(child, ast.Raise):
            return True
        if isinstance(child, ast.Call):
            name = child.func.attr if isinstance(child.func, ast.Attribute) else getattr(child.func, "id", "")
            if name in _TELLS or name.startswith("log"):
                return True
        if node.name and isinstance(child, ast.Name) and child.id == node.name:
            return True
    return False


def _is_default(value: ast.expr | None) -> bool:
    if value is None or isinstance(value, ast.Constant):
        return True
    return isinstance(value, ast.List | ast.Dict | ast.Tuple | ast.Set) and not list(ast.iter_child_nodes(value))[1:]


def _is_probe(module: Module, node: ast.ExceptHandler) -> bool:
    """Whether the very question is whether something works (``is_…``, ``health_check``, ``__repr__``) may say no."""
    function = module.function_of(node)
    return function is None or function.name.startswith(_ASKS) or bool(_HEALTH & set(function.name.split("_")))


RULE = Rule(
    id="WB105",
    title="broad except that returns a default",
    why="A failing database looks like an empty one; the first sign is a user's complaint.",
    severity=Severity.WARNING,
    check=_check,
    bad="def load(pk):\n    try:\n        return fetch(pk)\n    except Exception:\n        return None\n",
    good="def load(pk):\n    try:\n        return fetch(pk)\n    except Missing:\n        return None\n",
)
