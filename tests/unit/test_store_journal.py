"""The journal of one case on every kind of store: what is appended is kept once, folded, masked, followed by others."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.journals import Open, news, note, program
from tests.journals import case as case
from tests.journals import opened as opened
from tests.stores import spoil_snapshot, store_at, stored
from tests.unit.test_fold import finished, reported, started
from workbench.case.enums import CheckStatus
from workbench.case.events import Event, MalformedEventError, new_event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.engine.store import ledger, writer
from workbench.engine.store.base import BLOB_LIMIT
from workbench.engine.store.journal import Journal, ReadOnlyError
from workbench.engine.store.snapshots import unpack


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

    store.append = counting
    journal = await Journal.open(lambda: store)
    await asyncio.gather(*(journal.append(note(f"{n}")) for n in range(500)))
    for _ in range(3):
        await journal.append(note("alone"))
    await journal.close()
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert min(gaps) >= writer.GATHER * 0.9
    assert len(moments) < 3 + 100, "500 appends in few transactions, fewer where the loop is not held up"
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
    await journal.append(
        started("logs", "r"), reported("r", "token=hunter2", "password=hunter2"), finished("logs", "r")
    )
    await journal.put_blob(b"log\nCookie: sid=hunter2\n")
    assert journal.state.question == "why does password=*** fail?"
    assert journal.state.masked == 9
    told = ["asked: why does password=*** fail?; 1 secret masked", "logs: said; 6 secrets masked"]
    assert [entry.text for entry in journal.state.timeline] == told
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
