"""The schema of a team's store and how a connection to it is made.

Events are appended by a function alone, which gives ``seq`` under an advisory lock per case: a reader with a cursor
would otherwise skip a row that commits after a later one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.engine.store.base import UnreadableError
from workbench.engine.store.team.roles import ROLES

if TYPE_CHECKING:
    import psycopg

SCHEMA = 2
PATIENCE = 5
"""Seconds to wait for a server to answer, at connecting."""

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

_APPEND = """
CREATE FUNCTION workbench.append(in_case text, ids text[], ats timestamptz[], actors text[], kinds text[], vs int[],
        runs text[], bodies text[], channel text) RETURNS TABLE (got_id text, got_seq bigint)
    LANGUAGE plpgsql AS $body$
DECLARE
    newest bigint;
    written bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('workbench ' || in_case, 0));
    SELECT coalesce(max(e.seq), 0) INTO newest FROM workbench.event e WHERE e.case_id = in_case;
    INSERT INTO workbench.event
        SELECT in_case, newest + row_number() OVER (ORDER BY f.n), f.id, f.at, f.actor, f.kind, f.v, f.run, f.data::json
        FROM (SELECT DISTINCT ON (g.id) g.* FROM unnest(ids, ats, actors, kinds, vs, runs, bodies) WITH ORDINALITY
                AS g(id, at, actor, kind, v, run, data, n) ORDER BY g.id, g.n) f
        WHERE NOT EXISTS (SELECT FROM workbench.event e WHERE e.case_id = in_case AND e.id = f.id);
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written > 0 THEN
        PERFORM pg_notify(channel, (newest + written)::text);
    END IF;
    RETURN QUERY SELECT e.id, e.seq FROM workbench.event e WHERE e.case_id = in_case AND e.id = ANY(ids);
END $body$;
"""

MIGRATIONS: tuple[str, ...] = (_TABLES + _APPEND, ROLES)
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
