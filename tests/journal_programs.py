"""Programs that tests start as processes of their own: ``python journal_programs.py NAME ARGUMENT...``.

They say what they do in lines, on standard output or the named pipe they were given.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from workbench.case.code import Check, Finding
from workbench.case.codec import encode
from workbench.case.enums import CheckStatus, Severity
from workbench.case.events import Event, new_event
from workbench.case.state import Report
from workbench.engine.store import ledger, writer
from workbench.engine.store.base import Store
from workbench.engine.store.journal import Journal
from workbench.engine.store.owners import owner
from workbench.engine.store.snapshots import Snapshot
from workbench.engine.store.sqlite import SqliteStore

Say = Callable[[str], object]


def store_at(address: str) -> Store:
    """The store at ``address``: the path of a file, or ``postgresql://...|CASE``."""
    if "|" in address:
        from workbench.engine.store.team.store import PostgresStore

        return PostgresStore(*address.rsplit("|", 1))
    return SqliteStore(Path(address))


class TellingStore(SqliteStore):
    """A store that says what it is about to commit; at the ``nth`` time of ``stop`` it goes no further."""

    say: Say
    stop: str
    nth: int
    _about = ""

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with super()._transaction():
            yield
            self.say(self._about)
            self.nth -= self._about.startswith(self.stop)
            if self.nth <= 0:
                time.sleep(60)

    def put_blob(self, data: bytes) -> str:
        self._about = f"in blob {hashlib.sha256(data).hexdigest()}"
        return super().put_blob(data)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        self._about = f"in snapshot {snapshot.seq}"
        super().save_snapshot(snapshot)

    def append(self, events: list[Event]) -> list[Event]:
        self._about = f"in append {events[0].id}"
        return super().append(events)


async def write(path: str, name: str, count: str) -> None:
    """Append ``count`` notes, a few at a time, as one of several programs on the case."""
    journal = await Journal.open(lambda: store_at(path))
    events = [new_event("note.added", name, {"text": f"{name} {n}"}) for n in range(int(count))]
    for start in range(0, len(events), 10):
        await asyncio.gather(*(journal.append(event) for event in events[start : start + 10]))
    await journal.close()


async def die_running(path: str, run: str) -> None:
    """Start an analyzer run, report once, and end without a word."""
    journal = await Journal.open(lambda: store_at(path))
    await journal.append(new_event("analysis.started", "a", {"analyzer": "ruff", "owner": owner()}, run))
    await journal.append(report(run, 3))
    os._exit(0)


async def investigate(path: str, seed: int, stop: str, nth: int, say: Say) -> None:
    """What an investigation writes, until somebody kills it: runs of several analyzers with blobs, notes, snapshots.

    With ``stop`` its store stops for good before it commits that for the ``nth`` time: ``in blob`` and the like.
    """
    rng = random.Random(seed)
    ledger.SNAPSHOT_EVERY = 15
    writer.GATHER = rng.choice([0.0, 0.002, 0.02])

    def store() -> SqliteStore:
        made = TellingStore(Path(path))
        made.say, made.stop, made.nth = say, stop or "never", nth
        return made

    journal = await Journal.open(store)

    async def put(event: Event) -> None:
        await journal.append(event)
        say(f"kept {event.id}")

    async def analyze(name: str) -> None:
        for turn in itertools.count():
            run = f"{name}-{seed}-{turn}"
            await put(new_event("analysis.started", name, {"analyzer": name, "owner": owner()}, run))
            for _ in range(rng.randint(1, 4)):
                await put(report(run, rng.randint(1, 20)))
            blob = await journal.put_blob(rng.randbytes(rng.choice([10, 5_000, 200_000])))
            await put(new_event("note.added", name, {"text": "output", "blob": blob}))
            await put(new_event("analysis.finished", name, {"check": encode(Check(name, CheckStatus.DONE, "ok"))}, run))

    if not journal.state.id:
        await put(new_event("case.opened", "a", {"case": "c", "repo": "/r"}))
    await asyncio.gather(*(analyze(name) for name in ("ruff", "logs", "history")))


def report(run: str, count: int) -> Event:
    """A batch of findings."""
    found = tuple(
        Finding(f"F{n}", "shop/a.py", n, n, "R1", "a message", Severity.WARNING, "ruff", f"{n:020x}")
        for n in range(count)
    )
    return new_event("analysis.reported", "a", {"report": encode(Report("checked", found))}, run)


def nursery() -> None:
    """For each line ``PIPE CASE SEED NTH STOP`` of standard input a process that investigates, spared the imports."""
    for line in sys.stdin:
        pipe, case, seed, nth, stop = line.rstrip("\n").split(" ", 4)
        if os.fork() == 0:
            out = Path(pipe).open("wb", buffering=0)  # noqa: SIM115 - open until it is killed
            out.write(b"pid %d\n" % os.getpid())
            asyncio.run(investigate(case, int(seed), stop, int(nth), partial(_say, out)))
        os.wait()


def _say(out: io.FileIO, text: str) -> None:
    out.write(text.encode() + b"\n")


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    if name == "nursery":
        nursery()
    else:
        asyncio.run({"write": write, "die_running": die_running}[name](*arguments))
