"""Journals on every kind of store, and programs that write into them: what the tests of the store stand on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import journal_programs
from tests.stores import store_at
from workbench.case.events import Event, new_event
from workbench.case.state import CaseState
from workbench.engine.store.journal import Journal

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
    await asyncio.wait_for(done.wait(), 60)
    stop()


def note(text: str) -> Event:
    return new_event("note.added", "ann", {"text": text})


def program(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", str(journal_programs.__file__), *arguments], text=True, stderr=subprocess.PIPE
    )
