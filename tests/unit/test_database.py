"""A look at a real SQLite file and a real PostgreSQL: tables, dead rows, indexes, locks; nothing is written."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from workbench_database.look import Asked, Refused, look

from tests.postgres import Server
from workbench.api import Applied, DatabaseFacts, TableFacts
from workbench.cli.main import main

MODELS = "class Token:\n    pass\n\n\nclass Reply:\n    pass\n"

SCHEMA = """
create table shop_user (id integer primary key, name text);
create table shop_token (id integer primary key, user_id integer {user}, value text, expires_at {time});
create table shop_reply (id integer primary key, token_id integer, is_deleted boolean default false, deleted_at {time});
create index by_value on shop_token (value);
create index by_value_and_time on shop_token (value, expires_at);
"""


def asked(address: str, repo: Path, hot: tuple[str, ...] = ("shop/models.py",)) -> Asked:
    return Asked(address, "the database", str(repo), (), hot, ("shop/models.py",))


def facts_of(address: str, repo: Path) -> DatabaseFacts:
    (found,) = look(asked(address, repo))
    assert isinstance(found, DatabaseFacts), found
    return found


def table(facts: DatabaseFacts, name: str) -> TableFacts:
    return next(each for each in facts.tables if each.name == name)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/models.py").write_text(MODELS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA.format(user="references shop_user (id)", time="timestamp"))
        connection.executemany("insert into shop_user values (?, ?)", [(n, "x") for n in range(100)])
        rows = [(n, n % 100, "v", "2020-01-02 03:04:05" if n < 1400 else "2099-01-01 00:00:00") for n in range(2000)]
        connection.executemany("insert into shop_token values (?, ?, ?, ?)", rows)
        replies = [(n, n + 1995, n % 2, "2024-05-06 07:08:09" if n == 3 else None) for n in range(10)]
        connection.executemany("insert into shop_reply values (?, ?, ?, ?)", replies)
    return path


def test_sqlite_tells_of_dead_rows_and_indexes(sqlite_file: Path, repo: Path) -> None:
    facts = facts_of(f"sqlite:{sqlite_file}", repo)
    tokens = table(facts, "shop_token")
    assert (tokens.rows, tokens.estimated, tokens.path, tokens.line, tokens.hot) == (
        2000,
        False,
        "shop/models.py",
        1,
        True,
    )
    assert [(each.kind, each.count, each.oldest) for each in tokens.dead] == [("expired", 1400, "2020-01-02 03:04:05")]
    assert [(each.kind, each.count) for each in table(facts, "shop_reply").dead] == [
        ("soft_deleted", 1),
        ("soft_deleted", 5),
        ("orphaned", 5),
    ]
    assert {(each.kind, each.table) for each in facts.issues} == {
        ("missing_index", "shop_token"),
        ("redundant_index", "shop_token"),
    }
    assert any("locks" in text for text in facts.denied)


def test_nothing_is_written_and_what_is_no_database_says_so(sqlite_file: Path, repo: Path, tmp_path: Path) -> None:
    before = sqlite_file.read_bytes()
    facts_of(f"sqlite:{sqlite_file}", repo)
    assert sqlite_file.read_bytes() == before
    (tmp_path / "text.sqlite").write_text("this is no database, and long enough to be none" * 40, encoding="utf-8")
    for name, reason in (("none.sqlite", "is no file"), ("text.sqlite", "file is not a database")):
        (found,) = look(asked(f"sqlite:{tmp_path / name}", repo))
        assert isinstance(found, Refused)
        assert reason in found.reason
    assert not (tmp_path / "none.sqlite").exists()


@pytest.fixture
def shop(postgres_url: str) -> str:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create extension pg_stat_statements")
        connection.execute(SCHEMA.format(user="references shop_user (id)", time="timestamptz").encode())
        connection.execute("insert into shop_user select n, 'x' from generate_series(0, 99) n")
        connection.execute(
            "insert into shop_token select n, n % 100, 'v', case when n < 42000 then timestamptz '2020-01-02 03:04:05Z'"
            " else timestamptz '2099-01-01' end from generate_series(0, 59999) n"
        )
        connection.execute("insert into shop_reply select n, n + 59995, n % 2 = 1, null from generate_series(0, 9) n")
        connection.execute("create table django_migrations (app text, name text, applied timestamptz)")
        connection.execute("insert into django_migrations values ('shop', '0002_merge', '2026-05-12 17:13:40+02')")
        connection.execute("analyze")
    return postgres_url


def test_postgresql_tells_the_same_and_calls_an_estimate_one(shop: str, repo: Path) -> None:
    facts = facts_of(shop, repo)
    assert facts.system.startswith("PostgreSQL ")
    assert facts.at is not None
    assert (datetime.now(UTC) - facts.at).total_seconds() < 600
    tokens, users = table(facts, "shop_token"), table(facts, "shop_user")
    assert (tokens.rows, tokens.estimated, tokens.hot) == (60_000, True, True)
    assert (users.rows, users.estimated) == (100, False)
    assert [(each.kind, each.count, each.oldest) for each in tokens.dead] == [("expired", 42_000, "2020-01-02 03:04")]
    assert [(each.kind, each.count) for each in table(facts, "shop_reply").dead] == [
        ("soft_deleted", 5),
        ("orphaned", 5),
    ]
    assert facts.applied == (
        Applied("shop.0002_merge", datetime(2026, 5, 12, 15, 13, 40, tzinfo=UTC), "django_migrations"),
    )
    kinds = {each.kind for each in facts.issues}
    assert {"missing_index", "redundant_index", "statement"} <= kinds
    worst = next(each for each in facts.issues if each.kind == "statement")
    assert "insert into shop_token" in worst.text


def test_postgresql_says_who_waits_for_whom(shop: str, repo: Path) -> None:
    import threading

    import psycopg

    with (
        psycopg.connect(shop) as holder,
        psycopg.connect(shop) as waiter,
        psycopg.connect(shop, autocommit=True) as watcher,
    ):
        holder.execute("update shop_user set name = 'y' where id = 1")
        update = "update shop_user set name = 'z' where id = 1"
        waiting = threading.Thread(target=lambda: waiter.execute(update))
        waiting.start()
        pid = waiter.info.backend_pid
        blocked = "select cardinality(pg_blocking_pids(%s)) > 0 from pg_sleep(0.01)"
        while not watcher.execute(blocked, (pid,)).fetchone()[0]:
            pass
        locks = [each.text for each in facts_of(shop, repo).issues if each.kind == "lock"]
        holder.rollback()
        waiting.join()
        waiter.rollback()
    assert len(locks) == 1
    assert f"process {pid} has waited" in locks[0]
    assert update in locks[0]


def test_a_session_that_looks_can_write_nothing(shop: str) -> None:
    import psycopg
    from workbench_database.postgresql import _OPTIONS

    with (
        psycopg.connect(shop, autocommit=True, options=_OPTIONS) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("delete from shop_user")


def test_a_server_that_does_not_answer_is_a_reason(postgres: Server, repo: Path) -> None:
    (found,) = look(asked(f"postgresql://tester@127.0.0.1:{postgres.port}/nowhere", repo))
    assert isinstance(found, Refused)
    assert 'database "nowhere" does not exist' in found.reason


def test_a_password_does_not_stand_in_the_command_line(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    assert main(["investigate", "x", "--repo", str(repo), "--db", "postgresql://me:secret@db/shop"]) == 2
    told = capsys.readouterr().err
    assert "env:NAME" in told
    assert "secret" not in told
