"""A team's store at length: ``python -m tests.bench.together`` prints JSON with what it measured, and fails over a bar.

Opening 100,000 events by snapshot and tail, 1 s at most, beside the same on SQLite; from an append to the listeners of
20 other clients on loopback, 30 ms at most (p95).
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.postgres import postgres
from workbench.case.events import Event, new_event
from workbench.engine.store.base import Store
from workbench.engine.store.journal import Journal
from workbench.engine.store.sqlite import SqliteStore
from workbench.engine.store.team.shelf import TeamShelf

EVENTS, CLIENTS, SENT = 100_000, 20, 60
BARS = {"open_seconds": 1.0, "fan_out_p95_ms": 30.0}


def note(number: int) -> Event:
    return new_event("note.added", "ann", {"text": f"note number {number} on the way to the cause"})


async def opening(make: Callable[[], Store]) -> float:
    """Seconds to open a long journal with a snapshot and 500 events after it; the best of five."""
    store = make()
    for start in range(0, EVENTS, 5000):
        store.append([note(number) for number in range(start, start + 5000)])
    journal = await Journal.open(make)
    await journal.append(note(EVENTS))
    await journal.close()
    store.append([note(number) for number in range(500)])
    store.close()
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        journal = await Journal.open(make)
        seconds.append(time.perf_counter() - began)
        assert journal.state.seq == EVENTS + 501
        await journal.close()
    return min(seconds)


async def fan_out(shelf: TeamShelf) -> list[float]:
    """Milliseconds from each append to each of the other clients' listeners."""

    async def client() -> Journal:
        return await Journal.open(lambda: shelf.store("fan"), follow=lambda wake: shelf.follow("fan", wake))

    author, sent, late = await client(), dict[str, float](), list[float]()
    clients = [await client() for _ in range(CLIENTS)]
    for each in clients:
        each.subscribe(
            lambda state, events: late.extend((time.perf_counter() - sent[event.id]) * 1000 for event in events)
        )
    await asyncio.sleep(2.0)
    for number in range(SENT):
        event = note(number)
        sent[event.id] = time.perf_counter()
        await author.append(event)
        await asyncio.sleep(0.1)
    await asyncio.sleep(2.0)
    for each in (author, *clients):
        await each.close()
    assert len(late) == SENT * CLIENTS
    return late


def main() -> int:
    servers = postgres.__wrapped__()
    server = next(servers)
    try:
        shelf = TeamShelf(server.fresh())
        with tempfile.TemporaryDirectory() as folder:
            peer = asyncio.run(opening(lambda: SqliteStore(Path(folder) / "long.sqlite")))
        ours = asyncio.run(opening(lambda: shelf.store("long")))
        late = asyncio.run(fan_out(shelf))
    finally:
        next(servers, None)
    cuts = statistics.quantiles(late, n=100)
    measured = {"open_seconds": ours, "open_sqlite_seconds": peer, "open_ratio": ours / peer}
    measured |= {"fan_out_p50_ms": cuts[49], "fan_out_p95_ms": cuts[94]}
    missed = {name: bar for name, bar in BARS.items() if measured[name] > bar}
    print(json.dumps({name: round(value, 3) for name, value in measured.items()} | {"missed": missed}, indent=2))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
