"""What names of columns tell of rows that look dead, and indexes that say the same twice. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.api import DatabaseIssue

EXPIRES = re.compile(
    r"^(expires?|expiry|expires?_?(at|on|date|time)|expiration(_date)?|valid_(until|to)|expire_date)$", re.I
)
DELETED_AT = re.compile(r"^(deleted|removed|archived)_?(at|on|date|time)$", re.I)
DELETED = re.compile(r"^(is_)?(deleted|removed|archived)$", re.I)
_REFERENCE = re.compile(r"^(?P<name>\w+)_id$", re.I)


@dataclass(frozen=True)
class Index:
    """One index: its columns in order."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    primary: bool = False
    scans: int | None = None


@dataclass
class Table:
    """One table as its catalogue has it. ``types`` maps columns to types; ``foreign`` maps them to the table named."""

    name: str
    types: dict[str, str] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    foreign: dict[str, str] = field(default_factory=dict)
    key: str = ""


def issue(kind: str, table: str, text: str, seconds: float | None = None) -> DatabaseIssue:
    """An issue with an id that stays while what it says stays."""
    digest = hashlib.sha256(f"{kind} {table} {text}".encode()).hexdigest()[:10]
    return DatabaseIssue(f"db:{digest}", kind, text, table, seconds)


def index_issues(table: Table, rows: int | None) -> Iterator[DatabaseIssue]:
    """References without an index, indexes that another one begins with."""
    for column in references(table):
        if (rows or 0) >= 1000 and not any(index.columns[:1] == (column,) for index in table.indexes):
            yield issue(
                "missing_index",
                table.name,
                f"no index on {table.name}.{column}, which names another table ({rows:,} rows)",
            )
    for index in table.indexes:
        wider = [other for other in table.indexes if other is not index and _covers(other, index)]
        if wider and not index.unique and not index.primary:
            text = f"{index.name} is no use beside {wider[0].name}, which begins with the same columns"
            yield issue("redundant_index", table.name, text)


def _covers(wider: Index, index: Index) -> bool:
    if wider.columns[: len(index.columns)] != index.columns:
        return False
    return len(wider.columns) > len(index.columns) or wider.unique or wider.name < index.name


def references(table: Table) -> list[str]:
    """Columns that name rows of another table: declared, or by their name."""
    return sorted(
        {*table.foreign, *(column for column in table.types if _REFERENCE.match(column) and column != table.key)}
    )


def undeclared(table: Table, tables: Mapping[str, Table]) -> Iterator[tuple[str, Table]]:
    """(column, table it names by its name alone): nothing keeps such a row from being an orphan."""
    for column in table.types:
        match = _REFERENCE.match(column)
        if match is None or column in table.foreign or column == table.key:
            continue
        target = _table_of(match["name"].lower(), table.name, tables)
        if target is not None and target.key:
            yield column, target


def _table_of(name: str, own: str, tables: Mapping[str, Table]) -> Table | None:
    schema, _, bare = own.rpartition(".")
    prefix = bare.rpartition("_")[0]
    wanted = [name, f"{name}s", *([f"{prefix}_{name}", f"{prefix}_{name}s"] if prefix else [])]
    names = [f"{schema}.{each}" if schema else each for each in wanted]
    return next((tables[each] for each in names if each in tables), None)


def of_type(types: Mapping[str, str], shape: re.Pattern[str], *kinds: str) -> Sequence[str]:
    """Columns whose name and type fit; any type where none is declared."""
    return [
        name
        for name, kind in types.items()
        if shape.match(name) and (not kind or any(each in kind.lower() for each in kinds))
    ]
