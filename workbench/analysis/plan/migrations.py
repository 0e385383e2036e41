"""The schema changes that a change brings: Django's, Alembic's, and SQL beside them. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from workbench.analysis.plan.facts import Migration

_ADDS = {"AddField": 1, "CreateModel": 0}
_REMOVES = {"RemoveField": 1, "DeleteModel": 0, "RenameField": 1, "RenameModel": 0}
_ADDED, _REMOVED = ("add_column", "create_table"), ("drop_column", "drop_table", "rename_table")


def is_migration(path: str) -> bool:
    """Whether a path is a migration of Django or Alembic, or SQL beside them."""
    parts = PurePosixPath(path)
    return (
        ("migrations" in parts.parts[:-1] or ("alembic" in parts.parts and "versions" in parts.parts))
        and parts.name not in ("__init__.py", "env.py")
        and parts.suffix in (".py", ".sql")
    )


def migrations_of(added: Mapping[str, str], known: Sequence[str]) -> tuple[Migration, ...]:
    """The migrations among ``added`` (path to text), each after those it builds on; ``known`` are all paths at base."""
    found = [_migration(path, added[path], known) for path in sorted(filter(is_migration, added))]
    return tuple(_ordered(found))


def _migration(path: str, text: str, known: Sequence[str]) -> Migration:
    place = PurePosixPath(path)
    tree = _parsed(text)
    named = dict(_assigned(tree))
    if "revision" in named and any(getattr(node, "name", "") == "upgrade" for node in tree.body):
        # only what goes forward: a downgrade takes away what its upgrade adds
        forward = [node for node in tree.body if getattr(node, "name", "") == "upgrade"]
        return Migration(
            path, "", named["revision"], named.get("down_revision") or "base", *_operations(forward), "alembic"
        )
    app = place.parent.parent.name if place.parent.name == "migrations" else ""
    before = sorted(
        PurePosixPath(each).stem for each in known if is_migration(each) and each.startswith(f"{place.parent}/")
    )
    told = _in_sql(text) if place.suffix == ".sql" else _operations([tree])
    tool = "django" if app and place.suffix == ".py" else ""
    return Migration(path, app, place.stem, before[-1] if before else "zero", *told, tool)


def _ordered(found: Sequence[Migration]) -> Iterator[Migration]:
    """Alembic's after the one that each builds on; the others by name, as they came."""
    left = list(found)
    while left:
        waiting = {each.name for each in left if each.tool == "alembic"}
        ready = next((each for each in left if each.tool != "alembic" or each.previous not in waiting), left[0])
        left.remove(ready)
        yield ready


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _assigned(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names at the top of a module that are given a text."""
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        if targets and isinstance(targets[0], ast.Name) and isinstance(value, ast.expr):
            yield targets[0].id, _text(value)


def _operations(nodes: Sequence[ast.AST]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fields and tables that a migration adds and removes."""
    adds, removes = [], []
    for call in (each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        given = [*call.args, *(each.value for each in call.keywords)]
        texts = [value for value in map(_text, given) if value]
        if name in _ADDS and texts:
            adds.append(".".join(texts[: _ADDS[name] + 1]))
        elif name in _REMOVES and texts:
            removes.append(".".join(texts[: _REMOVES[name] + 1]))
        elif name in _ADDED and (told := texts[:1] + _columns(given if name == "add_column" else ())):
            adds.append(".".join(told))
        elif name in _REMOVED and texts:
            removes.append(".".join(texts[:2]))
    return tuple(adds), tuple(removes)


def _columns(given: Sequence[ast.expr]) -> list[str]:
    """The name of the column that ``sa.Column("name", ...)`` among the arguments makes."""
    return [_text(each.args[0]) for each in given if isinstance(each, ast.Call) and each.args and _text(each.args[0])]


def _in_sql(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    adds = re.findall(r"(?i)\b(?:add column|create table)\s+(?:if not exists\s+)?([\w.\"]+)", text)
    removes = re.findall(r"(?i)\bdrop (?:column|table)\s+(?:if exists\s+)?([\w.\"]+)", text)
    return tuple(adds), tuple(removes)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
