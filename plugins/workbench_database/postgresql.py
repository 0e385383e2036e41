"""PostgreSQL by psycopg: read-only transactions, every statement with its time, waiting for no lock."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
from psycopg import sql

from workbench.api import DatabaseFacts, DatabaseIssue, DeadRows, TableFacts
from workbench_database.activity import activity
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
EXACT = 50_000
"""Rows up to which a table is counted; above it PostgreSQL's own estimate is told, as one."""

_OPTIONS = f"-c default_transaction_read_only=on -c statement_timeout={SECONDS * 1000:.0f} -c lock_timeout=500"
_COLUMNS = """
select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), greatest(c.reltuples, 0)::bigint,
       s.n_live_tup, s.n_dead_tup, greatest(s.last_vacuum, s.last_autovacuum), s.seq_scan, s.idx_scan
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_stat_user_tables s on s.relid = c.oid
where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
and n.nspname not like 'pg_toast%'
order by 1, 2, a.attnum"""
_INDEXES = """
select n.nspname, t.relname, i.relname, x.indisunique, x.indisprimary, s.idx_scan,
       array(select a.attname::text from unnest(x.indkey) with ordinality k(n, o)
             join pg_attribute a on a.attrelid = t.oid and a.attnum = k.n order by k.o), x.indpred is not null
from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
join pg_namespace n on n.oid = t.relnamespace left join pg_stat_user_indexes s on s.indexrelid = i.oid
where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'"""
_FOREIGN = """
select n.nspname, t.relname, a.attname, f.relname from pg_constraint c join pg_class t on t.oid = c.conrelid
join pg_class f on f.oid = c.confrelid join pg_namespace n on n.oid = t.relnamespace
join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1] where c.contype = 'f'"""


def look_at(address: str, most: int) -> DatabaseFacts | str:
    """The facts, or why there are none."""
    try:
        with psycopg.connect(
            address, autocommit=True, connect_timeout=5, options=_OPTIONS, application_name="workbench"
        ) as connection:
            return _looked(Reader(connection), most)
    except psycopg.Error as error:
        return " ".join(str(error).split()) or type(error).__name__


class Reader:
    """Runs statements; one that is refused or takes too long gives no rows and a note."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.untold: list[str] = []
        self.version = connection.info.server_version

    def rows(self, what: str, statement: str | sql.Composed, *values: Any) -> list[tuple[Any, ...]]:
        """All rows; ``what`` is what is lost where it fails."""
        query = sql.SQL(statement) if isinstance(statement, str) else statement  # pyright: ignore[reportArgumentType]  # ours, no literal
        try:
            return self._connection.execute(query, values or None).fetchall()
        except psycopg.errors.QueryCanceled:
            self.untold.append(f"{what} took more than {SECONDS:g} s and was stopped")
        except (
            psycopg.errors.LockNotAvailable,
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.UndefinedColumn,  # a table that has the name of a tool's and is another
        ) as error:
            self.untold.append(f"{what}: {str(error).splitlines()[0]}")
        return []


def _looked(reader: Reader, most: int) -> DatabaseFacts:
    tables: dict[str, Table] = {}
    figures: dict[str, tuple[Any, ...]] = {}
    for schema, name, column, kind, *rest in reader.rows("the tables", _COLUMNS):
        full = _full(schema, name)
        if len(tables) < most or full in tables:
            tables.setdefault(full, Table(full)).types[column] = kind
            figures[full] = tuple(rest)
    _describe(reader, tables)
    facts: list[TableFacts] = []
    issues: list[DatabaseIssue] = []
    for table in tables.values():
        made = _facts(reader, table, tables, figures[table.name])
        facts.append(made)
        issues += [*index_issues(table, made.rows), *_scans(table, made, figures[table.name]), *_vacuum(made)]
    issues += activity(reader)
    version = f"PostgreSQL {reader.version // 10000}.{reader.version % 10000}"
    told = tuple(applied(tables, partial(reader.rows, "the migrations that were applied")))
    return DatabaseFacts("", version, tuple(facts), tuple(issues), tuple(reader.untold), applied=told)


def _describe(reader: Reader, tables: dict[str, Table]) -> None:
    for schema, name, index, unique, primary, scans, columns, in_part in reader.rows("the indexes", _INDEXES):
        table = tables.get(_full(schema, name))
        if table is not None and columns and not in_part:
            table.indexes.append(Index(index, tuple(columns), unique, primary, scans))
            table.key = columns[0] if primary and len(columns) == 1 else table.key
    for schema, name, column, target in reader.rows("the references", _FOREIGN):
        if _full(schema, name) in tables:
            tables[_full(schema, name)].foreign[column] = target


def _facts(reader: Reader, table: Table, tables: dict[str, Table], figures: tuple[Any, ...]) -> TableFacts:
    planned, live, dead_tuples, vacuum, *_ = figures
    guess = int(planned or 0) or int(live or 0)
    rows: int | None = guess
    if guess <= EXACT:
        counted = reader.rows(f"counting {table.name}", sql.SQL("select count(*) from {}").format(_id(table.name)))
        rows = int(counted[0][0]) if counted else guess or None
        guess = 0 if counted else guess
    return TableFacts(table.name, rows, bool(guess), tuple(_dead(reader, table, tables)), dead_tuples, vacuum)


def _dead(reader: Reader, table: Table, tables: dict[str, Table]) -> Iterator[DeadRows]:
    for column in of_type(table.types, EXPIRES, "date", "timestamp"):
        yield from _counted(
            reader, table, "expired", sql.SQL("{} < now()").format(sql.Identifier(column)), column, f"{column} < now"
        )
    for column in of_type(table.types, DELETED_AT, "date", "timestamp"):
        condition = sql.SQL("{} is not null").format(sql.Identifier(column))
        yield from _counted(reader, table, "soft_deleted", condition, column, f"{column} is set")
    for column in of_type(table.types, DELETED, "boolean"):
        yield from _counted(
            reader, table, "soft_deleted", sql.SQL("{}").format(sql.Identifier(column)), "", f"{column} is true"
        )
    for column, target in undeclared(table, tables):
        condition = sql.SQL("{0} is not null and not exists (select from {1} named where named.{2} = {3}.{0})").format(
            sql.Identifier(column), _id(target.name), sql.Identifier(target.key), _id(table.name)
        )
        yield from _counted(reader, table, "orphaned", condition, "", f"{column} names no row of {target.name}")


def _counted(
    reader: Reader, table: Table, kind: str, condition: sql.Composed, column: str, rule: str
) -> Iterator[DeadRows]:
    oldest = sql.SQL("min({})").format(sql.Identifier(column)) if column else sql.SQL("null")
    statement = sql.SQL("select count(*), {} from {} where {}").format(oldest, _id(table.name), condition)
    for count, first in reader.rows(f"{rule} in {table.name}", statement):
        if count:
            yield DeadRows(kind, int(count), rule, f"{first:%Y-%m-%d %H:%M}" if first is not None else "")


def _scans(table: Table, facts: TableFacts, figures: tuple[Any, ...]) -> Iterator[DatabaseIssue]:
    *_, whole, by_index = figures
    if (facts.rows or 0) >= 10_000 and (whole or 0) > 100 and (whole or 0) > 10 * (by_index or 0):
        text = f"{table.name} was read from end to end {whole:,} times, by an index {by_index or 0:,} times"
        yield issue("missing_index", table.name, text)


def _vacuum(facts: TableFacts) -> Iterator[DatabaseIssue]:
    dead, rows = facts.dead_tuples or 0, facts.rows or 0
    if dead > 1000 and dead > 0.2 * rows:
        last = f"{facts.last_vacuum:%Y-%m-%d %H:%M}" if facts.last_vacuum else "never"
        yield issue(
            "vacuum", facts.name, f"{dead:,} dead tuples beside {rows:,} rows in {facts.name}; last vacuum: {last}"
        )


def _full(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"


def _id(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split(".")) if "." in name else sql.Identifier("public", name)
