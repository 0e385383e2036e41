"""Who may do what in a team's store, in the server's own words: tables are read under row-level security and written
by functions alone, which look at the login that is connected. The schema's owner is free, as before there were roles.
"""

from __future__ import annotations

from workbench.case.roles import SAID

_KINDS = ", ".join(f"'{kind}'" for kind in sorted(SAID))

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

_APPEND = f"""
DROP FUNCTION workbench.append;
CREATE FUNCTION workbench.refusal(in_case text, in_actor text, in_kind text, empty boolean) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    my_role text := workbench.role_of(in_case);
    my_name text;
    drives boolean;
BEGIN
    IF my_role = 'owner' THEN RETURN ''; END IF;
    IF my_role = '' THEN RETURN session_user || ' is no member of this case'; END IF;
    IF my_role = 'viewer' THEN RETURN session_user || ' is here as a viewer, who reads'; END IF;
    IF in_kind LIKE 'access.%' THEN RETURN in_kind || ' is written by the serving side alone'; END IF;
    SELECT coalesce(nullif(m.name, ''), m.login) INTO my_name FROM workbench.member m
        WHERE m.login = session_user AND m.case_id IN (in_case, '*') ORDER BY m.case_id = '*' LIMIT 1;
    SELECT empty OR EXISTS (SELECT FROM workbench.wheel w JOIN workbench.person p
            ON p.case_id = w.case_id AND p.id = w.holder
        WHERE w.case_id = in_case AND p.login = session_user AND p.expires > now()) INTO drives;
    drives := drives AND my_role = 'driver';
    IF in_actor <> my_name AND NOT (drives AND in_actor LIKE 'workbench/%') THEN
        RETURN in_kind || ' is signed by another than ' || my_name; END IF;
    IF NOT drives AND in_kind NOT IN ({_KINDS}) THEN
        RETURN in_kind || ' is not written: only who has the wheel runs and changes things'; END IF;
    RETURN '';
END $body$;

CREATE FUNCTION workbench.append(in_case text, ids text[], ats timestamptz[], actors text[], kinds text[], vs int[],
        runs text[], bodies text[], channel text) RETURNS TABLE (got_id text, got_seq bigint, why text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    newest bigint;
    written bigint;
    no_to text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('workbench ' || in_case, 0));
    SELECT coalesce(max(e.seq), 0) INTO newest FROM workbench.event e WHERE e.case_id = in_case;
    SELECT r INTO no_to FROM unnest(actors, kinds) AS g(actor, kind),
        workbench.refusal(in_case, g.actor, g.kind, newest = 0) AS r WHERE r <> '' LIMIT 1;
    IF no_to IS NOT NULL THEN
        IF newest > 0 THEN
            INSERT INTO workbench.event VALUES (in_case, newest + 1, replace(gen_random_uuid()::text, '-', ''), now(),
                'workbench/serve', 'access.refused', 1, '', json_build_object('name', session_user, 'why', no_to));
            PERFORM pg_notify('workbench_' || left(encode(sha256(convert_to(in_case, 'UTF8')), 'hex'), 24),
                (newest + 1)::text);
        END IF;
        RETURN QUERY SELECT ''::text, 0::bigint, no_to;
        RETURN;
    END IF;
    INSERT INTO workbench.event
        SELECT in_case, newest + row_number() OVER (ORDER BY f.n), f.id, f.at, f.actor, f.kind, f.v, f.run, f.data::json
        FROM (SELECT DISTINCT ON (g.id) g.* FROM unnest(ids, ats, actors, kinds, vs, runs, bodies) WITH ORDINALITY
                AS g(id, at, actor, kind, v, run, data, n) ORDER BY g.id, g.n) f
        WHERE NOT EXISTS (SELECT FROM workbench.event e WHERE e.case_id = in_case AND e.id = f.id);
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written > 0 THEN
        PERFORM pg_notify(channel, (newest + written)::text);
    END IF;
    RETURN QUERY SELECT e.id, e.seq, ''::text FROM workbench.event e WHERE e.case_id = in_case AND e.id = ANY(ids);
END $body$;
"""

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

_WHEEL = """
CREATE FUNCTION workbench.tidy(in_case text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('wheel ' || in_case, 0));
    DELETE FROM workbench.person WHERE case_id = in_case AND expires <= now();
    UPDATE workbench.wheel w SET holder = '' WHERE w.case_id = in_case AND w.holder <> '' AND NOT EXISTS (
        SELECT FROM workbench.person p WHERE p.case_id = in_case AND p.id = w.holder);
END $body$;
CREATE FUNCTION workbench.beat(in_case text, in_id text, in_name text, in_host text, in_looking text, in_wants boolean,
        in_role text, seconds float8, drive boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    my_role text := workbench.role_of(in_case);
BEGIN
    IF my_role = '' THEN RETURN false; END IF;
    IF my_role <> 'owner' THEN
        in_role := CASE WHEN in_role = 'viewer' THEN in_role ELSE my_role END;
        in_name := session_user;
        seconds := least(seconds, 10);
    END IF;
    PERFORM workbench.tidy(in_case);
    INSERT INTO workbench.person AS p
        VALUES (in_case, in_id, in_name, in_host, in_looking, in_wants AND in_role = 'driver', in_role,
            now() + make_interval(secs => seconds), session_user)
        ON CONFLICT (case_id, id) DO UPDATE SET name = excluded.name, host = excluded.host, looking = excluded.looking,
            wants = excluded.wants, role = excluded.role, expires = excluded.expires
        WHERE p.login = session_user;
    IF NOT FOUND THEN RETURN false; END IF;
    IF drive AND in_role = 'driver' THEN
        INSERT INTO workbench.wheel AS w VALUES (in_case, in_id) ON CONFLICT (case_id)
            DO UPDATE SET holder = excluded.holder WHERE w.holder = '';
    END IF;
    RETURN true;
END $body$;
CREATE FUNCTION workbench.hand_over(in_case text, giver text, taker text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM workbench.tidy(in_case);
    UPDATE workbench.wheel w SET holder = taker WHERE w.case_id = in_case AND w.holder = giver
        AND EXISTS (SELECT FROM workbench.person p WHERE p.case_id = in_case AND p.id = giver
            AND p.login = session_user)
        AND (taker = '' OR EXISTS (SELECT FROM workbench.person p WHERE p.case_id = in_case AND p.id = taker
            AND p.role = 'driver'));
    RETURN FOUND;
END $body$;
CREATE FUNCTION workbench.leave(in_case text, in_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    gone boolean;
BEGIN
    DELETE FROM workbench.person p WHERE p.case_id = in_case AND p.id = in_id AND p.login = session_user;
    gone := FOUND;
    PERFORM workbench.tidy(in_case);
    RETURN gone;
END $body$;
"""

_GRANTS = """
REVOKE ALL ON FUNCTION workbench.refusal, workbench.tidy FROM PUBLIC;
GRANT USAGE ON SCHEMA workbench TO PUBLIC;
GRANT SELECT ON workbench.schema TO PUBLIC;
GRANT EXECUTE ON FUNCTION workbench.append, workbench.keep, workbench.save_snapshot, workbench.write_card,
    workbench.beat, workbench.hand_over, workbench.leave, workbench.role_of, workbench.my_cases TO PUBLIC;
"""

ROLES = _MEMBERS + _POLICIES + _APPEND + _DRIVERS + _WHEEL + _GRANTS
"""The statements of the second version of the schema."""
