"""Killed fifty times in the middle of an investigation, the journal loses nothing that was said to be kept."""

from __future__ import annotations

import asyncio
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests import journal_programs
from workbench.case.enums import CheckStatus
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.engine.store.journal import Journal
from workbench.engine.store.sqlite import SqliteStore

ROUNDS = 50
MOMENTS = {"at blob": 3, "at snapshot": 1, "at append": 8, "kept": 10}
"""What the program says, and how often it may have said it when it is killed."""


@contextmanager
def nursery() -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-P", str(journal_programs.__file__), "nursery"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": ""}) as process:
        yield process


def lines_until_killed(pipe: Path, moment: str, nth: int, patience: float) -> list[str]:
    """Read what the program says; kill it ``patience`` seconds after it said ``moment`` for the ``nth`` time."""
    text, deadline, pid = b"", None, 0
    with pipe.open("rb", buffering=0) as out:
        while True:
            wait = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([out], [], [], wait)
            if not ready and pid:
                os.kill(pid, signal.SIGKILL)
                deadline = None
            data = out.read(65536) if ready else b"-"
            if not data:
                return text.decode().splitlines()
            text += data if ready else b""
            if not pid and b"\n" in text:
                pid = int(text.split(b"\n")[0].split()[1])
            if patience >= 0 and text.count(moment.encode()) >= nth:
                deadline, patience = time.monotonic() + patience, -1.0


async def reopened(case: Path) -> CaseState:
    journal = await Journal.open(lambda: SqliteStore(case))
    try:
        assert (journal.notice, journal.readonly_reason) == ("", "")
        events = await journal.events()
        assert [event.seq for event in events] == list(range(1, len(events) + 1)), "a gap, or one too many"
        assert max(Counter(event.id for event in events).values()) == 1
        assert journal.state == fold(CaseState(), events), "the snapshot and the tail say the same as all of it"
        for event in events:
            if "blob" in event.data:
                assert await journal.get_blob(event.data["blob"])
        started = {event.run for event in events if event.kind == "analysis.started"}
        finished = [event for event in events if event.kind == "analysis.finished"]
        assert Counter(event.run for event in finished) == Counter(started), "every run ended once"
        return journal.state
    finally:
        await journal.close()


def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(20240)
    case, kept, moments = tmp_path / "case.sqlite", set[str](), Counter[str]()
    with nursery() as process:
        assert process.stdin is not None
        for number in range(ROUNDS):
            if number % 5 == 0:
                case, kept = tmp_path / f"case{number}.sqlite", set()
            pipe = tmp_path / f"pipe{number}"
            os.mkfifo(pipe)
            process.stdin.write(f"{pipe} {case} {number}\n")
            process.stdin.flush()
            moment = rng.choice(list(MOMENTS))
            said = lines_until_killed(
                pipe, moment, rng.randint(1, MOMENTS[moment]), rng.choice([0.0, 0.0005, 0.002, 0.01])
            )
            kept |= {line.split()[1] for line in said if line.startswith("kept ")}
            moments[said[-1].rsplit(" ", 1)[0] if said[-1].startswith("kept") else said[-1]] += 1
            state = asyncio.run(reopened(case))
            with closing(sqlite3.connect(case)) as db:
                assert kept <= {row[0] for row in db.execute("SELECT id FROM event")}, (
                    "an event said to be kept is lost"
                )
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert not state.running
        assert any(run.check.status is CheckStatus.INTERRUPTED for run in state.finished.values())
        process.stdin.close()
    assert set(moments) >= set(MOMENTS), f"moments not hit: {moments}"
