"""Entry points of the whole repository: includes followed, classes opened, the named ones chosen. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench_map.facts import FileFacts, Route
from workbench_map.graph import Code, Place
from workbench_map.names import last
from workbench_map.routers import placed

_METHODS = ("get", "post", "put", "patch", "delete", "list", "create", "retrieve", "update", "destroy", "dispatch")
_HOOKS = ("get_queryset", "get_object", "perform_create", "perform_update", "perform_destroy", "form_valid")
"""What the library's own methods of a class-based view call."""

_WORD = re.compile(r"[a-z0-9]+")
_PATH = re.compile(r"(?<!\S)/[\w./{}<>:-]+\w/?")
"""A path that the question writes out."""

_DULL = frozenset("api v1 v2 get post put patch delete id item the a an of on in with for and or to is pk int".split())
MOST = 12
"""Entries that are walked when nothing names one, or many are named."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry point: its label, its kind, the functions that serve it, those that its router asks first."""

    label: str
    kind: str
    serves: tuple[Place, ...]
    path: str
    line: int
    needs: tuple[Place, ...] = ()


def entries(code: Code) -> list[Entry]:
    """Every entry point whose function is in the repository."""
    inner = (_included(code, route) for file in code.files for route in file.routes if route.kind == "include")
    included = {file.path for file in inner if file}
    found = [entry for file in code.files if file.path not in included for entry in _of(code, file, "", frozenset())]
    return list({(entry.label, entry.serves): entry for entry in found}.values())


def _of(code: Code, file: FileFacts, prefix: str, above: frozenset[str]) -> Iterator[Entry]:
    for route in file.routes:
        if route.kind == "include":
            inner = _included(code, route)
            if inner and inner.path not in above:
                yield from _of(code, inner, prefix + route.label, above | {file.path})
            continue
        serves = tuple(_serving(code, route))
        if serves:
            before, needs = placed(code.mounts, route.group) if route.group else ("", ())
            verb, _, pattern = route.label.rpartition(" ") if route.kind == "route" else ("", "", route.label)
            label = f"{verb} {before + pattern or '/'}".strip()
            if route.kind == "route" and not route.group and not verb and not pattern.startswith("/"):
                label = "/" + (prefix + pattern).lstrip("^/").rstrip("$")
            asked = tuple(place for name in needs if (place := code.find(name)))
            yield Entry(label, route.kind, serves, file.path, route.line, asked)
            for action in _actions(code, route):
                yield Entry(
                    f"{label.rstrip('/')}/{action.fn.action}", route.kind, (action,), file.path, route.line, asked
                )


def _actions(code: Code, route: Route) -> Iterator[Place]:
    """What a view set that is registered does beside the methods that every one has."""
    classes = code.classes(route.target) if route.kind == "route" else []
    yield from (one for name in classes for one in code.actions.get(last(name), ()))


def _included(code: Code, route: Route) -> FileFacts | None:
    """The file of an included module; of the router's module for ``include(router.urls)``."""
    outer = route.target.rpartition(".")[0]
    names = (route.target, route.target.removesuffix(".urls"), outer, outer.rpartition(".")[0])
    return next((file for name in names if "." in name and (file := code.module(name))), None)


def _serving(code: Code, route: Route) -> Iterator[Place]:
    if place := code.find(route.target):
        yield place
        return
    classes = code.classes(route.target)
    for method in (*_METHODS, *_HOOKS):
        if place := next((one for name in classes if (one := code.find(f"{name}.{method}"))), None):
            yield place
    if body := next((one for name in classes if (one := code.body(name))), None):
        yield body


def named(all_entries: Sequence[Entry], question: str, endpoints: Sequence[str], seen: set[str]) -> list[Entry]:
    """The entries that the log's endpoints, the tracebacks' functions (ids in ``seen``) or the question name.

    Best first, at most MOST; when nothing names one, the first of them all.
    """
    words = set(_WORD.findall(question.lower()))
    said = [*endpoints, *_PATH.findall(question)]
    paths = [endpoint.split()[-1].split("?")[0].rstrip("/") for endpoint in said if endpoint.split()]
    scored: list[tuple[int, int, Entry]] = []
    for place, entry in enumerate(all_entries):
        text = entry.label.rpartition(" ")[2]
        score = sum(4 if _matches(text, path) else 3 * _ends(text, path) for path in paths)
        score += 2 * any(one.id in seen for one in entry.serves)
        own = set(_WORD.findall(text.lower())) | {word for one in entry.serves for word in one.fn.qualname.split("_")}
        score += min(len((own - _DULL) & words), 2)
        scored.append((-score, place, entry))
    best = [entry for score, _, entry in sorted(scored, key=lambda item: item[:2]) if score < 0]
    return (best or list(all_entries))[:MOST]


def _matches(pattern: str, path: str) -> bool:
    """Whether a route's pattern is this path: parameters (``<id>``, ``{id}``, groups) stand for one segment."""
    parts = re.split(r"<[^>]*>|\{[^}]*\}|\(\?P<\w+>[^)]*\)", pattern.rstrip("/"))
    return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None


def _ends(pattern: str, path: str) -> bool:
    """Whether a path ends with a route's pattern: what it is mounted under may be known at run time only."""
    steps = path.strip("/").split("/")
    tails = ("/" + "/".join(steps[start:]) for start in range(1, len(steps)))
    return bool(_WORD.search(re.sub(r"<[^>]*>|\{[^}]*\}", "", pattern))) and any(
        _matches(pattern, tail) for tail in tails
    )
