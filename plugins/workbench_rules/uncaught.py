"""Facts about exceptions, gathered file by file, and what they say together: which exception nothing catches."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench_rules.module import Module
from workbench_rules.shapes import last_name

_HTTP = ("Http404", "HTTPException", "APIException", "PermissionDenied", "SuspiciousOperation", "ValidationError")
_COMMANDS = ("CommandError", "ClickException", "UsageError", "SystemExit", "KeyboardInterrupt", "Warning")
_ANSWERED = frozenset((*_HTTP, *_COMMANDS))
"""Bases that a framework turns into an answer or that are meant to end the program."""

_APPS = frozenset(
    {
        "flask.Flask",
        "fastapi.FastAPI",
        "starlette.applications.Starlette",
        "aiohttp.web.Application",
        "django.core.wsgi.get_wsgi_application",
        "django.core.asgi.get_asgi_application",
        "django.core.management.execute_from_command_line",
    }
)


@dataclass(frozen=True, slots=True)
class Throw:
    """A ``raise`` of a class: where, in which symbol, the line's text."""

    name: str
    path: str
    line: int
    end_line: int
    symbol: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What one file says of exceptions.

    ``classes`` pairs a class with its bases' last names; ``handled`` are names that the file catches or speaks of in
    any other way than raising, importing and subclassing (a registered handler, an isinstance, a table of answers);
    ``serves``: it makes a web application.
    """

    classes: tuple[tuple[str, tuple[str, ...]], ...]
    throws: tuple[Throw, ...]
    handled: frozenset[str]
    serves: bool


def facts(module: Module) -> Facts:
    """The facts of one file."""
    classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    return Facts(
        tuple((node.name, tuple(last_name(base) for base in node.bases)) for node in classes),
        tuple(_throws(module)),
        frozenset(_handled(module)),
        _serves(module),
    )


def uncaught(known: Sequence[Facts]) -> list[Throw]:
    """The first throw of each custom exception that no file handles; nothing where no file serves requests.

    A library's exceptions are for its callers to catch: without entry points there is nothing to say.
    """
    if not any(one.serves for one in known):
        return []
    bases = {name: parents for one in known for name, parents in one.classes}
    handled = set().union(*(one.handled for one in known))
    first: dict[str, Throw] = {}
    for one in known:
        for throw in one.throws:
            line = set(_lineage(throw.name, bases))
            if throw.name in bases and line & {"Exception"} and not line & (handled | _ANSWERED):
                first.setdefault(throw.name, throw)
    return list(first.values())


def _lineage(name: str, bases: dict[str, tuple[str, ...]]) -> Iterator[str]:
    todo, seen = [name], set[str]()
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            yield one
            todo += bases.get(one, ())


def _throws(module: Module) -> Iterator[Throw]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            text = module.lines[node.lineno - 1]
            if name := last_name(target):
                end = node.end_lineno or node.lineno
                if "# noqa" not in text:
                    yield Throw(name, module.path, node.lineno, end, module.qualname(node), text)


def _handled(module: Module) -> Iterator[str]:
    """Names used as a value, but for what is raised, subclassed, or names a broad class in a handler."""
    skip: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            skip.add(id(target))
        elif isinstance(node, ast.ClassDef):
            skip |= {id(base) for base in node.bases}
    for node in ast.walk(module.tree):
        name = last_name(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        if name and id(node) not in skip and name not in ("Exception", "BaseException"):
            yield name


def _serves(module: Module) -> bool:
    """Whether the file makes a web application (a library's routes alone do not: its exceptions are its callers')."""
    makes = {module.dotted(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call)}
    return bool(makes & _APPS)
