"""Groups of routes and where they are mounted: Flask's blueprints, FastAPI's routers, namespaces of flask-restx."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from workbench_map.facts import Mount
from workbench_map.names import dotted, last, text_of

_GROUPS = ("Blueprint", "Router", "Namespace", "FastAPI")
"""How the classes of groups end: applications make their own of them (``AdminAPIRouter``)."""

_ITEMS = ("router", "routes", "blueprint", "bp", "namespace")
"""How groups are named that stand in a list."""

_MOUNTS = frozenset({"include_router", "register_blueprint", "add_namespace", "mount"})
_PREFIX = frozenset({"prefix", "url_prefix", "path", "root_path"})
_NAME = re.compile(r"\0([^\0]+)\0")
MOST_HOPS = 8
"""Groups within groups that are followed, so that a circle of them ends."""


def read_mounts(tree: ast.Module, module: str, names: dict[str, str]) -> Iterator[Mount]:
    """``router = APIRouter(prefix="/a")`` and ``app.include_router(router, prefix="/b")``, wherever they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(dotted(base, names).endswith(_GROUPS) for base in node.bases):
            yield _class(node, module, names)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            group = owned(dotted(node.targets[0], {}), module)
            kind = dotted(node.value.func, names)
            if kind.endswith(_GROUPS):
                needs = _needs(node.value, module, names)
                yield Mount(group, "", _prefix(node.value, module, names), False, needs, owned(kind, module))
            elif last(kind) == "Api" and node.value.args:
                owner = owned(dotted(node.value.args[0], names), module)
                yield Mount(group, owner, _prefix(node.value, module, names), False)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MOUNTS:
            what = node.args[1 if node.func.attr == "mount" else 0 :]
            group = owned(dotted(what[0], names), module) if what else ""
            owner = owned(dotted(node.func.value, names), module)
            if group:
                replaces = node.func.attr not in ("include_router", "mount")
                yield Mount(group, owner, _prefix(node, module, names), replaces, _needs(node, module, names))


def read_lists(tree: ast.Module, module: str, names: dict[str, str]) -> Iterator[Mount]:
    """``ROUTERS = [users.router, tools_router]`` and ``for one in ROUTERS: app.include_router(one)``: the list is taken
    for a group of its own, in which the others are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple):
            items = [dotted(item, names) for item in node.value.elts]
            if items and all(last(item).lower().endswith(_ITEMS) for item in items):
                group = owned(dotted(node.targets[0], {}), module)
                yield from (Mount(owned(item, module), group, "", False) for item in items)
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            around = dotted(node.iter, names)
            one = owned(node.target.id, module)
            inner = [mount for mount in read_mounts(ast.Module(node.body, []), module, names) if mount.group == one]
            yield from (replace(mount, group=owned(around, module)) for mount in inner if around)


def _class(node: ast.ClassDef, module: str, names: dict[str, str]) -> Mount:
    """What each group of this class has, as its ``super().__init__(...)`` says."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    made = next((one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "__init__"), None)
    needs = _needs(made, module, names) if made else ()
    bases = [owned(dotted(base, names), module) for base in node.bases]
    return Mount(f"{module}.{node.name}", "", "", False, needs, bases[0])


def read_constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of the module and of its classes that stand for a path: ``prefix = "/users"``, ``API: str = "/api"``."""
    inner = [(node.body, f"{node.name}.") for node in tree.body if isinstance(node, ast.ClassDef)]
    for block, before in [(tree.body, ""), *inner]:
        for node in block:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            text = text_of(getattr(node, "value", None))
            if text.startswith("/") and isinstance(targets[0], ast.Name):
                yield f"{before}{targets[0].id}", text


def settled(mounts: Sequence[Mount], constants: Sequence[tuple[str, str]]) -> list[Mount]:
    """The mounts with the names in their prefixes read: those of the same or an imported module, and of settings
    (``settings.API``) where only one class or module of the repository has a path of that name. What stays unknown is
    left out, so that such a route is found by the end of its path."""
    full = dict(constants)
    short: dict[str, set[str]] = {}
    for name, text in constants:
        short.setdefault(last(name), set()).add(text)

    def known(found: re.Match[str]) -> str:
        name = found[1]
        only = short.get(last(name), set())
        return (full.get(name) or (next(iter(only)) if len(only) == 1 and "." in name else "")).rstrip("/")

    return [replace(one, prefix=_NAME.sub(known, one.prefix).rstrip("/")) for one in mounts]


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
        own_needs = (*_of_class(mounts, declared.kind), *declared.needs) if declared else ()
        needs[:0] = [*(mounted.needs if mounted else ()), *own_needs]
        if mounted is None:
            break
        group = mounted.owner
    return prefix, tuple(dict.fromkeys(needs))


def _of_class(mounts: Sequence[Mount], kind: str) -> tuple[str, ...]:
    """What a class of groups, its bases first, has each of its routes depend on."""
    needs: tuple[str, ...] = ()
    for _ in range(MOST_HOPS):
        made = next((one for one in mounts if one.group == kind and one.kind), None)
        if made is None:
            break
        needs, kind = (*made.needs, *needs), made.kind
    return needs


def _likeness(said: str, group: str) -> int:
    """How surely ``said`` means ``group``: 3 the same, 2 below the root of the sources, 1 handed on by a package
    (``api.users.router`` of ``api.users.views.router``), 0 not at all."""
    package, _, name = said.rpartition(".")
    if said == group:
        return 3
    if group.endswith(f".{said}"):
        return 2
    return int(bool(package) and last(group) == name and f".{package}." in f".{group}")


def _prefix(call: ast.Call, module: str, names: dict[str, str]) -> str:
    """By keyword, as the second argument of ``add_namespace`` or the first of ``mount``."""
    values = [word.value for word in call.keywords if word.arg in _PREFIX]
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("add_namespace", "mount"):
        values += call.args[1:2] if call.func.attr == "add_namespace" else call.args[:1]
    text = "".join(_texts(values[0], module, names)) if values else ""
    return text.rstrip("/") if text.startswith(("/", "\0")) else ""


def _texts(value: ast.expr, module: str, names: dict[str, str]) -> Iterator[str]:
    """The pieces of a constant, an f-string, a sum; names between NULs."""
    if isinstance(value, ast.JoinedStr):
        for part in value.values:
            yield from _texts(part.value if isinstance(part, ast.FormattedValue) else part, module, names)
    elif isinstance(value, ast.BinOp):
        yield from _texts(value.left, module, names)
        yield from _texts(value.right, module, names)
    elif text := text_of(value):
        yield text
    elif name := owned(dotted(value, names), module):
        yield f"\0{name}\0"


def _needs(call: ast.Call, module: str, names: dict[str, str]) -> tuple[str, ...]:
    """What ``dependencies=[Depends(f)]`` names."""
    given = [word.value for word in call.keywords if word.arg == "dependencies"]
    found = [node for value in given for node in ast.walk(value) if isinstance(node, ast.Call) and node.args]
    return tuple(
        owned(dotted(node.args[0], names), module)
        for node in found
        if last(dotted(node.func, names)) in ("Depends", "Security")
    )
