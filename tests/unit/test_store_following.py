"""A journal that several programs write, follow and leave behind."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.journals import Open, news, note, program
from tests.journals import case as case
from tests.journals import opened as opened
from workbench.case.enums import CheckStatus
from workbench.case.events import new_event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.engine.store import writer
from workbench.engine.store.journal import Journal
from workbench.engine.store.library import Library
from workbench.engine.store.owners import is_alive, owner


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


async def test_a_write_wakes_who_follows_on_the_same_host_though_nobody_polls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, case = Library(tmp_path), "20240101-abc"
    reader = await Journal.open(lambda: library.store(case), follow=lambda wake: library.follow(case, wake))
    try:
        monkeypatch.setattr(writer, "POLL", 60.0)
        reader.wake()
        await reader.append(note("mine"))
        async with news(reader, lambda state: state.seq == 4) as told:
            with program("write", str(tmp_path / "cases" / f"{case}.sqlite"), "bob", "3") as other:
                assert await asyncio.to_thread(other.wait) == 0
        assert [event.actor for event in told] == ["bob"] * 3
    finally:
        await reader.close()
    other_case = tmp_path / "cases" / "20240102-abc.sqlite"
    heard: list[int] = []
    stop = library.follow(case, lambda: heard.append(1))
    with program("write", str(other_case), "bob", "1") as other:
        assert await asyncio.to_thread(other.wait) == 0
    stop(), stop()
    assert not heard, "another case is none of ours"
