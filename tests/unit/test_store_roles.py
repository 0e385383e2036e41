"""Roles in a team's store are the server's: tried with plain SQL, as somebody would who does not use the workbench."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.postgres import Server
from workbench.case.events import Event, new_event
from workbench.engine.store.base import StoreError, WriteRefusedError
from workbench.engine.store.company import Presence
from workbench.engine.store.journal import Journal
from workbench.engine.store.team import schema
from workbench.engine.store.team.appending import REFUSALS
from workbench.engine.store.team.schema import connect
from workbench.engine.store.team.store import PostgresStore

CASE, OTHER = "20260101-aaaaaa", "20260102-bbbbbb"
LOGINS = ("vera", "cora", "dirk", "dora", "mallory")
TABLES = ("event", "blob", "snapshot", "card", "person", "wheel", "member")


class Team:
    """A database with two cases and people of every role at the first one."""

    def __init__(self, server: Server, url: str) -> None:
        self.owner = url
        database = url.rpartition("/")[2]
        self._url = {login: server.url(database, login) for login in LOGINS}
        with connect(url) as db:
            for login in LOGINS:
                with db.transaction():
                    if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,)).fetchone():
                        db.execute(f"CREATE ROLE {login} LOGIN".encode())
            for login, role in (("vera", "viewer"), ("cora", "commenter"), ("dirk", "driver"), ("dora", "driver")):
                db.execute("INSERT INTO workbench.member VALUES (%s, %s, %s)", (CASE, login, role))
        for case in (CASE, OTHER):
            with closing(PostgresStore(url, case)) as store:
                store.append([new_event("case.opened", "ann", {"case": case, "repo": "/srv"}), note("ann")])
                store.put_blob(b"output")

    def sql(self, login: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What ``login`` gets for plain SQL."""
        with psycopg.connect(self._url[login], autocommit=True) as db:
            done = db.execute(query.encode(), values)
            return done.fetchall() if done.description else [(done.rowcount,)]

    def store(self, login: str, case: str = CASE) -> PostgresStore:
        return PostgresStore(self._url[login], case)

    def events(self) -> list[Event]:
        with closing(PostgresStore(self.owner, CASE)) as store:
            return store.read(0)

    def append(self, login: str, kind: str, actor: str, case: str = CASE, ident: str = "x", **odd: Any) -> str:
        """Why the server's own function refuses to append; empty when it did."""
        at, v, run, body = (
            odd.get("at", "2026-01-01T00:00:00Z"), odd.get("v", 1), odd.get("run", ""), odd.get("body", "{}")
        )  # fmt: skip
        row = (case, [ident], [at], [actor], [kind], [v], [run], [body])
        rows = self.sql(login, "SELECT * FROM workbench.append(%s, %s, %s::timestamptz[], %s, %s, %s, %s, %s)", *row)
        return str(rows[0][2])


def note(actor: str) -> Event:
    return new_event("note.added", actor, {"text": f"by {actor}"})


@pytest.fixture
def team(postgres: Server, postgres_url: str) -> Team:
    return Team(postgres, postgres_url)


def test_members_read_their_cases_and_strangers_nothing(team: Team) -> None:
    for login in ("vera", "cora", "dirk"):
        assert team.sql(login, "SELECT DISTINCT case_id FROM workbench.event") == [(CASE,)], login
        assert team.sql(login, "SELECT count(*) FROM workbench.blob") == [(1,)]
    for table in TABLES[:-1]:
        assert team.sql("mallory", f"SELECT count(*) FROM workbench.{table}") == [(0,)], table
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        team.sql("mallory", "SELECT * FROM workbench.member")
    with closing(team.store("mallory")) as store:
        assert (store.read(0), store.last(), store.load_snapshot()) == ([], 0, None)


def test_nobody_writes_a_table(team: Team) -> None:
    for login in LOGINS:
        for table in TABLES:
            nobody_writes(team, login, table)


def nobody_writes(team: Team, login: str, table: str) -> None:
    tries = [f"DELETE FROM workbench.{table}", f"TRUNCATE workbench.{table}", f"DROP TABLE workbench.{table}"]
    tries += [f"UPDATE workbench.{table} SET case_id = 'x'", f"INSERT INTO workbench.{table} DEFAULT VALUES"]
    tries += [f"ALTER TABLE workbench.{table} DISABLE ROW LEVEL SECURITY", f"CREATE POLICY p ON workbench.{table}"]
    with psycopg.connect(team._url[login], autocommit=True) as db:
        for each in tries:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(each.encode())


def test_what_a_role_may_write_the_server_decides_and_journals(team: Team) -> None:
    assert "a viewer" in team.append("vera", "note.added", "vera")
    assert "no member" in team.append("mallory", "note.added", "mallory")
    assert "no member" in team.append("dirk", "note.added", "dirk", OTHER)
    assert "signed by another" in team.append("cora", "note.added", "ann")
    assert "signed by another" in team.append("cora", "note.added", "workbench/rules")
    assert "who has the wheel" in team.append("cora", "test.finished", "cora")
    assert "who has the wheel" in team.append("dirk", "test.finished", "dirk")
    assert "the serving side" in team.append("dirk", "access.joined", "dirk")
    assert team.append("cora", "note.added", "cora") == ""
    refused = [event.data["name"] for event in team.events() if event.kind == "access.refused"]
    assert refused == ["vera", "mallory", "cora", "cora", "cora", "dirk", "dirk"], "of this case; the other has its own"
    assert team.events()[-1].actor == "cora"
    with pytest.raises(WriteRefusedError, match="a viewer"), closing(team.store("vera")) as store:
        store.append([note("vera")])


def test_the_wheel_is_not_taken_by_sql(team: Team) -> None:
    with closing(team.store("dirk")) as dirk, closing(team.store("dora")) as dora:
        assert dirk.beat(Presence("d1", "dirk", "far:1:1"), True).wheel == "d1"
        assert team.append("dirk", "test.finished", "workbench/tests", ident="t1") == ""
        assert "who has the wheel" in team.append("dora", "test.finished", "dora")
        beat = "SELECT workbench.beat(%s, %s, %s, 'far:1:1', '', true, 'driver', 1e9, true)"
        assert team.sql("dora", beat, CASE, "d1", "dirk") == [(False,)], "dora is not dirk's presence"
        assert team.sql("dora", "SELECT workbench.hand_over(%s, 'd1', 'd2')", CASE) == [(False,)]
        assert team.sql("dora", "SELECT workbench.leave(%s, 'd1')", CASE) == [(False,)]
        assert team.sql("cora", beat, CASE, "c1", "dirk") == [(True,)]
        assert team.sql("vera", beat, CASE, "v1", "ann") == [(True,)]
        assert team.sql("mallory", beat, CASE, "m1", "ann") == [(False,)]
        company = dora.beat(Presence("d2", "dora", "far:1:1"), True)
        people = {each.id: (each.name, each.role, each.wants) for each in company.people}
        assert people["c1"] == ("cora", "commenter", False), "the server says who somebody is"
        assert people["v1"] == ("vera", "viewer", False)
        assert dora.hand_over("d2", "c1").wheel == "d1"
        assert dirk.hand_over("d1", "c1").wheel == "d1", "a commenter never drives"
        assert dirk.hand_over("d1", "d2").wheel == "d2"
        assert team.append("dora", "test.finished", "dora", ident="t2") == ""
    longest = "SELECT max(expires) < now() + interval '11 seconds' FROM workbench.person"
    assert team.sql("vera", longest) == [(True,)], "nobody stays for longer than they beat"


def test_blobs_and_snapshots_are_the_drivers_to_write_and_nobodys_to_change(team: Team) -> None:
    name = hashlib.sha256(b"output").hexdigest()
    for login, may in (("vera", False), ("cora", False), ("mallory", False), ("dirk", True)):
        assert team.sql(login, "SELECT workbench.keep(%s, 'h', 'x')", CASE) == [(may,)]
        assert team.sql(login, "SELECT workbench.save_snapshot(%s, 1, 1, 'x')", CASE) == [(may,)]
        assert team.sql(login, "SELECT workbench.write_card(%s, 1, '{}')", CASE) == [(may,)]
    team.sql("dirk", "SELECT workbench.keep(%s, %s, 'other')", CASE, name)
    with closing(PostgresStore(team.owner, CASE)) as store:
        assert store.get_blob(name) == b"output"


def test_sql_in_every_argument_stays_text(team: Team) -> None:
    odd = "'); DROP TABLE workbench.event; --"
    assert "signed by another" in team.append("cora", odd, odd)
    assert "no member" in team.append("cora", "note.added", "cora", odd)
    assert team.sql(
        "dirk", "SELECT workbench.beat(%s, %s, %s, %s, %s, true, %s, 1, true)", CASE, odd, odd, odd, odd, odd
    )
    assert len(team.events()) >= 2


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"at": "infinity"}, "a time that is none"),
        ({"at": "0044-03-15 BC"}, "a time that is none"),
        ({"v": 99}, "known to nobody"),
        ({"v": -1}, "never was"),
        ({"ident": ""}, "no name"),
        ({"ident": "x" * 201}, "no name"),
        ({"run": "x" * 201}, "no name"),
        ({"body": "[]"}, "no object"),
        ({"body": "nope"}, "no JSON"),
        ({"body": '{"text":' * 20_000 + "1" + "}" * 20_000}, "no JSON"),
        ({"body": '{"text": 1e400}'}, "a number that is too large"),
        ({"body": '{"text": "%s"}' % ("x" * (1 << 20))}, "the limit is"),
    ],
)
async def test_what_would_spoil_the_case_for_everybody_is_refused_and_journaled(
    team: Team, odd: dict[str, Any], said: str
) -> None:
    assert said in team.append("cora", "note.added", "cora", **odd)
    assert team.append("cora", "note.added", "cora", body='{"text": "1e400 is \\u0000 text"}') == ""
    journal = await Journal.open(lambda: team.store("vera"))
    assert (journal.readonly_reason, journal.notice) == ("", "")
    assert [event.kind for event in await journal.events(2)] == ["access.refused", "note.added"]
    await journal.close()


def test_a_row_that_no_program_of_ours_wrote_spoils_no_reading(team: Team) -> None:
    columns = "(case_id, seq, id, at, actor, kind, v, run, data)"
    values = f"VALUES ('{CASE}', 3, 'x', 'infinity', 'ann', 'note.added', 1, '', '{{}}')"
    with connect(team.owner) as db:
        db.execute(f"INSERT INTO workbench.event {columns} {values}".encode())
    assert [event.seq for event in team.events()] == [1, 2, 3]


def test_refusals_do_not_flood_the_record(team: Team) -> None:
    for _ in range(REFUSALS + 3):
        assert "no member" in team.append("mallory", "note.added", "mallory")
    assert len(team.events()) == 2 + REFUSALS


def test_a_lock_that_somebody_keeps_is_not_waited_for_forever(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "WAITED", 0.1)
    with psycopg.connect(team._url["mallory"]) as held:
        held.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"workbench {CASE}",))
        with closing(team.store("cora")) as store, pytest.raises(StoreError, match="lock timeout"):
            store.append([note("cora")])


def test_one_login_for_all_cases(team: Team) -> None:
    with connect(team.owner) as db:
        db.execute("INSERT INTO workbench.member VALUES ('*', 'mallory', 'driver', 'Mal')")
    with closing(team.store("mallory", "20260303-cccccc")) as store:
        opening = new_event("case.opened", "Mal", {"case": "20260303-cccccc", "repo": "/srv"})
        assert store.append([opening])[0].seq == 1, "a case of their own is theirs to begin"
        assert store.read(0)[0].actor == "Mal"
    assert team.sql("mallory", "SELECT count(DISTINCT case_id) FROM workbench.event") == [(3,)]
