"""How the project answers an exception: as it does elsewhere, else in the words of an answer beside, else by rule."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench_codemods.project import module_name, text

_STATUS = (
    (409, r"Conflict|Already|Duplicate|Stale|Concurrent|Integrity"),
    (429, r"RateLimit|TooMany|Throttl|Quota"),
    (503, r"Timeout|TimedOut|Unavailable|Busy|Overload|Connection"),
    (404, r"NotFound|DoesNotExist|Missing|Unknown"),
    (403, r"Permission|Forbidden|Denied|NotAllowed"),
    (401, r"Unauthor|Unauthent|Credential|NotSignedIn"),
    (400, r"Invalid|Validation|Malformed|Bad|Decode|Parse"),
)
"""Status by the exception's name (RFC 9110 section 15; 429 is RFC 6585)."""

_DEFAULTS = (
    ("django", ("django.http", "JsonResponse"), 'return JsonResponse({{"error": str({name})}}, status={status})'),
    ("fastapi", ("fastapi", "HTTPException"), "raise HTTPException({status}, str({name})) from {name}"),
    ("flask", ("", ""), 'return {{"error": str({name})}}, {status}'),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """``statement`` answers the exception called ``name``; ``imports`` are (module, name) it needs; ``why`` says whose
    words these are."""

    name: str
    statement: str
    imports: tuple[tuple[str, str], ...]
    why: str


def find_answer(root: Path, files: Sequence[str], path: str, exception: str) -> Answer | None:
    """How ``path`` should answer ``exception``; None where nothing tells."""
    near = [path, *(each for each in files if each != path)]
    for other in near:
        said = text(root, other)
        if exception not in said:
            continue
        for name, value in _answers(said, exception):
            imports = _needed(root, other, said, path, value, name)
            if imports is not None:
                statement = f"return {ast.unparse(value)}"
                return Answer(name, statement, imports, f"as {other} answers it: {statement}")
    status = next((status for status, shape in _STATUS if re.search(shape, exception)), 0)
    return _by_rule(root, path, status) if status else None


def _answers(source: str, exception: str) -> Iterator[tuple[str, ast.expr]]:
    """What is returned where ``exception`` is caught or asked for by ``isinstance``, with the name it has there."""
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.ExceptHandler) and node.type is not None and _names(node.type) & {exception}:
            last = node.body[-1]
            if len(node.body) == 1 and isinstance(last, ast.Return) and last.value is not None:
                yield node.name or "problem", last.value
        if isinstance(node, ast.IfExp) and (name := _asked(node.test, exception)):
            yield name, node.body
        if isinstance(node, ast.If) and (name := _asked(node.test, exception)):
            last = node.body[-1]
            if len(node.body) == 1 and isinstance(last, ast.Return) and last.value is not None:
                yield name, last.value


def _asked(test: ast.expr, exception: str) -> str:
    """The name that ``isinstance(name, exception)`` asks about."""
    if not isinstance(test, ast.Call) or not isinstance(test.func, ast.Name) or test.func.id != "isinstance":
        return ""
    subject, kinds = test.args[0], test.args[-1]
    return subject.id if isinstance(subject, ast.Name) and exception in _names(kinds) else ""


def _by_rule(root: Path, path: str, status: int) -> Answer | None:
    """In the words of another answer of the module with another status, else as its framework does."""
    source = text(root, path)
    for node in ast.walk(_tree(source)):
        if not isinstance(node, ast.ExceptHandler) or not isinstance(node.body[-1], ast.Return) or not node.name:
            continue
        call = node.body[-1].value
        if isinstance(call, ast.Call) and (made := _other_status(call, node.name, status)):
            statement = f"return {made}"
            return Answer(node.name, statement, (), f"in the words of line {node.lineno}: {statement}")
    for framework, needed, shape in _DEFAULTS:
        if re.search(rf"^\s*(from|import) {framework}\b", source, re.MULTILINE):
            statement = shape.format(name="problem", status=status)
            return Answer("problem", statement, (needed,) if needed[0] else (), f"{status}, by its name: {statement}")
    return None


def _other_status(call: ast.Call, name: str, status: int) -> str:
    """``error(str(problem), 400)`` with another status; "" for a call that says anything else."""
    known = [arg for arg in (*call.args, *(k.value for k in call.keywords)) if _is_status(arg)]
    free = _free(call) - {name}
    called = call.func.id if isinstance(call.func, ast.Name) else ""
    words = any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in ast.walk(call))
    if len(known) != 1 or words or not called or free - {called, "str"} or name not in _free(call):
        return ""
    made: str = ast.unparse(call)
    old = known[0]
    assert isinstance(old, ast.Constant)
    return re.sub(rf"\b{old.value!r}\b", str(status), made)


def _is_status(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and 400 <= node.value < 600


def _needed(
    root: Path, other: str, source: str, path: str, value: ast.expr, name: str
) -> tuple[tuple[str, str], ...] | None:
    """Imports that ``value`` of the file ``other`` needs in ``path``; None where it rests on what is only there."""
    if other == path:
        local = _free(value) - {name} - _top_level(source) - set(dir(builtins)) - set(_imports(source))
        return None if local else ()
    imports, defined = _imports(source), _top_level(source)
    found: list[tuple[str, str]] = []
    for each in sorted(_free(value) - {name} - set(dir(builtins))):
        if each in imports:
            found.append((imports[each], each))
        elif each in defined:
            found.append((module_name(root, other), each))
        else:
            return None
    return tuple(found)


def _imports(source: str) -> dict[str, str]:
    """Names that ``from module import name`` gives, with their modules."""
    found: dict[str, str] = {}
    for node in _tree(source).body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update({alias.name: node.module for alias in node.names if alias.asname is None})
    return found


def _top_level(source: str) -> set[str]:
    body = _tree(source).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


def _free(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _names(node: ast.AST) -> set[str]:
    attributes = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return _free(node) | attributes


def _tree(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])
