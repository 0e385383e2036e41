"""WB111: a cache key made of the first characters of a token, which many tokens share."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import last_name

SHORTEST = 4
"""Of fewer characters nobody makes a key; ``key[:2]`` is of a tuple."""

LONGEST = (
    (("digest", "hash", "sha", "md5", "session"), 8),
    (("token", "jwt", "auth", "credential", "header", "email"), 64),
    (("key",), 10),
)
"""What is cut short, by the words of its name, and up to how many characters many share the start: random characters
only while few are left, a JWT as long as its header lasts, an API key as long as its maker's mark ("sk-proj-")."""

_USES = frozenset({"get", "set", "add", "incr", "get_or_set", "delete", "touch", "setex", "exists"})


def _check(module: Module) -> Iterator[Hit]:
    for function in module.functions():
        short = _prefixes(module, function)
        said: set[str] = set()
        for node, key, held in _keys(module, function):
            name = last_name(key)
            if "cache" not in f"{held} {name}".lower():
                continue
            found = _shortened(key) or short.get(name, "")
            if found and found not in said:
                said.add(found)
                yield Hit(node, f"the key is only the start of {found}: entries of different users can be one")


def _keys(module: Module, function: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """What looks something up by a key: the node, the key, and the name of what is asked."""
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and node.args:
            name = module.dotted(node.func)
            owner, _, verb = name.rpartition(".")
            if verb in _USES or "cache" in verb.lower():
                yield node, node.args[0], owner if verb in _USES else verb
        elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            yield node, node.slice, module.dotted(node.value)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            yield node, node.left, module.dotted(node.comparators[0])


def _prefixes(module: Module, function: ast.AST) -> dict[str, str]:
    """Names and attributes that are given a prefix of something secret in the function."""
    names: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and (found := _shortened(node.value)):
            names[last_name(node.targets[0])] = found
    return names


def _shortened(value: ast.AST) -> str:
    """The name of what is cut short in a key, if it or the words of the key beside it speak of something secret; not
    when the key has its end or its hash as well."""
    nodes = list(ast.walk(value))
    if any(_is_rest(node) for node in nodes):
        return ""
    texts = (node.value for node in nodes if isinstance(node, ast.Constant))
    said = " ".join(text for text in texts if isinstance(text, str))
    return next((found for node in nodes if (found := _prefix(node, said))), "")


def _is_rest(node: ast.AST) -> bool:
    """The end of something, or its hash."""
    if isinstance(node, ast.Call):
        return last_name(node.func) in ("hexdigest", "digest", "hash")
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.lower is not None


def _prefix(node: ast.AST, said: str) -> str:
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
        return ""
    if node.slice.lower is not None or not isinstance(node.slice.upper, ast.Constant):
        return ""
    name, length = last_name(node.value), node.slice.upper.value
    if not name or not isinstance(length, int):
        return ""
    return name if SHORTEST <= length <= (_longest(name) or _longest(said)) else ""


def _longest(text: str) -> int:
    """Up to how many characters the start of what ``text`` names is shared; 0 of nothing secret."""
    return next((length for words, length in LONGEST if any(word in text.lower() for word in words)), 0)


RULE = Rule(
    id="WB111",
    title="truncated cache key",
    why="The first characters of every HS256 JWT are the same header: one user is served as another.",
    severity=Severity.ERROR,
    check=_check,
    bad='def user_of(token):\n    return cache.get("user:" + token[:16])\n',
    good='def user_of(token):\n    return cache.get("user:" + sha256(token.encode()).hexdigest())\n',
)
