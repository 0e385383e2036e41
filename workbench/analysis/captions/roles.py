"""What the symbols of a file are for: models, endpoints, tasks, exceptions, by the customs of frameworks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from posixpath import basename, splitext

from workbench.analysis.outline import Outline, Symbol

_ROUTE = re.compile(
    r"^[\w.]*\b(?:route|get|post|put|patch|delete|head|options|websocket|api_route)\((?P<quote>['\"])(?P<path>.*?)(?P=quote)"
)
_VIEW = re.compile(r"^(?:[\w.]*\.)?(?:api_view|action|require_\w+|login_required|csrf_exempt)\b")
_TASK = re.compile(r"^(?:[\w.]*\.)?(?:shared_task|task|periodic_task|actor|job)\b")
_COMMAND = re.compile(r"^(?:[\w.]*\.)?(?:command|group)\b")
_RECEIVER = re.compile(r"^(?:[\w.]*\.)?receiver\b")
_ENDINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("exceptions", re.compile(r"(?:Error|Exception|Warning|Exit)$")),
    ("schemas", re.compile(r"(?:^|\.)(?:BaseModel|Schema|TypedDict|ModelSchema)$")),
    ("serializers", re.compile(r"Serializer$")),
    ("models", re.compile(r"(?:^|\.)(?:\w*Model|DeclarativeBase|Base|Document)$")),
    ("views", re.compile(r"(?:View|ViewSet|APIView|Viewset|Resource|HTTPEndpoint)(?:Mixin)?$")),
    ("middleware", re.compile(r"Middleware(?:Mixin)?$")),
    ("forms", re.compile(r"Form$")),
    ("admin pages", re.compile(r"Admin$|(?:Tabular|Stacked)Inline$")),
    ("commands", re.compile(r"(?:^|\.)BaseCommand$")),
    ("migrations", re.compile(r"(?:^|\.)Migration$")),
    ("permissions", re.compile(r"Permission$")),
    ("enums", re.compile(r"(?:^|\.)(?:\w*Enum|Flag|\w*Choices)$")),
    ("protocols", re.compile(r"(?:^|\.)(?:Protocol|ABC)$")),
    ("tests", re.compile(r"TestCase$")),
)
_BY_FILE: Mapping[str, str] = {
    "views": "views",
    "tasks": "tasks",
    "middleware": "middleware",
    "signals": "signal handlers",
    "forms": "forms",
    "serializers": "serializers",
    "fixtures": "fixtures",
    "conftest": "fixtures",
}


PLAIN = ("classes", "functions")
"""Roles that say nothing."""

_BESIDE = ("exceptions", "protocols", "enums")
"""Roles that tell what a file is about only where they are most of it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Symbols of one role: their names, and how many lines each has. ``role`` is a plural; plain ones come by size."""

    role: str
    names: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()


def groups_of(path: str, outline: Outline) -> tuple[Group, ...]:
    """The roles of a file's top-level symbols and of methods that are routed, the most telling first."""
    found: dict[str, dict[str, int]] = {}
    stem = splitext(basename(path))[0]
    for symbol in outline.symbols:
        role, name = _role(stem, symbol)
        if role:
            found.setdefault(role, {}).setdefault(name, symbol.end_line - symbol.line + 1)
    if "migrations" in found:
        return (Group("migration"),)
    if stem == "urls" or stem.endswith("_urls"):
        return (Group("URL routes"),)
    if "settings" in stem or "/settings/" in f"/{path}":
        found.setdefault("settings", {})
    if path.endswith(f"management/commands/{stem}.py") and "commands" in found:
        found["commands"] = {stem: 1}
    total = sum(len(names) for names in found.values())
    order = sorted(found, key=lambda role: _rank(role, len(found[role]), total))
    return tuple(_group(role, found[role]) for role in order)


def _rank(role: str, count: int, total: int) -> int:
    if role in PLAIN:
        return 1 + PLAIN.index(role)
    return 3 if role in _BESIDE and 2 * count < total else 0


def _group(role: str, found: Mapping[str, int]) -> Group:
    names = list(found)
    if role in PLAIN:
        names.sort(key=lambda name: (name.startswith("_"), -found[name]))
    return Group(role, tuple(names), tuple(found[name] for name in names))


def _role(stem: str, symbol: Symbol) -> tuple[str, str]:
    """The role and the name to show; an empty role for what is left out."""
    role, name = _decorated(symbol.decorators)
    if role:
        return role, name or symbol.name
    if symbol.owner or (symbol.name.startswith("_") and symbol.kind == "function"):
        return "", ""
    if symbol.kind == "class":
        return _class_role(symbol)
    if symbol.name.startswith("test_"):
        return "tests", symbol.name.removeprefix("test_")
    return _BY_FILE.get(stem, "functions"), symbol.name


def _class_role(symbol: Symbol) -> tuple[str, str]:
    bases = [base.partition("[")[0] for base in symbol.bases]
    for role, pattern in _ENDINGS:
        named = role in ("exceptions", "middleware") and pattern.search(symbol.name)
        if named or any(pattern.search(base) for base in bases):
            return role, _short(symbol.name, role)
    return "classes", symbol.name


def _decorated(decorators: Iterable[str]) -> tuple[str, str]:
    for decorator in decorators:
        if (route := _ROUTE.match(decorator)) is not None:
            return "endpoints", _last_step(route["path"])
        for role, pattern in (
            ("tasks", _TASK),
            ("commands", _COMMAND),
            ("signal handlers", _RECEIVER),
            ("views", _VIEW),
        ):
            if pattern.match(decorator):
                return role, ""
        if re.match(r"(?:pytest\.)?fixture\b", decorator):
            return "fixtures", ""
    return "", ""


def _last_step(route: str) -> str:
    """The last step of a route that is no parameter, or the empty string."""
    steps = [step for step in route.strip("/^$").split("/") if step and not re.search(r"[<{(:*]", step)]
    return steps[-1] if steps else ""


def _short(name: str, role: str) -> str:
    """``name`` without the role said twice: ``LoginView`` among the views is ``Login``."""
    ending = {
        "views": "View",
        "middleware": "Middleware",
        "serializers": "Serializer",
        "forms": "Form",
        "tests": "Tests",
    }
    return name.removesuffix(ending.get(role, "\0")) or name
