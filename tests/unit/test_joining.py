"""Who joins a case, and who is refused: clearly, at the serving side, and into the record."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.case.codec import encode
from workbench.case.enums import Role
from workbench.case.events import Event, new_event
from workbench.case.roles import SAID, name_refusal, write_refusal
from workbench.engine.store.library import Library
from workbench.engine.together.connection import Connection
from workbench.engine.together.door import Door
from workbench.engine.together.invitations import Invitations
from workbench.engine.together.inviting import invite, revoke
from workbench.engine.together.serving import PATIENCE
from workbench.engine.together.wire import EVENT, receive, send

CASE, OTHER = "20260101-aaaaaa", "20260102-bbbbbb"
KEY, ANOTHER_KEY = "k" * 32, "x" * 32
GUARDED = Door(None)


class Host:
    """Somebody's cases, served to whoever calls."""

    def __init__(self, data: Path) -> None:
        self.library = Library(data)
        self.invitations = Invitations(data / "invitations.sqlite")
        for case in (CASE, OTHER):
            store = self.library.store(case)
            store.append([new_event("case.opened", "ann", {"case": case, "repo": str(data)})])
            store.close()

    def token(self, role: Role = Role.COMMENTER, seconds: float = 60, case: str = CASE, name: str = "") -> str:
        return invite(self.invitations, case, role, seconds, name, "ann")[0]

    def call(self, door: Door = GUARDED, **greeting: Any) -> Caller:
        """Connect and greet."""
        here, there = socket.socketpair()

        def serve() -> None:
            with suppress(OSError), there, there.makefile("rb") as source, there.makefile("wb") as out:
                Connection(source, out, self.library, self.invitations).run(door)

        threading.Thread(target=serve, daemon=True).start()
        return Caller(here, {"hello": 1, "case": CASE, "name": "bob", "key": KEY} | greeting)

    def recorded(self, case: str = CASE) -> list[Event]:
        return self.library.events(case)

    def refusals(self, case: str = CASE) -> list[str]:
        return [event.data["why"] for event in self.recorded(case) if event.kind == "access.refused"]


class Caller:
    """The other side, which may say anything."""

    def __init__(self, connected: socket.socket, greeting: dict[str, Any]) -> None:
        connected.settimeout(60)
        self._socket = connected
        self.source, self.out = connected.makefile("rb"), connected.makefile("wb")
        send(self.out, greeting)
        self.welcome = receive(self.source) or {}
        if "error" not in self.welcome:
            self.welcome |= receive(self.source) or {}

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        send(self.out, {"n": 1, "do": do, **given})
        return self.told() or {"n": 0, "error": "closed"}

    def told(self) -> dict[str, Any] | None:
        """What comes next and is no news; they come whenever they will."""
        while "news" in (told := receive(self.source) or {}):
            continue
        return told or None

    def write(self, kind: str, data: dict[str, Any], actor: str = "bob") -> dict[str, Any]:
        return self.ask("append", events=[encode(new_event(kind, actor, data))])

    def close(self) -> None:
        for each in (self.source, self.out, self._socket):
            each.close()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_who_is_invited_reads_and_writes_what_their_role_may(host: Host) -> None:
    token = host.token(name="Bob of on-call")
    bob = host.call(token=token)
    assert (bob.welcome["role"], bob.welcome["name"], bob.welcome["last"]) == ("commenter", "Bob of on-call", 2)
    assert bob.write("note.added", {"text": "hello"}, "Bob of on-call")["seqs"] == [3]
    assert [event.kind for event in host.recorded()] == ["case.opened", "access.joined", "note.added"]
    again = host.call(token=token)
    assert again.welcome["role"] == "commenter", "the same program comes again after a lost link"
    assert [event.kind for event in host.recorded()].count("access.joined") == 1
    assert token not in (host.library._shelf.path(CASE).read_bytes() + _bytes(host)).decode("latin-1")


def _bytes(host: Host) -> bytes:
    return host.invitations._path.read_bytes()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("none", "an invitation is needed"),
        ("expired", "has expired"),
        ("replayed", "used already"),
        ("forged", "is not known here"),
        ("wrong case", "for another case"),
        ("revoked", "was revoked"),
        ("sql", "is not known here"),
        ("short key", "a key of 128 bits"),
    ],
)
def test_a_token_that_opens_nothing_is_refused_and_journaled(host: Host, how: str, said: str) -> None:
    token, greeting = host.token(seconds=1e-9 if how == "expired" else 60), dict[str, Any]()
    if how == "replayed":
        host.call(token=token).close()
        greeting["key"] = ANOTHER_KEY
    elif how == "forged":
        token = f"{int(token, 16) ^ 1:032x}"
    elif how == "wrong case":
        token = host.token(case=OTHER)
    elif how == "revoked":
        made = host.invitations.of(CASE)[0]
        revoke(host.invitations, CASE, made.id, "ann")
    elif how == "sql":
        token = "' OR '1'='1"
    elif how == "short key":
        greeting["key"] = "k"
    mallory = host.call(name="mallory", token="" if how == "none" else token, **greeting)
    assert said in mallory.welcome["error"]
    assert "last" not in mallory.welcome
    assert receive(mallory.source) is None, "and the door is shut"
    (why,) = host.refusals()
    assert said in why
    assert [event.data["name"] for event in host.recorded() if event.kind == "access.refused"] == ["mallory"]


def test_a_case_that_is_not_there_is_no_news_to_strangers(host: Host) -> None:
    assert host.call(case="2030").welcome["error"] == "no such case, or no invitation to it"


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ann",
        "a" * 65,
        "ann\x1b[31m",
        "an\u202en",
        "ann\n2026 root",
        "workbench/serve",
        "WORKBENCH/x",
        "a\0b",
        "\ud800",
    ],
)
def test_hostile_names_are_refused(host: Host, name: str) -> None:
    caller = host.call(token=host.token(), name=name)
    assert "name" in caller.welcome["error"]
    assert host.refusals()
    host.recorded()


def test_a_viewer_writes_nothing_and_drives_nothing(host: Host) -> None:
    viewer = host.call(token=host.token(Role.VIEWER))
    for kind, data in [
        ("note.added", {"text": "x"}),
        ("triage.set", {"fingerprint": "f", "state": "noise"}),
        ("test.finished", {}),
        ("access.invited", {}),
    ]:
        answer = viewer.write(kind, data)
        assert (answer["kind"], "as a viewer" in answer["error"]) == ("refused", True)
    assert viewer.ask("keep", data="eA==")["kind"] == "refused"
    beat = viewer.ask("beat", drive=True, wants=True, role="driver")
    assert (beat["wheel"], beat["people"][0]["wants"], beat["people"][0]["role"]) == ("", False, "viewer")
    assert len(host.refusals()) == 5
    assert {event.kind for event in host.recorded()} == {"case.opened", "access.joined", "access.refused"}


def test_what_executes_is_written_by_who_has_the_wheel_alone(host: Host) -> None:
    bob = host.call(token=host.token(Role.DRIVER))
    carol = host.call(token=host.token(Role.DRIVER), name="carol", key=ANOTHER_KEY)
    commenter = host.call(token=host.token(Role.COMMENTER), name="dave", key="d" * 32)
    assert bob.ask("beat", drive=True)["wheel"] == bob.welcome["you"]
    people = carol.ask("beat", drive=True)
    assert people["wheel"] == bob.welcome["you"]
    assert commenter.ask("beat", drive=True)["wheel"] == bob.welcome["you"]
    facts = {"tree": "t"}
    assert "who has the wheel" in carol.write("case.facts", facts, "carol")["error"]
    assert "who has the wheel" in commenter.write("case.facts", facts, "dave")["error"]
    assert "signed by another" in carol.write("note.added", {"text": "x"}, "bob")["error"]
    assert "signed by another" in carol.write("note.added", {"text": "x"}, "workbench/rules")["error"]
    assert carol.ask("hand", to=carol.welcome["you"])["wheel"] == bob.welcome["you"], "nobody takes it from another"
    carol.ask("leave", id=bob.welcome["you"])
    assert bob.write("case.facts", facts)["seqs"]
    assert "serving side" in bob.write("case.opened", {"case": CASE, "repo": "/etc"})["error"]
    asked = {"question": "x", "log_sources": ["/etc/passwd"]}
    assert "other logs" in bob.write("case.question", asked)["error"]
    assert bob.write("case.question", asked | {"log_sources": []})["seqs"]
    assert bob.write("case.facts", facts, "workbench/tests")["seqs"]
    assert bob.ask("hand", to=commenter.welcome["you"])["wheel"] == bob.welcome["you"], "a commenter never drives"


@pytest.mark.parametrize(
    "text", ["'); DROP TABLE event; --", '" OR ""="', "%s {} \\", "x\0y", "\x1b]52;c;eA==\x07", "\udcff"]
)
def test_sql_and_worse_in_every_text_stays_text(host: Host, text: str) -> None:
    bob = host.call(token=host.token(Role.COMMENTER))
    event = new_event("note.added", "bob", {"text": text, text: [text]}, run=text)
    told = encode(event) | {"id": f"id {text}"}
    assert bob.ask("append", events=[told])["seqs"] == [3]
    assert bob.ask("append", events=[told])["seqs"] == [3], "sent twice, stored once"
    assert bob.ask("blob", name=text)["kind"] == "missing"
    assert bob.ask("code", path=text)["kind"] == "missing"
    bob.ask("beat", looking=text)
    stored = host.recorded()[-1]
    assert stored.kind == "note.added"
    assert stored.data["text"] == text
    assert len(host.library.events(OTHER)) == 1


def test_what_is_no_event_or_too_large_is_refused_and_journaled(host: Host) -> None:
    bob = host.call(token=host.token())
    assert "the limit is" in bob.write("note.added", {"text": "x" * (EVENT + 1)})["error"]
    assert "no event" in bob.ask("append", events=[{"id": 7}])["error"] or host.refusals()
    for odd in ([], None, "x", [[]], [{"id": "x", "seq": 1, "at": "2026-01-01T00:00:00", "actor": "bob"}]):
        answer = bob.ask("append", events=odd)
        assert answer.get("kind") == "refused" or answer.get("seqs") == []
    assert "error" in bob.write("note.added", {})
    assert "text is of another type" in bob.write("note.added", {"text": ["x"]})["error"]
    early = encode(new_event("note.added", "bob", {"text": "x"})) | {"at": "0001-01-01T00:00:00+14:00"}
    assert "no clock shows" in bob.ask("append", events=[early])["error"]
    assert "error" in bob.ask("nothing of the kind")
    bob.out.write(b"{no json\n[]\n")
    bob.out.flush()
    assert [bob.told()["kind"] for _ in range(2)] == ["refused", "refused"]
    assert bob.write("note.added", {"text": "still here"})["seqs"]
    assert len(host.refusals()) >= 7


def test_who_is_refused_too_often_is_sent_away(host: Host) -> None:
    bob = host.call(token=host.token(Role.VIEWER))
    for _ in range(PATIENCE + 1):
        bob.write("note.added", {"text": "x"})
    assert "bye" in (bob.told() or {})
    assert bob.told() is None, "what was on its way, and then the end"
    assert len(host.refusals()) == PATIENCE


def test_who_came_by_an_invitation_that_is_revoked_may_not_stay(host: Host) -> None:
    bob = host.call(token=host.token())
    revoke(host.invitations, CASE, host.invitations.of(CASE)[0].id, "ann")
    assert "was revoked" in bob.write("note.added", {"text": "x"})["error"]
    assert host.refusals()


KINDS = (*sorted(SAID), "test.finished", "access.joined", "patch.applied")


@given(st.text(max_size=80))
def test_a_name_that_is_taken_is_one_line_that_cannot_hide_anything(name: str) -> None:
    if not name_refusal(name):
        assert 0 < len(name) <= 64
        assert len(name.splitlines()) == 1
        assert name.isprintable()
        name.encode()


@given(st.sampled_from(KINDS), st.sampled_from(list(Role)))
def test_no_role_writes_in_the_name_of_another(kind: str, role: Role) -> None:
    event = Event("e", 0, new_event("note.added", "x", {}).at, "ann", kind, 1, {})
    assert write_refusal(event, role, "bob", drives=True)
    assert bool(write_refusal(event, role, "ann", drives=False)) == (role is Role.VIEWER or kind not in SAID)
