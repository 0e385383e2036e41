"""E-mail addresses stay on the account of the case: who joins, an export, a report, a team's store get none."""

from __future__ import annotations

import base64
import json
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_joining import CASE, Host
from workbench.analysis.redact import redact, redact_bytes, redact_data
from workbench.case.enums import Role
from workbench.case.events import new_event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.cli.main import main
from workbench.engine.store.exchange import exported, read, take_in
from workbench.engine.store.journal import Journal
from workbench.engine.store.memory import MemoryStore
from workbench.engine.store.snapshots import pack
from workbench.engine.store.sqlite import SqliteStore
from workbench.engine.store.team.store import PostgresStore
from workbench.engine.together.wire import events_of, receive, released

SHAPES = [
    ("user ann@shop.example logged in", "user *** logged in"),
    ("<ann.b+news@mail.shop.example>,", "<***>,"),
    ("mailto:ann@shop.example?subject=x", "mailto:***?subject=x"),
    ("GET /reset?email=ann%40shop.example&next=/ 200", "GET /reset?email=***&next=/ 200"),
    ("GET /reset?to=%2Fu%3Fe%3Dann%2540shop.example 200", "GET /reset?to=*** 200"),
    (r'{"to": "ann\u0040shop.example"}', '{"to": "***"}'),
    ("&lt;ann&#64;shop.example&gt;", "&lt;***&gt;"),
    ("KeyError: 'ann@shop.example'", "KeyError: '***'"),
    ("o'brien@shop.example", "***"),
    ("ann@bücher.example", "***"),
    ("büro@shop.example", "***"),
    ("ann_b-c%d@shop-1.co.example.", "***."),
    ("(ann@shop.example)(bob@shop.example)", "(***)(***)"),
    ("x" * 300 + "@shop.example", "***"),
    (r"a\nann@shop.example", r"a\n***"),
    (r'{"to": "j\u00f6rg.\u0416@shop.example"}', '{"to": "***"}'),
    (r'{"to": "\u003c\u00f6rg@b\u00fccher.\u0440\u0444\u003e"}', r'{"to": "\u003c***\u003e"}'),
    ("user=ann@shop.example;ip=10.0.0.1", "user=***;ip=10.0.0.1"),
]

OTHERS = [
    "npm ERR! lodash@4.17.21 and @types/node@20.1.0",
    "GET /static/logo@2x.png 200",
    "Started getty@tty1.service, user@1000.service",
    "ssh://deploy@web-1.shop.example/var/log/app.log",
    "git@github.com:shop/shop.git",
    "@app.route('/a')\n@pytest.mark.slow",
    "root@localhost: x@y",
    "a = b @ c.T",
]


@pytest.mark.parametrize(("text", "expected"), SHAPES)
def test_an_address_is_masked_in_every_shape_that_logs_have(text: str, expected: str) -> None:
    assert redact(text, emails=True)[0] == expected
    assert redact(expected, emails=True) == (expected, 0)


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert redact(text, emails=True) == (text, 0)


def test_names_are_masked_too_and_none_is_lost() -> None:
    data = {"by_user": {"ann@shop.example": 3, "bob@shop.example": 4, "guest": 1}}
    assert redact_data(data, emails=True) == ({"by_user": {"***": 3, "*** (2)": 4, "guest": 1}}, 2)


_NAME = st.from_regex(r"[a-zäя0-9]([a-zA-Zäя0-9._%+-]{0,20}[a-zA-Z0-9])?", fullmatch=True)
_LABEL = st.from_regex(r"[a-zü]([a-zü0-9-]{0,8}[a-z0-9])?", fullmatch=True)
_AROUND = st.text(st.characters(codec="utf-8", exclude_characters="@"), max_size=8)


@st.composite
def addresses(draw: st.DrawFn) -> tuple[str, str]:
    """A text with an address in it, and the part of it that tells who it is."""
    who = "zq" + draw(_NAME)
    domain = ".".join(
        [*draw(st.lists(_LABEL, min_size=1, max_size=3)), draw(st.sampled_from(["example", "org", "uk"]))]
    )
    form = draw(st.sampled_from(["{}@{}", "<{}@{}>", "email={}%40{}", '"{}@{}"', "mailto:{}@{}", "\n{}@{}"]))
    return draw(_AROUND) + " " + form.format(who, domain) + " " + draw(_AROUND), who


@settings(max_examples=200, deadline=None)
@given(addresses())
def test_none_gets_through_and_what_was_json_still_is(made: tuple[str, str]) -> None:
    text, who = made
    masked, count = redact(text, emails=True)
    assert count >= 1
    assert who not in masked
    assert redact(masked, emails=True) == (masked, 0)
    data = redact_bytes(json.dumps({"text": text, "lines": [text]}).encode(), emails=True)[0]
    assert who not in json.loads(data)["text"]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    made = Host(tmp_path)
    log = tmp_path / "app.log"
    log.write_text("2026-05-12T14:00:00Z ERROR no cart of ann@shop.example\n")
    with closing(made.library.store(CASE)) as store:
        question = {
            "question": "ann@shop.example cannot log in",
            "log_sources": [str(log), "cmd:tail ann@shop.example"],
        }
        store.append(
            [
                new_event("case.question", "ann", question),
                new_event("note.added", "ann", {"text": "and bob@shop.example"}),
            ]
        )
    return made


def test_who_joins_reads_no_address_anywhere(host: Host) -> None:
    with closing(host.library.store(CASE)) as store:
        blob = store.put_blob(b'{"printed": "to\\nann@shop.example"}')
        store.save_snapshot(pack(fold(CaseState(), store.read(0))))
    bob = host.call(token=host.token(Role.DRIVER))
    assert bob.welcome["masked"] == 4, "the question stands in the timeline too"
    assert bob.welcome["brief"][-1] == "E-mail addresses are masked for who joins, in 4 places."
    assert "shop.example" not in json.dumps(bob.welcome)
    shown = zlib.decompress(released(bob.welcome["snapshot"]["state"])).decode()
    assert ("*** cannot log in" in shown, "shop.example" in shown) == (True, False)
    read = bob.ask("read", after=0, limit=100)
    assert [event.data.get("text") for event in events_of(read) if event.kind == "note.added"] == ["and ***"]
    assert "shop.example" not in json.dumps(read)
    answer = bob.ask("blob", name=blob)
    assert (json.loads(base64.b64decode(answer["data"])), answer["masked"]) == ({"printed": "to\n***"}, 1)
    with closing(host.library.store(CASE)) as store:
        store.append([new_event("note.added", "ann", {"text": "call carol@shop.example"})])
    told = next(told for told in iter(lambda: receive(bob.source), None) if told["news"])
    assert [each["data"]["text"] for each in told["news"]] == ["call ***"]
    assert told["masked"] == 1
    for event in host.recorded():
        if event.kind == "note.added":
            assert "@shop.example" in event.data["text"], "whose case it is reads them"


def test_who_drives_asks_again_with_the_logs_as_they_were_shown(host: Host) -> None:
    bob = host.call(token=host.token(Role.DRIVER))
    bob.ask("beat", drive=True)
    sources = events_of(bob.ask("read", after=0, limit=100))[1].data["log_sources"]
    assert sources[1] == "cmd:tail ***"
    assert bob.write("case.question", {"question": "again", "log_sources": sources})["seqs"]
    assert host.recorded()[-1].data["log_sources"][1] == "cmd:tail ann@shop.example"
    assert "other logs" in bob.write("case.question", {"question": "x", "log_sources": ["cmd:id"]})["error"]


def test_an_export_finds_its_blobs_again_though_they_were_masked(tmp_path: Path) -> None:
    here, there = (SqliteStore(tmp_path / f"{name}.sqlite") for name in ("here", "there"))
    blob = here.put_blob(b"printed for ann@shop.example")
    here.append([new_event("note.added", "ann", {"text": "x", "blob": blob, "mail": "ann@shop.example"})])
    masked: list[int] = []
    lines = list(exported("c", here, masked.append))
    assert masked == [2]
    assert json.loads(lines[-1])["masked"] == 2, "the file says so itself"
    take_in(read(lines), there)
    assert fold(CaseState(), there.read(0)).masked == 1, "and the case that it becomes: of its events"
    assert there.get_blob(there.read(0)[0].data["blob"]) == b"printed for ***"
    here.close()
    there.close()


async def test_a_teams_store_gets_none_and_the_screen_shows_what_is_there(postgres_url: str) -> None:
    journal = await Journal.open(lambda: PostgresStore(postgres_url, CASE))
    blob = await journal.put_blob(b"printed for ann@shop.example")
    await journal.append(new_event("note.added", "ann", {"text": "call ann@shop.example", "blob": blob}))
    assert [entry.text for entry in journal.state.timeline] == ["note: call ***; 1 secret masked"]
    await journal.append(new_event("note.added", "ann", {"text": "token=hunter2 of ann@shop.example"}))
    assert journal.state.masked == 3
    assert await journal.get_blob(blob) == b"printed for ***"
    await journal.close()
    kept = MemoryStore()
    name = kept.put_blob(b"kept for ann@shop.example")
    kept.append([new_event("note.added", "ann", {"text": "meanwhile", "blob": name})])
    with closing(PostgresStore(postgres_url, "another")) as store:
        kept.pour(store)
        assert store.get_blob(store.read(0)[0].data["blob"]) == b"kept for ***", "what was only in memory too"


def test_a_report_is_given_away_without_them(host: Host, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for form in ("markdown", "html", "json"):
        assert main(["--store", str(tmp_path), "report", CASE, "--format", form]) == 0
        out, beside = capsys.readouterr()
        assert ("***" in out, "shop.example" in out) == (True, False), form
        assert "e-mail addresses (or secrets) masked" in beside
    assert main(["--store", str(tmp_path), "export", CASE, "-"]) == 0
    assert "shop.example" not in capsys.readouterr().out
    assert main(["--store", str(tmp_path), "export", CASE, str(tmp_path / "case.jsonl")]) == 0
    assert "3 secrets and e-mail addresses masked" in capsys.readouterr().err
