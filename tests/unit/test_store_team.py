"""A team's store: a server that is restarted, writers that are killed, and what goes in and out of its tables."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests import journal_programs
from tests.postgres import Server
from workbench.case.events import Event, new_event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.cli.main import main
from workbench.engine.options import from_arguments
from workbench.engine.store import ledger, writer
from workbench.engine.store.base import StoreError, UnreadableError
from workbench.engine.store.journal import Journal
from workbench.engine.store.library import Library
from workbench.engine.store.team.schema import SCHEMA
from workbench.engine.store.team.shelf import TeamShelf
from workbench.engine.store.team.store import PostgresStore

CASE = "20240101-abc"


def note(text: str, actor: str = "ann") -> Event:
    return new_event("note.added", actor, {"text": text})


async def opened(url: str) -> Journal:
    shelf = TeamShelf(url)
    return await Journal.open(lambda: shelf.store(CASE), follow=lambda wake: shelf.follow(CASE, wake))


async def until(journal: Journal, seq: int) -> None:
    """Return when the journal has ``seq`` events, all in the store."""
    done = asyncio.Event()

    def look(state: CaseState, events: Sequence[Event]) -> None:
        if state.seq >= seq and ledger.FROM_HERE_ON not in journal.notice:
            done.set()

    stop = journal.subscribe(look)
    look(journal.state, ())
    try:
        await asyncio.wait_for(done.wait(), 60)
    except TimeoutError:
        raise AssertionError(f"{journal.state.seq} of {seq}; {journal.notice!r}") from None
    stop()


async def test_ten_writers_and_ten_readers_through_kills_and_restarts(
    postgres: Server, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RETRY", 0.0)
    monkeypatch.setattr(writer, "POLL", 0.2)
    readers = [await opened(postgres_url) for _ in range(10)]
    writers = [await opened(postgres_url) for _ in range(10)]
    told: list[list[str]] = [[] for _ in readers]
    for journal, heard in zip(readers, told, strict=True):
        journal.subscribe(lambda state, events, heard=heard: heard.extend(event.id for event in events))
    argv = [sys.executable, "-P", str(journal_programs.__file__), "write", f"{postgres_url}|{CASE}", "killed", "5000"]
    doomed = subprocess.Popen(argv)

    async def write(journal: Journal, name: str) -> None:
        for number in range(30):
            await journal.append(note(f"{name} {number}", name))

    writing = [asyncio.create_task(write(journal, f"w{n}")) for n, journal in enumerate(writers)]
    await until(readers[0], 30)
    await asyncio.to_thread(postgres.stop, signal.SIGQUIT)
    await asyncio.to_thread(postgres.start)
    await until(readers[1], 120)
    doomed.kill()
    doomed.wait()
    await asyncio.to_thread(postgres.stop, signal.SIGQUIT)
    await asyncio.to_thread(postgres.start)
    await asyncio.gather(*writing)
    for journal in writers:
        await journal.close()
    with closing(PostgresStore(postgres_url, CASE)) as store:
        events = store.read(0, 100_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    for n in range(10):
        mine = [event.data["text"] for event in events if event.actor == f"w{n}"]
        assert mine == [f"w{n} {number}" for number in range(30)], "none lost, none twice, in order"
    whole = fold(CaseState(), events)
    for journal, heard in zip(readers, told, strict=True):
        await until(journal, len(events))
        assert journal.state == whole
        assert heard == [event.id for event in events], "every listener was told each event once, in order"
        await journal.close()


async def test_a_server_that_is_away_is_said_and_work_goes_on(
    postgres: Server, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RETRY", 0.0)
    monkeypatch.setattr(writer, "POLL", 0.1)
    journal = await opened(postgres_url)
    await journal.append(note("before"))
    await asyncio.to_thread(postgres.stop)
    try:
        await journal.append(note("during"))
        assert "only in memory" in journal.notice
        assert [entry.text for entry in journal.state.timeline] == ["note: before", "note: during"]
    finally:
        await asyncio.to_thread(postgres.start)
    await until(journal, 2)
    await journal.close()
    with closing(PostgresStore(postgres_url, CASE)) as store:
        assert [event.data["text"] for event in store.read(0)] == ["before", "during"]


async def test_a_listener_is_woken_though_nobody_polls(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, author = await opened(postgres_url), await opened(postgres_url)
    await author.append(note("the listener listens"))
    await until(reader, 1)
    monkeypatch.setattr(writer, "POLL", 60.0)
    reader.wake()
    await author.append(note("hello"))
    await until(reader, 2)
    await author.close()
    await reader.close()


def test_text_that_looks_like_sql_or_is_no_text_at_all_stays_text(postgres_url: str) -> None:
    odd = "'); DROP TABLE workbench.event; -- %s {} \\ \x1b[31m"
    for case in (CASE, odd):
        with closing(PostgresStore(postgres_url, case)) as store:
            event = Event(
                odd, 0, note("").at, odd + "\udcff\0", "note.added", 1, {"text": odd + "\0\udcff", odd: [odd]}, odd
            )
            assert store.append([event, event])[1].seq == 1
            (got,) = store.read(0)
            assert got.data == event.data
            assert (got.id, got.run, got.at) == (odd, odd, event.at)
            assert store.append([event])[0].seq == 1
            with pytest.raises(KeyError):
                store.get_blob(odd + "\0")


def test_a_store_of_a_newer_program_is_refused_and_left_alone(postgres_url: str) -> None:
    PostgresStore(postgres_url, CASE).close()
    with psycopg.connect(postgres_url) as db:
        db.execute("UPDATE workbench.schema SET version = %s", (SCHEMA + 1,))
    with pytest.raises(UnreadableError, match="newer workbench"):
        PostgresStore(postgres_url, CASE)


def test_the_library_lists_finds_and_reads_the_cases_of_the_team(tmp_path: Path, postgres_url: str) -> None:
    library = Library(tmp_path, TeamShelf(postgres_url))
    for case in ("20240501-aa", "20240502-bb"):
        with closing(library.store(case)) as store:
            opening = {"case": case, "repo": f"/srv/{case}"}
            store.append([new_event("case.opened", "ann", opening), note("x")])
    assert sorted(card.repo for card in library.cards()) == ["/srv/20240501-aa", "/srv/20240502-bb"]
    assert library.cards() == Library(tmp_path, TeamShelf(postgres_url)).cards(), "from the index of cards now"
    assert library.read(library.find("20240502")).id == "20240502-bb"
    library.touch(library.read("20240501-aa"))
    assert library.new_id()


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the team's store") as told:
        Library(tmp_path, TeamShelf("postgresql://ann:hunter2@127.0.0.1:1/x")).cards()
    assert "hunter2" not in str(told.value)


def test_the_address_of_the_store_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import argparse

    monkeypatch.setenv("WORKBENCH_STORE", "postgresql://h/d")
    assert from_arguments(argparse.Namespace()).store == "postgresql://h/d"
    monkeypatch.setenv("TEAM", "postgresql://other/d")
    assert from_arguments(argparse.Namespace(store="env:TEAM")).store == "postgresql://other/d"
    options = from_arguments(argparse.Namespace(store=str(tmp_path)))
    assert (options.store, options.data) == ("", tmp_path)


def test_a_verb_says_plainly_that_the_store_is_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("WORKBENCH_STORE", "postgresql://127.0.0.1:1/x")
    assert main(["investigate", "x", "--repo", str(tmp_path)]) != 0
    assert "workbench: the team's store: connection failed" in capsys.readouterr().err
