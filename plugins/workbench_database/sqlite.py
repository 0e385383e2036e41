"""SQLite: opened read-only, every statement stopped after its time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from workbench.api import DatabaseFacts, DatabaseIssue, DeadRows, TableFacts
from workbench_database.applied import applied
from workbench_database.columns import (
    DELETED,
    DELETED_AT,
    EXPIRES,
    Index,
    Table,
    index_issues,
    issue,
    of_type,
    undeclared,
)

SECONDS = 3.0
"""What one statement may take."""


def look_at(address: str, most: int) -> DatabaseFacts | str:
    """The facts, or why there are none."""
    path = _path(address)
    if not Path(path).is_file():
        return f"{path} is no file"
    try:
        connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=1.0)
    except sqlite3.Error as error:
        return f"{path}: {error}"
    try:
        connection.execute("pragma query_only = on")
        return _looked(Reader(connection), most)
    except sqlite3.Error as error:
        return f"{path}: {error}"
    finally:
        connection.close()


def _path(address: str) -> str:
    """``sqlite:PATH``, ``sqlite:///relative`` and ``sqlite:////absolute``."""
    parts = urlsplit(address)
    return parts.path.removeprefix("/") if address.startswith("sqlite:///") else parts.netloc + parts.path


class Reader:
    """Runs statements, each with its time; one that was stopped gives None."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.stopped: list[str] = []
        self._end = 0.0
        connection.set_progress_handler(lambda: time.monotonic() > self._end, 10_000)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows. sqlite3.Error rises for a statement that fails."""
        self._end = time.monotonic() + SECONDS
        return self._connection.execute(statement, values).fetchall()

    def rows_if(self, what: str, statement: str) -> list[tuple[Any, ...]]:
        """All rows; none, and a note, where it fails: a table that has the name of a tool's may be another."""
        try:
            return self.rows(statement)
        except sqlite3.OperationalError as error:
            late = f" took more than {SECONDS:g} s and was stopped"
            self.stopped.append(f"{what}{late if 'interrupted' in str(error) else f': {error}'}")
            return []

    def one(self, what: str, statement: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row; None, and a note, for one that took too long."""
        try:
            return self.rows(statement, *values)[0]
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            self.stopped.append(f"{what} took more than {SECONDS:g} s and was stopped")
            return None


def _looked(reader: Reader, most: int) -> DatabaseFacts:
    names = reader.rows(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
    )
    tables = {str(name): _table(reader, str(name)) for (name,) in names[:most]}
    facts: list[TableFacts] = []
    issues: list[DatabaseIssue] = []
    for table in tables.values():
        rows, estimated = _count(reader, table)
        facts.append(TableFacts(table.name, rows, estimated, tuple(_dead(reader, table, tables))))
        issues += index_issues(table, rows)
    issues += _fit(reader)
    told = tuple(applied(tables, partial(reader.rows_if, "the migrations that were applied")))
    denied = [*reader.stopped, "SQLite tells nothing of locks, transactions and statements of others"]
    version = f"SQLite {sqlite3.sqlite_version}"
    return DatabaseFacts("", version, tuple(facts), tuple(issues), tuple(denied), applied=told)


def _table(reader: Reader, name: str) -> Table:
    table = Table(name)
    for _, column, kind, _, _, key in reader.rows("select * from pragma_table_info(?)", name):
        table.types[column] = str(kind or "")
        table.key = column if key == 1 else table.key
    for row in reader.rows("select * from pragma_foreign_key_list(?)", name):
        table.foreign[str(row[3])] = str(row[2])
    for _, index, unique, origin, _ in reader.rows("select * from pragma_index_list(?)", name):
        columns = tuple(str(column) for _, _, column in reader.rows("select * from pragma_index_info(?)", index))
        table.indexes.append(Index(str(index), columns, bool(unique), origin == "pk"))
    if table.key:
        table.indexes.append(Index("the primary key", (table.key,), True, True))
    return table


def _count(reader: Reader, table: Table) -> tuple[int | None, bool]:
    exact = reader.one(f"counting {table.name}", f"select count(*) from {_q(table.name)}")
    if exact is not None:
        return int(exact[0]), False
    try:
        guess = reader.one(f"the last row of {table.name}", f"select max(rowid) from {_q(table.name)}")
    except sqlite3.OperationalError:
        return None, False
    return (int(guess[0]), True) if guess and guess[0] else (None, False)


def _dead(reader: Reader, table: Table, tables: dict[str, Table]) -> Iterator[DeadRows]:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    times = ("date", "time", "text", "char")
    for column in of_type(table.types, EXPIRES, *times):
        yield from _counted(reader, table, "expired", f"{_q(column)} < '{now}'", column, f"{column} < now")
    for column in of_type(table.types, EXPIRES, "int", "real", "numeric"):
        condition = f"{_q(column)} between 1 and {int(time.time())}"
        yield from _counted(reader, table, "expired", condition, column, f"{column} < now")
    for column in of_type(table.types, DELETED_AT, *times):
        yield from _counted(reader, table, "soft_deleted", f"{_q(column)} is not null", column, f"{column} is set")
    for column in of_type(table.types, DELETED, "bool", "int"):
        yield from _counted(reader, table, "soft_deleted", f"{_q(column)} = 1", "", f"{column} is true")
    declared = [(column, tables[name]) for column, name in table.foreign.items() if name in tables]
    for column, target in [*declared, *undeclared(table, tables)]:
        if target.key:
            condition = (
                f"{_q(column)} is not null and {_q(column)} not in (select {_q(target.key)} from {_q(target.name)})"
            )
            yield from _counted(reader, table, "orphaned", condition, "", f"{column} names no row of {target.name}")


def _counted(reader: Reader, table: Table, kind: str, condition: str, column: str, rule: str) -> Iterator[DeadRows]:
    oldest = f"min({_q(column)})" if column else "null"
    found = reader.one(f"{rule} in {table.name}", f"select count(*), {oldest} from {_q(table.name)} where {condition}")
    if found and found[0]:
        yield DeadRows(kind, int(found[0]), rule, str(found[1] or ""))


def _fit(reader: Reader) -> Iterator[DatabaseIssue]:
    (free,), (pages,) = reader.rows("pragma freelist_count")[0], reader.rows("pragma page_count")[0]
    if pages and free > 0.25 * pages and pages > 1000:
        yield issue("vacuum", "", f"{free:,} of {pages:,} pages are free: it was never vacuumed since much was deleted")


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
