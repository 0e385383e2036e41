"""The schema of a team's store and how a connection to it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.engine.store.base import UnreadableError
from workbench.engine.store.team.appending import APPENDING
from workbench.engine.store.team.driving import WHEEL
from workbench.engine.store.team.roles import ROLES

if TYPE_CHECKING:
    import psycopg

SCHEMA = 3
PATIENCE = 5
"""Seconds to wait for a server to answer, at connecting."""
WAITED = 10.0
"""Seconds to wait for a lock that somebody else holds: any login can take an advisory one, and keep it."""

_TABLES = """
CREATE TABLE workbench.event (
    case_id text NOT NULL, seq bigint NOT NULL, id text NOT NULL, at timestamptz NOT NULL, actor text NOT NULL,
    kind text NOT NULL, v integer NOT NULL, run text NOT NULL, data json NOT NULL,
    PRIMARY KEY (case_id, seq), UNIQUE (case_id, id));
CREATE TABLE workbench.blob (case_id text NOT NULL, hash text NOT NULL, data bytea NOT NULL,
    PRIMARY KEY (case_id, hash));
CREATE TABLE workbench.snapshot (case_id text PRIMARY KEY, fold integer NOT NULL, seq bigint NOT NULL,
    state bytea NOT NULL);
CREATE TABLE workbench.card (case_id text PRIMARY KEY, seq bigint NOT NULL, card text NOT NULL);
CREATE TABLE workbench.person (case_id text NOT NULL, id text NOT NULL, name text NOT NULL, host text NOT NULL,
    looking text NOT NULL, wants boolean NOT NULL, role text NOT NULL, expires timestamptz NOT NULL,
    PRIMARY KEY (case_id, id));
CREATE TABLE workbench.wheel (case_id text PRIMARY KEY, holder text NOT NULL);
"""

MIGRATIONS: tuple[str, ...] = (_TABLES, ROLES, APPENDING + WHEEL)
"""The statements that lead from the schema version of their index to the next one."""


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection to the store at ``url``, its schema made and migrated. Raises psycopg.Error and UnreadableError."""
    import psycopg

    db = psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=PATIENCE,
        application_name="workbench",
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=2,
        tcp_user_timeout=8000,
    )
    try:
        if version(db) != SCHEMA:
            _migrate(db)
        db.execute(f"SET lock_timeout = {round(WAITED * 1000)}".encode())
    except BaseException:
        db.close()
        raise
    return db


def version(db: psycopg.Connection[Any]) -> int:
    """The schema version there; 0 where there is no schema."""
    row = db.execute("SELECT to_regclass('workbench.schema') IS NOT NULL").fetchone()
    if not row or not row[0]:
        return 0
    row = db.execute("SELECT version FROM workbench.schema").fetchone()
    return int(row[0]) if row else 0


def _migrate(db: psycopg.Connection[Any]) -> None:
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(hashtextextended('workbench schema', 0))")
        found = version(db)
        if found > SCHEMA:
            raise UnreadableError(
                f"the team's store was written by a newer workbench (schema {found}, this one knows {SCHEMA})"
            )
        if found == 0:
            db.execute("CREATE SCHEMA IF NOT EXISTS workbench")
            db.execute("CREATE TABLE workbench.schema (version integer NOT NULL)")
            db.execute("INSERT INTO workbench.schema VALUES (0)")
        for number in range(found, SCHEMA):
            db.execute(MIGRATIONS[number].encode())
        db.execute("UPDATE workbench.schema SET version = %s", (SCHEMA,))
