"""Migrations as each tool notes them in the database: tables as the tools make them, in SQLite and in PostgreSQL."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from workbench_database.applied import changes_of
from workbench_database.look import Asked, look

from workbench.api import Applied, DatabaseFacts

AT = datetime(2026, 5, 12, 15, 13, 40, tzinfo=UTC)
LEDGERS = """
create table django_migrations (app text, name text, applied {zoned});
insert into django_migrations values ('shop', '0002_merge', '2026-05-12 15:13:40');
create table alembic_version (version_num varchar(32) not null);
insert into alembic_version values ('ae1027a6acf');
create table flyway_schema_history (
    installed_rank integer primary key, version varchar(50), description varchar(200), type varchar(20),
    script varchar(1000), checksum integer, installed_by varchar(100), installed_on timestamp, execution_time integer,
    success boolean
);
insert into flyway_schema_history values
    (0, null, '<< Flyway Schema Creation >>', 'SCHEMA', '<< Flyway Schema Creation >>', null, 'shop',
     '2026-05-12 15:13:40', 0, true),
    (1, '1', 'orders', 'SQL', 'V1__orders.sql', 7, 'shop', '2026-05-12 15:13:40.123456', 9, true),
    (2, '2', 'totals', 'SQL', 'more/V2__totals.sql', 8, 'shop', '2026-05-12 15:13:40', 9, false);
create table _prisma_migrations (
    id varchar(36) primary key, checksum varchar(64) not null, finished_at {prisma}, migration_name varchar(255),
    logs text, rolled_back_at {prisma}, started_at {prisma}, applied_steps_count integer not null default 0
);
insert into _prisma_migrations values
    ('a', 'x', {moment}, '20260512151340_orders', null, null, {moment}, 1),
    ('b', 'x', null, '20260512151340_totals', 'ERROR: relation', null, {moment}, 0),
    ('c', 'x', null, '20260512151340_gone', 'ERROR: relation', {moment}, {moment}, 0);
create table _yoyo_migration (
    migration_hash varchar(64) primary key, migration_id varchar(255), applied_at_utc timestamp
);
insert into _yoyo_migration values ('bdcd', '0001.create-orders', '2026-05-12T15:13:40.365883');
create table knex_migrations (id integer, name text, batch integer, migration_time {knex});
insert into knex_migrations values (1, '20260512_totals.js', 1, {knexed});
"""
SQLITE = LEDGERS.format(
    zoned="datetime", prisma="datetime", moment="1778598820000", knex="datetime", knexed="1778598820000"
)
"""As Prisma and Knex keep times in SQLite: milliseconds since 1970."""
POSTGRESQL = LEDGERS.format(
    zoned="timestamptz",
    prisma="timestamptz",
    moment="'2026-05-12 17:13:40+02'",
    knex="timestamptz",
    knexed="'2026-05-12 15:13:40+00'",
)
TOLD = {
    ("django_migrations", "shop.0002_merge", AT, False),
    ("alembic_version", "ae1027a6acf", None, False),
    ("flyway_schema_history", "V1__orders.sql", AT, False),
    ("flyway_schema_history", "more/V2__totals.sql", AT, True),
    ("_prisma_migrations", "20260512151340_orders", AT, False),
    ("_prisma_migrations", "20260512151340_totals", AT, True),
    ("_yoyo_migration", "0001.create-orders", AT, False),
    ("knex_migrations", "20260512_totals.js", AT, False),
}
FILES = {
    "shop.0002_merge": "shop/migrations/0002_merge.py",
    "V1__orders.sql": "src/main/resources/db/migration/V1__orders.sql",
    "more/V2__totals.sql": "src/main/resources/db/migration/more/V2__totals.sql",
    "20260512151340_orders": "prisma/migrations/20260512151340_orders/migration.sql",
    "20260512151340_totals": "prisma/migrations/20260512151340_totals/migration.sql",
    "0001.create-orders": "migrations/0001.create-orders.py",
    "20260512_totals.js": "knex/20260512_totals.js",
}


def facts_of(address: str, repo: Path) -> DatabaseFacts:
    (found,) = look(Asked(address, "the database", str(repo), (), (), ()))
    assert isinstance(found, DatabaseFacts), found
    return found


def told(facts: DatabaseFacts) -> set[tuple[str, str, datetime | None, bool]]:
    """What was told, to the second."""
    return {(it.ledger, it.name, it.at and it.at.replace(microsecond=0), it.failed) for it in facts.applied}


def test_each_tool_in_sqlite(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.sqlite") as connection:
        connection.executescript(SQLITE)
    assert told(facts_of(f"sqlite:{tmp_path / 'shop.sqlite'}", tmp_path)) == TOLD


@pytest.mark.parametrize("schema", ["public", "shop"])
def test_each_tool_in_postgresql_in_whichever_schema(schema: str, postgres_url: str, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"create schema if not exists {schema}; set search_path to {schema}".encode())
        connection.execute(POSTGRESQL.encode())
    assert told(facts_of(postgres_url, tmp_path)) == TOLD


def test_each_leads_to_its_file_and_a_failed_one_says_so() -> None:
    others = ("shop/migrations/0001_initial.py", "cart/migrations/0002_merge.py", "orders.py", "totals/more.py")
    applied = [Applied(name, at, ledger, failed) for ledger, name, at, failed in TOLD]
    changes = {change.id.partition(":")[2]: change for change in changes_of(applied, [*others, *FILES.values()])}
    assert {name: change.paths for name, change in changes.items()} == {name: (at,) for name, at in FILES.items()}
    failed = {name for name, change in changes.items() if change.summary == f"migration {name} failed"}
    assert failed == {"more/V2__totals.sql", "20260512151340_totals"}
    assert changes["V1__orders.sql"].summary == "migration V1__orders.sql was applied"


def test_a_time_that_is_none_is_not_guessed_and_a_table_that_is_another_stops_nothing(
    tmp_path: Path, postgres_url: str
) -> None:
    import psycopg

    odd = (
        "create table django_migrations (app text, name text, applied text);"
        "insert into django_migrations values ('shop', '0002_b', 'x'); create table knex_migrations (id integer);"
    )
    with sqlite3.connect(tmp_path / "shop.sqlite") as connection:
        connection.executescript(odd)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(odd)
    for address in (f"sqlite:{tmp_path / 'shop.sqlite'}", postgres_url):
        facts = facts_of(address, tmp_path)
        assert told(facts) == {("django_migrations", "shop.0002_b", None, False)}
        assert any("migrations that were applied" in text for text in facts.denied), facts.denied
