"""Where a name is defined that a file uses: in the file itself, or in that of the repository that it comes from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from workbench_rules.module import Function, Module, parse

Definition = Function | ast.ClassDef
_HOPS = 4
"""Imports that are followed before one gives up: packages hand names on through their ``__init__``."""


def definition(module: Module, node: ast.AST, hops: int = _HOPS) -> tuple[Module, Definition] | None:
    """The class or function that ``Token``, ``models.Token`` or ``cls`` means, with the module that defines it.

    None for what the repository does not define, and for names that only a run would know.
    """
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        found = next(_modules(module, node.value.id, whole=True), None)
        return _named(found, node.attr, hops) if found else None
    if not isinstance(node, ast.Name):
        return None
    if node.id == "cls":
        around = next((one for one in module.ancestors(node) if isinstance(one, ast.ClassDef)), None)
        return (module, around) if around else None
    return _named(module, node.id, hops)


def _named(module: Module, name: str, hops: int) -> tuple[Module, Definition] | None:
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return module, node
    if not hops:
        return None
    for other in _modules(module, name):
        if found := _named(other, _original(module, name), hops - 1):
            return found
    return None


def _original(module: Module, name: str) -> str:
    """The name that an import gave to ``name`` where it is defined."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return alias.name
    return name


def _modules(module: Module, name: str, whole: bool = False) -> Iterator[Module]:
    """The modules that ``name`` may come from; with ``whole``, that it is."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            if (alias.asname or alias.name) == name or (alias.name == "*" and not whole):
                dotted = [*(node.module or "").split("."), *([alias.name] if whole else [])]
                yield from _read(module, node.level, [part for part in dotted if part])


def _read(module: Module, level: int, parts: list[str]) -> Iterator[Module]:
    """The parsed file of a dotted module, looked for from the folder of ``module`` outwards, as import paths lie."""
    folders = list(PurePosixPath(module.path).parents)
    for folder in folders[level - 1 : level] if level else folders:
        place = folder.joinpath(*parts)
        for path in (place.with_suffix(".py") if parts else place / "__init__.py", place / "__init__.py"):
            if module.root and (Path(module.root) / path).is_file() and path.as_posix() != module.path:
                try:
                    yield parse(path.as_posix(), (Path(module.root) / path).read_text("utf-8"), module.root)
                except (OSError, ValueError, SyntaxError, RecursionError):
                    continue
                return
