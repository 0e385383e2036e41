"""How an event gets into a team's store, in the server's own words: by one function, which gives the numbers under an
advisory lock per case, so that no reader with a cursor skips a row that commits late.

What somebody's login may write is looked at there, and that it can be read by everybody: an event of an unknown
version would close the case for the whole team, and a time outside of the calendar's years would spoil every reading.
The owner of the schema is free. A refusal stands in the record, at most REFUSALS of one login in a row of RECENT
events. Where the version of a kind in ``SAID`` is raised, the schema needs a next version too.
"""

from __future__ import annotations

from workbench.case.events import KINDS
from workbench.case.roles import SAID

REFUSALS, RECENT = 20, 200
"""Refusals of one login that are journaled among so many events."""
LONGEST, LARGEST = 200, 1 << 20
"""Characters of an event's names, and of its data where it is written by who does not drive."""
DRIVEN = 16 << 20
"""The same of a driver."""

_SAID = ", ".join(f"('{kind}', {KINDS[kind]})" for kind in sorted(SAID))

_SHAPE = f"""
CREATE FUNCTION workbench.misshapen(in_id text, in_at timestamptz, in_v int, in_run text, in_body text, most int)
    RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF in_id = '' OR length(in_id) > {LONGEST} OR length(in_run) > {LONGEST} THEN
        RETURN 'has no name of at most {LONGEST} characters'; END IF;
    IF in_at NOT BETWEEN '0002-01-01Z' AND '9998-12-31Z' THEN RETURN 'has a time that is none'; END IF;
    IF in_v < 1 THEN RETURN 'has a version that never was'; END IF;
    IF length(in_body) > most THEN
        RETURN 'has ' || length(in_body) || ' characters; the limit is ' || most; END IF;
    IF json_typeof(in_body::json) <> 'object' THEN RETURN 'has data that is no object'; END IF;
    IF in_body ~ '[0-9][eE][+]?[0-9]{{3}}' AND jsonb_path_exists(
            regexp_replace(in_body, '\\\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{{2}})', '?', 'g')::jsonb,
            '$.** ? (@.type() == "number" && (@ > 1e308 || @ < -1e308))') THEN
        RETURN 'has a number that is too large'; END IF;
    RETURN '';
EXCEPTION WHEN OTHERS THEN
    RETURN 'has data that is no JSON';
END $body$;
"""

_REFUSAL = f"""
DROP FUNCTION IF EXISTS workbench.refusal(text, text, text, boolean);
CREATE FUNCTION workbench.refusal(in_case text, in_actor text, in_kind text, in_id text, in_at timestamptz, in_v int,
        in_run text, in_body text, empty boolean) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    my_role text := workbench.role_of(in_case);
    my_name text;
    drives boolean;
    wrong text;
    shown text := left(in_kind, 100);
BEGIN
    IF my_role = 'owner' THEN RETURN ''; END IF;
    IF my_role = '' THEN RETURN session_user || ' is no member of this case'; END IF;
    IF my_role = 'viewer' THEN RETURN session_user || ' is here as a viewer, who reads'; END IF;
    IF in_kind LIKE 'access.%' THEN RETURN shown || ' is written by the serving side alone'; END IF;
    SELECT coalesce(nullif(m.name, ''), m.login) INTO my_name FROM workbench.member m
        WHERE m.login = session_user AND m.case_id IN (in_case, '*') ORDER BY m.case_id = '*' LIMIT 1;
    SELECT empty OR EXISTS (SELECT FROM workbench.wheel w JOIN workbench.person p
            ON p.case_id = w.case_id AND p.id = w.holder
        WHERE w.case_id = in_case AND p.login = session_user AND p.expires > now()) INTO drives;
    drives := drives AND my_role = 'driver';
    IF in_actor <> my_name AND NOT (drives AND in_actor LIKE 'workbench/%' AND length(in_actor) <= {LONGEST}) THEN
        RETURN shown || ' is signed by another than ' || my_name; END IF;
    IF NOT drives AND NOT EXISTS (SELECT FROM (VALUES {_SAID}) AS s(kind, v) WHERE s.kind = in_kind) THEN
        RETURN shown || ' is not written: only who has the wheel runs and changes things'; END IF;
    IF NOT drives AND in_v > (SELECT s.v FROM (VALUES {_SAID}) AS s(kind, v) WHERE s.kind = in_kind) THEN
        RETURN shown || ' version ' || in_v || ' is known to nobody'; END IF;
    wrong := workbench.misshapen(in_id, in_at, in_v, in_run, in_body,
        CASE WHEN drives THEN {DRIVEN} ELSE {LARGEST} END);
    RETURN CASE WHEN wrong = '' THEN '' ELSE shown || ' ' || wrong END;
END $body$;
"""

_APPEND = f"""
DROP FUNCTION IF EXISTS workbench.append(text, text[], timestamptz[], text[], text[], int[], text[], text[], text);
CREATE FUNCTION workbench.append(in_case text, ids text[], ats timestamptz[], actors text[], kinds text[], vs int[],
        runs text[], bodies text[]) RETURNS TABLE (got_id text, got_seq bigint, why text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    channel text := 'workbench_' || left(encode(sha256(convert_to(in_case, 'UTF8')), 'hex'), 24);
    newest bigint;
    written bigint;
    no_to text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('workbench ' || in_case, 0));
    SELECT coalesce(max(e.seq), 0) INTO newest FROM workbench.event e WHERE e.case_id = in_case;
    SELECT r INTO no_to FROM unnest(actors, kinds, ids, ats, vs, runs, bodies) AS g(actor, kind, id, at, v, run, body),
        workbench.refusal(in_case, g.actor, g.kind, g.id, g.at, g.v, g.run, g.body, newest = 0) AS r
        WHERE r <> '' LIMIT 1;
    IF no_to IS NOT NULL THEN
        IF newest > 0 AND (SELECT count(*) FROM workbench.event e WHERE e.case_id = in_case
                AND e.seq > newest - {RECENT} AND e.kind = 'access.refused' AND e.actor = 'workbench/serve'
                AND e.data->>'name' = session_user) < {REFUSALS} THEN
            INSERT INTO workbench.event VALUES (in_case, newest + 1, replace(gen_random_uuid()::text, '-', ''), now(),
                'workbench/serve', 'access.refused', 1, '', json_build_object('name', session_user, 'why', no_to));
            PERFORM pg_notify(channel, (newest + 1)::text);
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
REVOKE ALL ON FUNCTION workbench.refusal, workbench.misshapen FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workbench.append TO PUBLIC;
"""

APPENDING = _SHAPE + _REFUSAL + _APPEND
"""The statements."""
