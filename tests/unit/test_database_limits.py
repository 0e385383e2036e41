"""What a look at a database may cost it, and what only a busy server shows: locks, long transactions, dead tuples."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from workbench_database import activity, postgresql, sqlite

from tests.processes import eventually
from tests.unit.test_database_migrations import facts_of
from workbench.api import DatabaseFacts

ENDLESS = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"


def test_a_statement_that_takes_too_long_in_sqlite_is_stopped_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "SECONDS", 0.1)
    connection = sqlite3.connect(":memory:")
    reader = sqlite.Reader(connection)
    assert reader.one("counting shop_order", ENDLESS) is None
    assert reader.rows_if("the migrations", ENDLESS) == []
    assert reader.rows("select 1") == [(1,)], "the next has its own time"
    connection.close()
    late = "took more than 0.1 s and was stopped"
    assert reader.stopped == [f"counting shop_order {late}", f"the migrations {late}"]


def test_a_statement_that_takes_too_long_in_postgresql_is_stopped_by_the_server_and_said(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True, options=postgresql._OPTIONS) as connection:
        reader = postgresql.Reader(connection)
        assert reader.rows("the limit", "show statement_timeout") == [(f"{postgresql.SECONDS:.0f}s",)]
        connection.execute("set statement_timeout = 50")
        assert reader.rows("counting shop_order", "select pg_sleep(60)") == []
        assert reader.untold == ["counting shop_order took more than 3 s and was stopped"]


def test_a_table_that_somebody_has_locked_is_not_waited_for_and_the_rest_is_told(
    postgres_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(postgres_url) as holder:
        holder.execute("create table shop_order (id int primary key); create table shop_user (id int primary key)")
        holder.commit()
        holder.execute("lock table shop_order in access exclusive mode")
        facts = facts_of(postgres_url, tmp_path)
        holder.rollback()
    assert {table.name for table in facts.tables} == {"shop_order", "shop_user"}
    assert any("counting shop_order" in text and "lock" in text for text in facts.denied)
    assert not any("shop_user" in text for text in facts.denied)


def test_a_transaction_that_nobody_ends_is_told(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = activity._LONG.replace(f"'{activity.LONG // 6} seconds'", "'0 seconds'")
    assert at_once != activity._LONG
    monkeypatch.setattr(activity, "_LONG", at_once)
    with psycopg.connect(postgres_url) as holder:
        holder.execute("select 42 as held")
        (issue,) = [each for each in facts_of(postgres_url, tmp_path).issues if each.kind == "long_transaction"]
        pid = holder.info.backend_pid
    assert issue.text.startswith(f"process {pid}, idle in transaction, for ")
    assert issue.text.endswith("select 42 as held")


def test_dead_tuples_and_the_last_vacuum_are_told(postgres_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create table shop_token (id int primary key) with (autovacuum_enabled = off)")
        connection.execute("insert into shop_token select generate_series(1, 4000)")
        connection.execute("delete from shop_token where id > 1000")
    found: list[DatabaseFacts] = []

    def dead(tuples: int) -> bool:
        """Whether so many are told by now: the server counts when a connection has ended, not before."""
        found[:] = [facts_of(postgres_url, tmp_path)]
        return [table.dead_tuples for table in found[0].tables] == [tuples]

    assert eventually(lambda: dead(3000))
    (issue,) = [each for each in found[0].issues if each.kind == "vacuum"]
    assert issue.text == "3,000 dead tuples beside 1,000 rows in shop_token; last vacuum: never"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("vacuum shop_token")
    assert eventually(lambda: dead(0))
    assert [table.last_vacuum is not None for table in found[0].tables] == [True]
    assert not [each for each in found[0].issues if each.kind == "vacuum"]
