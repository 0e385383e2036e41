"""A look at a database of either system, in a worker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from workbench.api import DatabaseFacts, TableFacts

MOST = 200
"""Tables that are looked at."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``used`` are tables of the map (name, path, line), ``hot`` the files that errors pass, ``code`` all of Python."""

    address: str
    name: str
    repo: str
    used: tuple[tuple[str, str, int], ...]
    hot: tuple[str, ...]
    code: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The database was not looked at."""

    reason: str


def look(asked: Asked) -> list[DatabaseFacts | Refused]:
    """What the database says of itself; why it says nothing where it cannot be reached."""
    scheme = asked.address.partition(":")[0]
    if scheme == "sqlite":
        from workbench_database.sqlite import look_at
    elif scheme in ("postgresql", "postgres"):
        try:
            from workbench_database.postgresql import look_at
        except ImportError:
            return [Refused("PostgreSQL needs psycopg: install bug-workbench[postgresql]")]
    else:
        return [Refused(f"{asked.name} is neither sqlite:PATH nor postgresql://HOST/NAME")]
    found = look_at(asked.address, MOST)
    if isinstance(found, str):
        return [Refused(found)]
    tables = sorted((_placed(table, asked) for table in found.tables), key=_order)
    return [replace(found, name=asked.name, tables=tuple(tables), at=datetime.now(UTC))]


def _order(table: TableFacts) -> tuple[bool, bool, int, str]:
    return not table.hot, not table.path, -(table.rows or 0), table.name


def _placed(table: TableFacts, asked: Asked) -> TableFacts:
    """``table`` with the code that uses it, hot code first."""
    places = [(path, line) for label, path, line in asked.used if path and same(label, table.name)]
    if not places:
        places = list(_named(table.name, asked).items())
    places.sort(key=lambda place: place[0] not in asked.hot)
    if not places:
        return table
    path, line = places[0]
    return replace(table, path=path, line=line, hot=path in asked.hot or _hot_by_model(table.name, asked))


def same(label: str, table: str) -> bool:
    """Whether a model's or table's name in the code is the table ``table``: Django's ``app_model``, plural, schema."""
    name, bare = label.lower().rpartition(".")[2], table.lower().rpartition(".")[2]
    return bare in (name, f"{name}s") or bare.endswith(f"_{name}")


def _named(table: str, asked: Asked) -> Mapping[str, int]:
    """Files that name the table, or the class that it is the table of."""
    bare = table.rpartition(".")[2]
    model = bare.rpartition("_")[2].rstrip("s")
    shape = re.compile(rf"\b{re.escape(bare)}\b|^class {re.escape(model)}\b", re.I | re.M)
    found: dict[str, int] = {}
    for path in asked.code:
        text = _text(asked.repo, path)
        match = shape.search(text) if "/migrations/" not in path else None
        if match is not None:
            found[path] = text.count("\n", 0, match.start()) + 1
    return found


def _hot_by_model(table: str, asked: Asked) -> bool:
    """Whether a file that errors pass speaks of the table's model."""
    model = table.rpartition("_")[2].rpartition(".")[2].rstrip("s")
    shape = re.compile(rf"\b{re.escape(model)}\b", re.I)
    return any(shape.search(_text(asked.repo, path)) for path in asked.hot)


def _text(repo: str, path: str) -> str:
    try:
        return (Path(repo) / path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
