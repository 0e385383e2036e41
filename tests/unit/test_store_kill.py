"""Killed fifty times in the middle of an investigation, the journal loses nothing that was said to be kept."""

from __future__ import annotations

import asyncio
import os
import random
import select
import shutil
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
MOMENTS = {"in blob": 3, "in snapshot": 1, "in append": 8, "kept": 10}
"""What the program says, and how often it may have said it when it is killed."""
HALF = ("blob", "snapshot", "append")
"""Writes that are caught half-way: all is written but the commit."""


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


def as_left(case: Path) -> Path:
    """A copy of the files, so that what the dead program left is recovered by ours alone."""
    copy = case.with_name("left.sqlite")
    for end in ("", "-wal"):
        shutil.copy(f"{case}{end}", f"{copy}{end}")
    return copy


def half_done(db: sqlite3.Connection, last: str) -> str:
    """What was under way when the program died, by the ``last`` that it said and what the file holds: or nothing."""
    _, what, name = last.split() if last.startswith("in ") else ("", "", "")
    held = {
        "blob": "SELECT 1 FROM blob WHERE hash = ?",
        "snapshot": "SELECT 1 FROM snapshot WHERE seq >= ?",
        "append": "SELECT 1 FROM event WHERE id = ?",
    }
    return what if what and not db.execute(held[what], (name,)).fetchone() else ""


def half_runs(db: sqlite3.Connection) -> int:
    """Runs of analyzers that began and reported and have not ended."""
    runs = {kind: [row[0] for row in db.execute("SELECT run FROM event WHERE kind = ?", (kind,))] for kind in RUN}
    begun, reported, ended = (set(runs[kind]) for kind in RUN)
    return len(begun & reported - ended)


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


RUN = ("analysis.started", "analysis.reported", "analysis.finished")


def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(20240)
    case, kept, hit, state = tmp_path / "case.sqlite", set[str](), Counter[str](), CaseState()
    with nursery() as process:
        assert process.stdin is not None
        for number in range(ROUNDS):
            if number % 5 == 0:
                case, kept = tmp_path / f"case{number}.sqlite", set()
            pipe = tmp_path / f"pipe{number}"
            os.mkfifo(pipe)
            stop = f"in {HALF[number // 2 % 3]}" if number % 2 else ""
            moment = stop or rng.choice(list(MOMENTS))
            nth = rng.randint(1, MOMENTS[moment])
            process.stdin.write(f"{pipe} {case} {number} {nth} {stop}\n")
            process.stdin.flush()
            said = lines_until_killed(pipe, moment, nth, 0.0 if stop else rng.choice([0.0, 0.0005, 0.002, 0.01]))
            kept |= {line.split()[1] for line in said if line.startswith("kept ")}
            with closing(sqlite3.connect(as_left(case))) as db:
                hit[half_done(db, [line for line in said if not (stop and line.startswith("kept "))][-1])] += 1
                hit["run"] += half_runs(db) > 0
            state = asyncio.run(reopened(case))
            with closing(sqlite3.connect(case)) as db:
                assert kept <= {row[0] for row in db.execute("SELECT id FROM event")}, (
                    "an event said to be kept is lost"
                )
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert not state.running
        assert any(run.check.status is CheckStatus.INTERRUPTED for run in state.finished.values())
        process.stdin.close()
    assert all(hit[what] >= ROUNDS // 2 // 3 for what in HALF), f"kills with a write under way: {hit}"
    assert hit["run"] >= ROUNDS // 3, f"kills with a run half-way: {hit}"
    print(f"of {ROUNDS} kills: {dict(hit)}")
