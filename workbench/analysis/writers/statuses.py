"""Which status the project answers an exception with elsewhere: what a test may expect of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from workbench.analysis.proof.paths import is_test_path
from workbench.analysis.writers.model import Project
from workbench.analysis.writers.source import Function, Source

_BY_NAME = (
    (r"RateLimit|TooMany|Throttl", 429),
    (r"Timeout|TimedOut|Unavailable|OperationalError|ConnectionError|ConnectError|Busy", 503),
    (r"Conflict|IntegrityError|AlreadyExists|Duplicate", 409),
    (r"NotFound|DoesNotExist|Missing", 404),
    (r"PermissionDenied|Forbidden", 403),
    (r"Unauthorized|InvalidToken|Expired|Authentication", 401),
    (r"Validation|Invalid|ValueError|KeyError|Decode|Parse|Bad", 400),
)
_NAMED = re.compile(r"(?:HTTP_|Response)(\w+)$")
_CLASSES = {"NotFound": 404, "Forbidden": 403, "BadRequest": 400}


def expected_status(project: Project, exception: str) -> tuple[int, str]:
    """(status, where it was taken from) for an exception by its last name; 0 where nothing tells it.

    Taken from a handler of the project that answers this exception, else from what its name says in HTTP's terms.
    """
    for path in sorted(project.texts):
        if is_test_path(path) or exception not in project.texts[path]:
            continue
        source = project.source(path)
        for line, bodies in _handled(source.tree, exception) if source is not None else ():
            for node in bodies:
                status = _status_in(project, source, node, 1) if source is not None else 0
                if status:
                    return status, f"{path}:{line} answers {exception} with {status}"
    for pattern, status in _BY_NAME:
        if re.search(pattern, exception):
            return status, f"what the name {exception} says in HTTP; the project answers it nowhere"
    return 0, ""


def _handled(tree: ast.AST, exception: str) -> Iterator[tuple[int, list[ast.AST]]]:
    """(line, what is done) wherever ``exception`` is caught, or told by isinstance."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None and _names(node.type, exception):
            yield node.lineno, list(node.body)
        elif isinstance(node, ast.If | ast.IfExp) and "isinstance" in ast.dump(node.test):
            if _names(node.test, exception):
                yield node.lineno, [node.body] if isinstance(node, ast.IfExp) else list(node.body)
        elif isinstance(node, Function) and any(_names(each, exception) for each in node.decorator_list):
            yield node.lineno, list(node.body)


def _names(node: ast.AST, exception: str) -> bool:
    return any(
        (isinstance(each, ast.Name) and each.id == exception)
        or (isinstance(each, ast.Attribute) and each.attr == exception)
        for each in ast.walk(node)
    )


def _status_in(project: Project, source: Source, node: ast.AST, depth: int) -> int:
    """The status of an answer that ``node`` makes, also by a function of the project that it calls."""
    if isinstance(node, ast.Raise):
        return 0
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, int) and 400 <= each.value < 600:
            return each.value
        if isinstance(each, ast.Attribute | ast.Name):
            named = _NAMED.search(each.attr if isinstance(each, ast.Attribute) else each.id)
            if named and (told := re.match(r"(\d{3})", named[1])):
                return int(told[1])
            if named and named[1] in _CLASSES:
                return _CLASSES[named[1]]
    for each in ast.walk(node):
        if depth and isinstance(each, ast.Call):
            found = _definition(project, source, each.func)
            if found is not None and (status := _returned(project, *found, depth - 1)):
                return status
    return 0


def _returned(project: Project, source: Source, function: Function, depth: int) -> int:
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    return next(filter(None, (_status_in(project, source, node, depth) for node in returns)), 0)


def _definition(project: Project, source: Source, called: ast.expr) -> tuple[Source, Function] | None:
    if isinstance(called, ast.Name) and isinstance(local := source.named(called.id), Function):
        return source, local
    module, _, name = source.meaning(called).rpartition(".")
    other = project.by_module(module) if module else None
    function = other.named(name) if other is not None else None
    return (other, function) if other is not None and isinstance(function, Function) else None
