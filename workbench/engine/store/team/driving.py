"""Who is at a case of a team's store and who drives, in the server's own words: by its clock and its logins."""

from __future__ import annotations

WHEEL = """
CREATE OR REPLACE FUNCTION workbench.tidy(in_case text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('wheel ' || in_case, 0));
    DELETE FROM workbench.person WHERE case_id = in_case AND expires <= now();
    UPDATE workbench.wheel w SET holder = '' WHERE w.case_id = in_case AND w.holder <> '' AND NOT EXISTS (
        SELECT FROM workbench.person p WHERE p.case_id = in_case AND p.id = w.holder);
END $body$;
CREATE OR REPLACE FUNCTION workbench.beat(in_case text, in_id text, in_name text, in_host text, in_looking text,
        in_wants boolean, in_role text, seconds float8, drive boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    my_role text := workbench.role_of(in_case);
BEGIN
    IF my_role = '' OR length(in_id) > 64 THEN RETURN false; END IF;
    IF my_role <> 'owner' THEN
        in_role := CASE WHEN in_role = 'viewer' THEN in_role ELSE my_role END;
        in_name := session_user;
        in_looking := left(in_looking, 500);
        in_host := left(in_host, 200);
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
CREATE OR REPLACE FUNCTION workbench.hand_over(in_case text, giver text, taker text) RETURNS boolean
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
CREATE OR REPLACE FUNCTION workbench.leave(in_case text, in_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    gone boolean;
BEGIN
    DELETE FROM workbench.person p WHERE p.case_id = in_case AND p.id = in_id AND p.login = session_user;
    gone := FOUND;
    PERFORM workbench.tidy(in_case);
    RETURN gone;
END $body$;
REVOKE ALL ON FUNCTION workbench.tidy FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workbench.beat, workbench.hand_over, workbench.leave TO PUBLIC;
"""
"""The statements; they may be given again."""
