"""The journal at length: ``python tests/bench/journal.py`` prints JSON with what it measured, and fails over its bars.

Opening 100,000 events by snapshot and tail, 1 s at most; how late the loop gets while batches of 500 findings are
appended (p99 and worst, in milliseconds) against the same loop at rest; events appended per second.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from workbench.case.code import Finding
from workbench.case.codec import encode
from workbench.case.enums import Severity
from workbench.case.events import Event, new_event
from workbench.case.state import Report
from workbench.engine.store.journal import Journal
from workbench.engine.store.owners import owner
from workbench.engine.store.sqlite import SqliteStore

EVENTS = 100_000
BATCHES = 14
FINDINGS = 500
BARS = {"open_seconds": 1.0}


def note(number: int) -> Event:
    return new_event("note.added", "ann", {"text": f"note number {number} on the way to the cause"})


def batch(number: int, run: str) -> Event:
    found = tuple(
        Finding(
            f"B{number}-{n}", f"shop/orders/views_{n % 90}.py", n, n, "hardcoded_password_string",
            "Possible hardcoded password or token in a default argument", Severity.WARNING, "bandit", f"{n:020x}",
        )
        for n in range(FINDINGS)
    )  # fmt: skip
    return new_event("analysis.reported", "workbench/bandit", {"report": encode(Report("", found))}, run)


async def timed_open(path: Path) -> tuple[Journal, float, float]:
    started, cpu = time.perf_counter(), time.process_time()
    journal = await Journal.open(lambda: SqliteStore(path))
    return journal, time.perf_counter() - started, time.process_time() - cpu


async def long_journal(path: Path) -> dict[str, float]:
    store = SqliteStore(path)
    for start in range(0, EVENTS, 5000):
        store.append([note(number) for number in range(start, start + 5000)])
    store.close()
    journal, first, _ = await timed_open(path)
    await journal.append(note(EVENTS))
    await journal.close()
    store = SqliteStore(path)
    store.append([note(number) for number in range(500)])
    store.close()
    times: list[tuple[float, float]] = []
    for _ in range(5):
        journal, wall, cpu = await timed_open(path)
        assert journal.state.seq == EVENTS + 501
        times.append((wall, cpu))
        await journal.close()
    wall, cpu = min(times)
    return {"open_without_snapshot_seconds": first, "open_seconds": wall, "open_cpu_seconds": cpu}


async def lateness(stop: asyncio.Event) -> list[float]:
    """How late each tick of 2 ms was, in milliseconds."""
    late: list[float] = []
    while not stop.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0.002)
        late.append((time.perf_counter() - before - 0.002) * 1000)
    return late


async def streaming(path: Path) -> dict[str, float]:
    journal, _, _ = await timed_open(path)
    run = {"analyzer": "bandit", "owner": owner()}
    await journal.append(new_event("analysis.started", "workbench/bandit", run, "r1"))
    events = [batch(number, "r1") for number in range(BATCHES)]
    stop = asyncio.Event()
    ticking = asyncio.create_task(lateness(stop))
    started = time.perf_counter()
    await asyncio.gather(*(journal.append(event) for event in events))
    seconds = time.perf_counter() - started
    stop.set()
    busy = await ticking
    assert len(journal.state.running["r1"].report.findings) == BATCHES * FINDINGS
    stop = asyncio.Event()
    ticking = asyncio.create_task(lateness(stop))
    await asyncio.sleep(seconds)
    stop.set()
    rest = await ticking
    await journal.close()
    return {
        "findings_per_second": BATCHES * FINDINGS / seconds,
        "late_p99_ms": statistics.quantiles(busy, n=100)[98],
        "late_worst_ms": max(busy),
        "late_at_rest_p99_ms": statistics.quantiles(rest, n=100)[98],
        "late_at_rest_worst_ms": max(rest),
    }


async def throughput(path: Path) -> dict[str, float]:
    journal, _, _ = await timed_open(path)
    started = time.perf_counter()
    await asyncio.gather(*(journal.append(note(number)) for number in range(5000)))
    together = 5000 / (time.perf_counter() - started)
    await journal.close()
    return {"events_per_second": together}


def main() -> int:
    measured: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for part in (streaming, throughput, long_journal):
            measured |= asyncio.run(part(Path(folder) / f"{part.__name__}.sqlite"))
    missed = {name: bar for name, bar in BARS.items() if measured[name] > bar}
    print(json.dumps({name: round(value, 3) for name, value in measured.items()} | {"missed": missed}, indent=2))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
