"""Entry points in one file: Django URLconfs, routes by decorator, routers, Celery tasks, management commands."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench_map.facts import Route
from workbench_map.names import dotted, last, text_of
from workbench_map.routers import owned
from workbench_map.urlconf import read_urls

_ADDS = frozenset(
    "Route WebSocketRoute add_route add_api_route add_url_rule add_get add_post add_put add_patch add_delete".split()
)
_VERBS = frozenset({"route", "get", "post", "put", "patch", "delete", "websocket", "api_route"})
_HANDLERS = frozenset({"errorhandler", "exception_handler", "add_exception_handler"})
_TASKS = frozenset({"shared_task", "task", "periodic_task"})


def read_routes(tree: ast.Module, path: str, module: str, names: dict[str, str]) -> Iterator[Route]:
    """Every entry point that the file declares."""
    yield from read_urls(tree, module, names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _declared(node, module, names)
    for qualname, served in _decoratable(tree):
        for decorator in served.decorator_list:
            yield from _decorated(decorator, f"{module}.{qualname}", served.lineno, names, module)
    if "/management/commands/" in f"/{path}" and not last(module).startswith("_"):
        yield Route(f"command {last(module)}", f"{module}.Command.handle", "command", 1)


def _declared(node: ast.Call, module: str, names: dict[str, str]) -> Iterator[Route]:
    name = last(dotted(node.func, names))
    if name in _ADDS or name.endswith("resource"):
        yield from _added(node, module, names)


def _added(node: ast.Call, module: str, names: dict[str, str]) -> Iterator[Route]:
    """``add_route("/a", view)``, ``Route("/a", endpoint=view)``, ``add_resource(View, "/a")``."""
    words = [word.value for word in node.keywords if word.arg in ("view_func", "endpoint", "handler")]
    values = [*node.args, *words]
    pattern = next((text for value in values if (text := text_of(value)).startswith("/")), "")
    target = next((name for value in [*words, *node.args] if (name := dotted(value, names))), "")
    if pattern and target:
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        group = owned(dotted(owner, names), module) if owner else ""
        yield Route(pattern, owned(target.removesuffix(".as_view"), module), "route", node.lineno, group)


def _decorated(decorator: ast.expr, target: str, line: int, names: dict[str, str], module: str) -> Iterator[Route]:
    name = dotted(decorator, names)
    if last(name) in _TASKS:
        yield Route(f"task {last(target)}", target, "task", line)
    elif last(name) == "command" and "." in name:
        yield Route(f"command {last(target)}", target, "command", line)
    elif isinstance(decorator, ast.Call) and last(name) in _VERBS and decorator.args and "." in name:
        pattern = decorator.args[0].value if isinstance(decorator.args[0], ast.Constant) else None
        if isinstance(pattern, str) and (pattern.startswith("/") or not pattern):
            verb = "" if last(name) in ("route", "api_route") else f"{last(name).upper()} "
            yield Route(f"{verb}{pattern}", target, "route", line, owned(name.rpartition(".")[0], module))


def _decoratable(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield node.name, node
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def read_middleware(tree: ast.Module) -> Iterator[str]:
    """The dotted names of Django's MIDDLEWARE setting, in order."""
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.List | ast.Tuple):
            continue
        if any(dotted(target, {}) == "MIDDLEWARE" for target in node.targets):
            yield from (text for item in node.value.elts if (text := text_of(item)))


def read_answered(tree: ast.Module, names: dict[str, str]) -> Iterator[str]:
    """Exception classes that a handler is registered for (``errorhandler``, ``exception_handler``)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and last(dotted(node.func, names)) in _HANDLERS:
            yield last(dotted(node.args[0], names))
