"""Who may do what in a team's store, in the server's own words: tables are read under row-level security and written
by functions alone, which look at the login that is connected. The schema's owner is free, as before there were roles.
"""

from __future__ import annotations

_MEMBERS = """
CREATE TABLE workbench.member (case_id text NOT NULL, login text NOT NULL,
    role text NOT NULL CHECK (role IN ('viewer', 'commenter', 'driver')), name text NOT NULL DEFAULT '',
    PRIMARY KEY (case_id, login));
ALTER TABLE workbench.person ADD COLUMN login text NOT NULL DEFAULT '';

CREATE FUNCTION workbench.role_of(in_case text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN pg_has_role(session_user, n.nspowner, 'MEMBER') THEN 'owner' ELSE coalesce(
        (SELECT m.role FROM workbench.member m WHERE m.login = session_user AND m.case_id IN (in_case, '*')
            ORDER BY m.case_id = '*' LIMIT 1), '') END
    FROM pg_namespace n WHERE n.nspname = 'workbench'
$body$;

CREATE FUNCTION workbench.my_cases() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $body$
    SELECT m.case_id FROM workbench.member m WHERE m.login = session_user
$body$;
"""

_POLICIES = "".join(
    f"""
ALTER TABLE workbench.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY reads ON workbench.{table} FOR SELECT USING (
    case_id IN (SELECT workbench.my_cases()) OR '*' IN (SELECT workbench.my_cases()));
GRANT SELECT ON workbench.{table} TO PUBLIC;
"""
    for table in ("event", "blob", "snapshot", "card", "person", "wheel")
)

_DRIVERS = """
CREATE FUNCTION workbench.keep(in_case text, in_hash text, in_data bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF workbench.role_of(in_case) NOT IN ('owner', 'driver') THEN RETURN false; END IF;
    INSERT INTO workbench.blob VALUES (in_case, in_hash, in_data) ON CONFLICT DO NOTHING;
    RETURN true;
END $body$;
CREATE FUNCTION workbench.save_snapshot(in_case text, in_fold int, in_seq bigint, in_state bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF workbench.role_of(in_case) NOT IN ('owner', 'driver') THEN RETURN false; END IF;
    INSERT INTO workbench.snapshot VALUES (in_case, in_fold, in_seq, in_state) ON CONFLICT (case_id)
        DO UPDATE SET fold = excluded.fold, seq = excluded.seq, state = excluded.state;
    RETURN true;
END $body$;
CREATE FUNCTION workbench.write_card(in_case text, in_seq bigint, in_card text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF workbench.role_of(in_case) NOT IN ('owner', 'driver') THEN RETURN false; END IF;
    INSERT INTO workbench.card VALUES (in_case, in_seq, in_card) ON CONFLICT (case_id)
        DO UPDATE SET seq = excluded.seq, card = excluded.card;
    RETURN true;
END $body$;
"""

_GRANTS = """
GRANT USAGE ON SCHEMA workbench TO PUBLIC;
GRANT SELECT ON workbench.schema TO PUBLIC;
GRANT EXECUTE ON FUNCTION workbench.keep, workbench.save_snapshot, workbench.write_card, workbench.role_of,
    workbench.my_cases TO PUBLIC;
"""

ROLES = _MEMBERS + _POLICIES + _DRIVERS + _GRANTS
"""The statements of the second version of the schema."""
