"""Groups of routes and where they are mounted: Flask's blueprints, FastAPI's routers, namespaces of flask-restx."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from workbench_map.facts import Mount
from workbench_map.names import dotted, last, text_of

_GROUPS = frozenset({"Blueprint", "APIRouter", "Namespace", "FastAPI"})
_MOUNTS = frozenset({"include_router", "register_blueprint", "add_namespace"})
_PREFIX = frozenset({"prefix", "url_prefix", "path", "root_path"})
MOST_HOPS = 8
"""Groups within groups that are followed, so that a circle of them ends."""


def read_mounts(tree: ast.Module, module: str, names: dict[str, str]) -> Iterator[Mount]:
    """``router = APIRouter(prefix="/a")`` and ``app.include_router(router, prefix="/b")``, wherever they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            group = owned(dotted(node.targets[0], {}), module)
            kind = last(dotted(node.value.func, names))
            if kind in _GROUPS:
                yield Mount(group, "", _prefix(node.value), False, _needs(node.value, module, names))
            elif kind == "Api" and node.value.args:
                yield Mount(group, owned(dotted(node.value.args[0], names), module), _prefix(node.value), False)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MOUNTS:
            group = owned(dotted(node.args[0], names), module) if node.args else ""
            owner = owned(dotted(node.func.value, names), module)
            if group:
                replaces = node.func.attr != "include_router"
                yield Mount(group, owner, _prefix(node), replaces, _needs(node, module, names))


def owned(name: str, module: str) -> str:
    """A dotted name in full: one without a dot is of ``module``."""
    return name if not name or "." in name else f"{module}.{name}"


def placed(mounts: Sequence[Mount], group: str) -> tuple[str, tuple[str, ...]]:
    """The prefix of a group's routes and what each of them depends on, groups around it first."""
    prefix = ""
    needs: list[str] = []
    for _ in range(MOST_HOPS):
        declared = next((one for one in mounts if one.group == group and not one.owner), None)
        known = [one for one in mounts if one.owner and _likeness(one.group, group)]
        mounted = max(known, key=lambda one: _likeness(one.group, group), default=None)
        own = declared.prefix if declared and not (mounted and mounted.replaces and mounted.prefix) else ""
        prefix = (mounted.prefix if mounted else "") + own + prefix
        needs[:0] = [*(mounted.needs if mounted else ()), *(declared.needs if declared else ())]
        if mounted is None:
            break
        group = mounted.owner
    return prefix, tuple(dict.fromkeys(needs))


def _likeness(said: str, group: str) -> int:
    """How surely ``said`` means ``group``: 3 the same, 2 below the root of the sources, 1 handed on by a package
    (``api.users.router`` of ``api.users.views.router``), 0 not at all."""
    package, _, name = said.rpartition(".")
    if said == group:
        return 3
    if group.endswith(f".{said}"):
        return 2
    return int(bool(package) and last(group) == name and f".{package}." in f".{group}")


def _prefix(call: ast.Call) -> str:
    """By keyword, or as the second argument of ``add_namespace``."""
    values = [word.value for word in call.keywords if word.arg in _PREFIX]
    if isinstance(call.func, ast.Attribute) and call.func.attr == "add_namespace":
        values += call.args[1:2]
    return next((text_of(value) for value in values), "").rstrip("/")


def _needs(call: ast.Call, module: str, names: dict[str, str]) -> tuple[str, ...]:
    """What ``dependencies=[Depends(f)]`` names."""
    given = [word.value for word in call.keywords if word.arg == "dependencies"]
    found = [node for value in given for node in ast.walk(value) if isinstance(node, ast.Call) and node.args]
    return tuple(
        owned(dotted(node.args[0], names), module)
        for node in found
        if last(dotted(node.func, names)) in ("Depends", "Security")
    )
