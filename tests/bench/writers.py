"""Ten writers and ten readers while PostgreSQL is killed and restarted: ``python -m tests.bench.writers``.

Each writer and reader is a process of its own. For some seconds (the first argument, 120 when nothing is said; the
second is the seed) writers append; at random moments the server is ended in the middle (without a word, or in order)
and started again, and writers are killed and replaced. Prints JSON and fails unless every reader was told the same
sequence, without a gap and nothing twice, and it holds every event of which a writer was told that it is stored.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

from tests.postgres import Server, postgres
from workbench.case.events import Event, new_event
from workbench.engine.store import ledger, writer
from workbench.engine.store.base import StoreError
from workbench.engine.store.journal import Journal
from workbench.engine.store.team.shelf import TeamShelf
from workbench.engine.store.team.store import PostgresStore

CASE, MANY, PATIENCE = "20260101-aaaaaa", 10, 120.0


async def opened(url: str) -> Journal:
    """As one program opens the case."""
    ledger.RETRY, writer.POLL = 0.2, 0.2
    shelf = TeamShelf(url)
    return await Journal.open(lambda: shelf.store(CASE), follow=lambda wake: shelf.follow(CASE, wake))


async def write(url: str, name: str, stop: Path) -> None:
    """Append until ``stop`` is there; a line for each event that is said to be stored, in the store itself."""
    journal = await opened(url)
    number, waiting = 0, list[str]()
    while not stop.exists():
        event = new_event("note.added", name, {"text": f"{name} {number}"})
        await journal.append(event)
        number += 1
        waiting.append(event.id)
        if not journal.in_memory:
            print("\n".join(waiting), flush=True)
            waiting = []
        await asyncio.sleep(random.uniform(0.0, 0.1))
    end = time.monotonic() + PATIENCE
    while journal.in_memory and time.monotonic() < end:
        await asyncio.sleep(0.05)
    await journal.close()
    print("\n".join(waiting), flush=True)


async def read(url: str, stop: Path) -> None:
    """Say the number and id of each event as it is told, until ``stop`` names the last one."""
    journal = await opened(url)
    opened_at, told = journal.state.seq, list[Event]()
    journal.subscribe(lambda state, events: told.extend(events))
    while opened_at:
        with suppress(StoreError):
            told[:0] = [event for event in await journal.events() if event.seq <= opened_at]
            break
    said = 0
    end = time.monotonic() + PATIENCE
    while not (stop.exists() and journal.state.seq >= int(stop.read_text() or 1 << 60)):
        if stop.exists() and time.monotonic() > end:
            raise TimeoutError(f"{journal.state.seq} of {stop.read_text()}")
        end = end if stop.exists() else time.monotonic() + PATIENCE
        await asyncio.sleep(0.05)
        said = tell(told, said)
    await journal.close()
    tell(told, said)


def tell(told: list[Event], said: int) -> int:
    """Print what was not said yet; gives how much was said then."""
    for event in told[said:]:
        print(event.seq, event.id, flush=True)
    return len(told)


class Fleet:
    """The processes, each with the file that it writes to."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self.files: list[Path] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Another one."""
        self.files.append(self._folder / f"{words[0]}-{len(self.files)}")
        argv = [sys.executable, "-m", "tests.bench.writers", "--as", words[0], self._url, *words[1:]]
        with self.files[-1].open("wb") as out:
            return subprocess.Popen(argv, stdout=out)

    def told(self, kind: str) -> list[list[str]]:
        """What those of ``kind`` said, whole lines alone."""
        mine = [file for file in self.files if file.name.startswith(kind)]
        return [[line for line in file.read_text().split("\n")[:-1] if line] for file in mine]


def trouble(server: Server, rng: random.Random, seconds: float, fleet: Fleet, writers: list[subprocess.Popen[bytes]],
            stop: str) -> tuple[int, int]:  # fmt: skip
    """Restarts of the server and kills of writers at random moments."""
    restarts = kills = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(rng.uniform(0.5, 4.0))
        if rng.random() < 0.6:
            server.stop(rng.choice([signal.SIGQUIT, signal.SIGINT]))
            time.sleep(rng.choice([0.0, 0.5, 2.0]))
            server.start()
            restarts += 1
        else:
            at = rng.randrange(len(writers))
            writers[at].kill()
            writers[at].wait()
            kills += 1
            writers[at] = fleet.start("write", f"w{at}-{kills}", stop)
    return restarts, kills


def measure(server: Server, folder: Path, seconds: float, seed: int) -> dict[str, object]:
    url = server.fresh()
    PostgresStore(url, CASE).close()
    fleet, rng = Fleet(folder, url), random.Random(seed)
    stop, last = folder / "stop", folder / "last"
    readers = [fleet.start("read", str(last)) for _ in range(MANY)]
    writers = [fleet.start("write", f"w{n}", str(stop)) for n in range(MANY)]
    restarts, kills = trouble(server, rng, seconds, fleet, writers, str(stop))
    stop.touch()
    ended = [each.wait(PATIENCE * 2) for each in writers]
    with closing(PostgresStore(url, CASE)) as store:
        newest = store.last()
        events = [event for start in range(0, newest, 500) for event in store.read(start, 500)]
    (folder / "made").write_text(str(newest))
    (folder / "made").replace(last)
    ended += [each.wait(PATIENCE * 2) for each in readers]
    there = [f"{event.seq} {event.id}" for event in events]
    kept = {line for lines in fleet.told("write") for line in lines}
    return {
        "seed": seed,
        "events": newest,
        "restarts_of_postgresql": restarts,
        "writers_killed": kills,
        "processes_that_failed": sum(code != 0 for code in ended),
        "gaps": sum(event.seq != at for at, event in enumerate(events, 1)),
        "stored_twice": len(events) - len({event.id for event in events}),
        "kept_and_lost": len(kept - {event.id for event in events}),
        "readers_with_another_sequence": sum(lines != there for lines in fleet.told("read")),
    }


def main() -> int:
    seconds, seed = (float(sys.argv[1]) if sys.argv[1:] else 120.0), int(sys.argv[2]) if sys.argv[2:] else 1
    servers = postgres.__wrapped__()
    try:
        with tempfile.TemporaryDirectory() as folder:
            measured = measure(next(servers), Path(folder), seconds, seed)
    finally:
        next(servers, None)
    wrong = ("processes_that_failed", "gaps", "stored_twice", "kept_and_lost", "readers_with_another_sequence")
    missed = {name: measured[name] for name in wrong if measured[name]}
    print(json.dumps(measured | {"missed": missed}, indent=2))
    return 1 if missed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as"]:
        kind, url, *rest = sys.argv[2:]
        asyncio.run(write(url, rest[0], Path(rest[1])) if kind == "write" else read(url, Path(rest[0])))
        sys.exit(0)
    sys.exit(main())
