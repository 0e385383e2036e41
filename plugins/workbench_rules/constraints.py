"""Which columns of a model a unique constraint covers: a second row of the same is refused by the database."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from workbench_rules.definitions import definition
from workbench_rules.module import Module
from workbench_rules.shapes import last_name

Columns = frozenset[str]

_LIBRARY = {
    "rest_framework.authtoken.models.Token": ("user", "key"),
    "django.contrib.auth.models.User": ("username",),
    "django.contrib.auth.models.AbstractUser": ("username",),
    "django.contrib.auth.models.Group": ("name",),
    "django.contrib.sites.models.Site": ("domain",),
}
"""Models that applications use as they are, with their unique columns."""


def unique(module: Module, model: ast.AST, columns: Columns) -> bool:
    """Whether the database itself refuses a second row of ``model`` with the same values in ``columns``."""
    return any(one <= columns for one in _of(module, model, 4))


def plain(name: str) -> str:
    """A column as models, queries and keys name it alike: ``user`` for ``user_id``, ``id`` for ``pk``."""
    name = name.removesuffix("__exact").removesuffix("__id")
    return "id" if name == "pk" else name.removesuffix("_id") or name


def _of(module: Module, model: ast.AST, depth: int) -> Iterator[Columns]:
    """The constraints of a model and of the bases that the repository, or a library known here, defines."""
    yield from (frozenset({name}) for name in _LIBRARY.get(module.dotted(model), ()))
    found = definition(module, model)
    if found is None or not depth:
        return
    home, node = found
    if not isinstance(node, ast.ClassDef):
        return
    yield frozenset({"id"})
    for statement in node.body:
        yield from _declared(statement)
    for base in node.bases:
        yield from _of(home, base, depth - 1)


def _declared(statement: ast.stmt) -> Iterator[Columns]:
    if isinstance(statement, ast.ClassDef) and statement.name == "Meta":
        for inner in statement.body:
            yield from _declared(inner)
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    value = getattr(statement, "value", None)
    name = last_name(targets[0]) if targets[0] is not None else ""
    if value is None or not name:
        return
    if name == "unique_together":
        yield from _together(value)
    elif name in ("constraints", "__table_args__"):
        yield from _constraints(value)
    elif isinstance(value, ast.Call) and (last_name(value.func) == "OneToOneField" or _says_unique(value)):
        yield frozenset({plain(name)})


def _together(value: ast.expr) -> Iterator[Columns]:
    """``("user", "project")``, or several of them in a tuple or list."""
    texts = _texts(value)
    if texts:
        yield texts
    for item in getattr(value, "elts", []):
        if not isinstance(item, ast.Constant):
            yield from _together(item)


def _constraints(value: ast.expr) -> Iterator[Columns]:
    """Unique constraints and indexes of Django and SQLAlchemy, those on a condition left out; that a row is not marked
    as deleted is none, since a new row never is."""
    for node in ast.walk(value):
        if not isinstance(node, ast.Call):
            continue
        words = {word.arg: word.value for word in node.keywords}
        kind = last_name(node.func)
        conditions = [words[name] for name in ("condition", "postgresql_where") if name in words]
        if any("deleted" not in ast.unparse(one) for one in conditions):
            continue
        if not (kind == "UniqueConstraint" or (kind == "Index" and _says_unique(node))):
            continue
        named = _texts(words["fields"]) if "fields" in words else frozenset()
        at = node.args[1:] if kind == "Index" else node.args
        if columns := named or _texts(ast.Tuple(elts=at)):
            yield columns


def _says_unique(call: ast.Call) -> bool:
    said = (word.value for word in call.keywords if word.arg in ("unique", "primary_key"))
    return any(isinstance(value, ast.Constant) and value.value is True for value in said)


def _texts(value: ast.expr) -> Columns:
    items = getattr(value, "elts", [])
    return frozenset(plain(one.value) for one in items if isinstance(one, ast.Constant) and isinstance(one.value, str))
