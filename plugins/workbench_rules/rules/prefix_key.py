"""WB111: a cache key made of the first characters of a token, which many tokens share."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, calls
from workbench_rules.rule import Hit, Rule

_SECRETS = ("token", "jwt", "key", "auth", "session", "credential", "header", "digest", "hash", "email")
SHORTEST = 4
"""Of fewer characters nobody makes a key; ``key[:2]`` is of a tuple."""

_USES = frozenset({"get", "set", "add", "incr", "get_or_set", "delete", "touch"})


def _check(module: Module) -> Iterator[Hit]:
    for function in module.functions():
        short = _prefixes(module, function)
        for call in calls(function):
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in _USES or not call.args:
                continue
            if "cache" not in module.dotted(call.func.value).lower():
                continue
            if found := _shortened(call.args[0]) or short.get(_name(call.args[0]), ""):
                yield Hit(call, f"the key is only the start of {found}: entries of different users can be one")


def _prefixes(module: Module, function: ast.AST) -> dict[str, str]:
    """Names and attributes that are given a prefix of something secret in the function."""
    names: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and (found := _shortened(node.value)):
            names[_name(node.targets[0])] = found
    return names


def _shortened(value: ast.AST) -> str:
    """The name of what is cut short in a key, if it or the words of the key beside it speak of something secret."""
    texts = (node.value for node in ast.walk(value) if isinstance(node, ast.Constant))
    said = " ".join(text for text in texts if isinstance(text, str))
    return next((found for node in ast.walk(value) if (found := _prefix(node, said))), "")


def _name(node: ast.AST) -> str:
    """A name or the last part of a dotted one."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _prefix(node: ast.AST, said: str) -> str:
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
        return ""
    if node.slice.lower is not None or not isinstance(node.slice.upper, ast.Constant):
        return ""
    if not isinstance(node.slice.upper.value, int) or not SHORTEST <= node.slice.upper.value <= 40:
        return ""
    name = _name(node.value)
    return name if any(word in f"{name} {said}".lower() for word in _SECRETS) else ""


RULE = Rule(
    id="WB111",
    title="truncated cache key",
    why="The first characters of every HS256 JWT are the same header: one user is served as another.",
    severity=Severity.ERROR,
    check=_check,
    bad='def user_of(token):\n    return cache.get("user:" + token[:16])\n',
    good='def user_of(token):\n    return cache.get("user:" + sha256(token.encode()).hexdigest())\n',
)
