"""The journal of one case on every kind of store: what is appended is kept once, folded, masked, followed by others."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import journal_programs
from tests.stores import spoil_snapshot, store_at, stored
from workbench.case.enums import CheckStatus
from workbench.case.events import Event, MalformedEventError, new_event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.engine.store import ledger, writer
from workbench.engine.store.base import BLOB_LIMIT
from workbench.engine.store.journal import Journal, ReadOnlyError
from workbench.engine.store.owners import is_alive, owner
from workbench.engine.store.snapshots import unpack

Open = Callable[..., Awaitable[Journal]]


@pytest.fixture(params=["sqlite", "postgresql"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a case, of each kind of store in turn."""
    if request.param == "postgresql":
        return f"{request.getfixturevalue('postgres_url')}|20240101-abc"
    return str(tmp_path / "cases" / "20240101-abc.sqlite")


@pytest.fixture
async def opened(case: str) -> AsyncIterator[Open]:
    """Opens journals on the case and closes them in the end."""
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> Journal:
            journal = await Journal.open(lambda: store_at(case), **options)
            stack.push_async_callback(journal.close)
            return journal

        yield make


@asynccontextmanager
async def news(journal: Journal, enough: Callable[[CaseState], bool]) -> AsyncIterator[list[Event]]:
    """Waits at its end until the journal's state is ``enough``; gives the events that were told meanwhile."""
    told, done = list[Event](), asyncio.Event()

    def heard(state: CaseState, events: Sequence[Event]) -> None:
        told.extend(events)
        if enough(state):
            done.set()

    stop = journal.subscribe(heard)
    yield told
    await asyncio.wait_for(done.wait(), 20)
    stop()


def note(text: str) -> Event:
    return new_event("note.added", "ann", {"text": text})


def program(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", str(journal_programs.__file__), *arguments], text=True, stderr=subprocess.PIPE
    )


async def test_what_is_appended_is_kept_and_folded(opened: Open) -> None:
    journal = await opened()
    await journal.append(note("one"), note("two"))
    assert [entry.text for entry in journal.state.timeline] == ["note: one", "note: two"]
    again = await opened()
    assert again.state == journal.state
    assert [event.seq for event in await again.events()] == [1, 2]
    assert [event.seq for event in await again.events(after=1)] == [2]


async def test_an_event_is_kept_once_however_often_and_by_whomever_it_is_appended(opened: Open) -> None:
    first, second = await opened(), await opened()
    event = note("once")
    await first.append(event, event)
    await first.append(event)
    await second.append(note("other"), event)
    assert [entry.text for entry in second.state.timeline] == ["note: once", "note: other"]
    async with news(first, lambda state: state.seq == 2):
        first.wake()
    assert first.state == second.state
    assert len(await first.events()) == 2


async def test_appends_that_come_together_are_written_together(case: str, opened: Open) -> None:
    moments: list[float] = []
    store = store_at(case)
    append = store.append

    def counting(events: Sequence[Event]) -> list[Event]:
        moments.append(time.monotonic())
        return append(events)

    store.append = counting  # type: ignore[method-assign]
    journal = await Journal.open(lambda: store)
    await asyncio.gather(*(journal.append(note(f"{n}")) for n in range(500)))
    for _ in range(3):
        await journal.append(note("alone"))
    await journal.close()
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert min(gaps) >= writer.GATHER * 0.9
    assert len(moments) <= 3 + 3, "500 appends in a handful of transactions"
    assert (await opened()).state.seq == 503


async def test_an_append_that_nobody_waits_for_any_more_is_kept_all_the_same(opened: Open) -> None:
    journal = await opened()
    await journal.append(note("before"))
    waiting = asyncio.create_task(journal.append(note("given up")))
    async with news(journal, lambda state: state.seq == 2):
        await asyncio.sleep(0)
        waiting.cancel()
    assert journal.state.timeline[-1].text == "note: given up"


async def test_an_event_that_makes_no_sense_is_refused_and_harms_nobody(opened: Open) -> None:
    journal = await opened()
    bad = [
        new_event("triage.set", "ann", {"state": "sideways", "fingerprint": "f"}),
        new_event("case.opened", "ann", {}),
        new_event("note.added", "ann", {"text": object()}),
        new_event("note.added", "ann", {"text": "x", "n": float("nan")}),
        replace(note("no zone"), at=datetime(2024, 1, 1)),  # noqa: DTZ001
        replace(note("from the future"), v=99),
        replace(note("from nowhere"), kind="note.sung"),
        note("x" * (17 << 20)),
    ]
    results = await asyncio.gather(
        *(journal.append(note("with it"), event) for event in bad), journal.append(note("good")), return_exceptions=True
    )
    assert [type(result) for result in results] == [MalformedEventError] * len(bad) + [type(None)]
    assert [event.data["text"] for event in await journal.events()] == ["good"]


async def test_no_secret_reaches_the_file(case: str, opened: Open) -> None:
    journal = await opened()
    await journal.append(
        new_event("case.question", "ann", {"question": "why does password=hunter2 fail?"}),
        new_event("command.ran", "ann", {"argv": ["psql", "--password", "hunter2"], "env": {"DB_TOKEN": "hunter2"}}),
    )
    await journal.put_blob(b"log\nCookie: sid=hunter2\n")
    assert journal.state.question == "why does password=*** fail?"
    await journal.close()
    assert b"hunter2" not in stored(case)
    assert b"***" in stored(case)


async def test_blobs_are_named_by_what_is_kept(opened: Open) -> None:
    journal = await opened()
    name = await journal.put_blob(b"output")
    assert name == await journal.put_blob(b"output")
    assert await journal.get_blob(name) == b"output"
    with pytest.raises(KeyError):
        await journal.get_blob("0" * 64)
    long = await journal.get_blob(await journal.put_blob(b"a" * BLOB_LIMIT + b"end"))
    assert len(long) <= BLOB_LIMIT
    assert b"bytes are left out]" in long
    assert long.endswith(b"end")


async def test_what_another_program_writes_is_followed(case: str, opened: Open) -> None:
    journal = await opened()
    async with news(journal, lambda state: state.seq == 30) as told:
        with program("write", case, "bob", "30") as other:
            assert await asyncio.to_thread(other.wait) == 0
    assert [event.seq for event in told] == list(range(1, 31))
    assert {entry.actor for entry in journal.state.timeline} == {"bob"}


async def test_a_wake_up_is_quicker_than_the_poll(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "POLL", 60.0)
    reader, author = await opened(), await opened()
    async with news(reader, lambda state: state.seq == 1):
        await author.append(note("hello"))
        reader.wake()


async def test_several_programs_at_once_give_one_sequence_without_a_gap(case: str, opened: Open) -> None:
    programs = [program("write", case, name, "60") for name in ("ann", "bob", "cec", "dan")]
    for each in programs:
        with each:
            _, errors = await asyncio.to_thread(each.communicate)
            assert (each.returncode, errors) == (0, "")
    journal = await opened()
    events = await journal.events()
    assert [event.seq for event in events] == list(range(1, 241))
    assert len({event.id for event in events}) == 240
    for name in ("ann", "bob", "cec", "dan"):
        assert [event.data["text"] for event in events if event.actor == name] == [f"{name} {n}" for n in range(60)]
    assert journal.state == fold(CaseState(), events)


async def test_a_run_whose_program_is_gone_is_marked_interrupted_once(case: str, opened: Open) -> None:
    with program("die_running", case, "r1") as gone:
        assert await asyncio.to_thread(gone.wait) == 0
    journals = await asyncio.gather(opened(), opened(), opened())
    for journal in journals:
        run = journal.state.finished["ruff"]
        assert (run.check.status, len(run.report.findings)) == (CheckStatus.INTERRUPTED, 3)
        assert not journal.state.running
    kinds = Counter(event.kind for event in await journals[0].events())
    assert kinds == {"analysis.started": 1, "analysis.reported": 1, "analysis.finished": 1}


async def test_a_follower_sees_that_the_program_it_follows_died(case: str, opened: Open) -> None:
    journal = await opened()
    async with news(journal, lambda state: "ruff" in state.finished):
        with program("die_running", case, "r1") as gone:
            assert await asyncio.to_thread(gone.wait) == 0
    assert journal.state.finished["ruff"].check.status is CheckStatus.INTERRUPTED


async def test_runs_of_the_living_and_of_other_hosts_go_on(opened: Open) -> None:
    journal = await opened()
    for run, by in (("r1", owner()), ("r2", "elsewhere:1:1")):
        await journal.append(new_event("analysis.started", "a", {"analyzer": run, "owner": by}, run))
    assert set((await opened()).state.running) == {"r1", "r2"}
    assert not is_alive("")
    assert not is_alive(owner().rpartition(":")[0] + ":1")


async def test_a_case_of_a_newer_program_opens_for_reading(case: str, opened: Open) -> None:
    store = store_at(case)
    store.append([note("understood"), replace(note("waived"), kind="gate.forgiven"), note("after")])
    store.close()
    journal = await opened()
    assert [entry.text for entry in journal.state.timeline] == ["note: understood"]
    assert "gate.forgiven" in journal.readonly_reason
    with pytest.raises(ReadOnlyError, match="written by a newer workbench"):
        await journal.append(note("x"))
    assert len(await journal.events()) == 3


async def test_a_newer_event_that_comes_while_open_ends_the_writing(case: str, opened: Open) -> None:
    journal = await opened()
    await journal.append(note("mine"))
    store = store_at(case)
    async with news(journal, lambda state: bool(journal.readonly_reason)):
        store.append([replace(note("new"), v=99)])
        journal.wake()
    store.close()
    with pytest.raises(ReadOnlyError):
        await journal.append(note("x"))


async def test_opened_for_reading_nothing_is_written_but_dead_runs_show(case: str, opened: Open) -> None:
    with program("die_running", case, "r1") as gone:
        assert await asyncio.to_thread(gone.wait) == 0
    journal = await opened(readonly="opened read-only")
    assert journal.state.finished["ruff"].check.status is CheckStatus.INTERRUPTED
    with pytest.raises(ReadOnlyError, match="opened read-only"):
        await journal.append(note("x"))
    assert len(await journal.events()) == 2


async def test_snapshots_are_taken_beside_the_work_and_closing_takes_the_last(
    case: str, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "SNAPSHOT_EVERY", 100)
    journal = await opened()
    for _ in range(3):
        await asyncio.gather(*(journal.append(note("x")) for _ in range(90)))
    await journal.close()
    store = store_at(case)
    state = unpack(store.load_snapshot())
    store.close()
    assert state is not None
    assert 200 <= state.seq <= 270
    again = await opened()
    assert again.state == fold(CaseState(), await again.events())


async def test_a_snapshot_of_another_fold_is_made_anew(case: str, opened: Open) -> None:
    journal = await opened()
    await asyncio.gather(*(journal.append(note(f"{n}")) for n in range(60)))
    await journal.close()
    for column, value in (("fold", 0), ("state", b"\0"), ("seq", 9999)):
        spoil_snapshot(case, column, value)
        again = await opened()
        assert again.state == journal.state
        await again.close()


async def test_after_closing_nothing_hangs(opened: Open) -> None:
    journal = await opened()
    last = asyncio.create_task(journal.append(note("last")))
    await asyncio.sleep(0)
    await journal.close()
    await last
    with pytest.raises(ReadOnlyError, match="closed"):
        await journal.append(note("x"))
    with pytest.raises(ReadOnlyError):
        await journal.get_blob("0")
    journal.wake()
    await journal.close()
    assert (await opened()).state.timeline[-1].at < datetime.now(UTC)
