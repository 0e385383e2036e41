"""Loki's query API: a store reached over HTTP, to which the query is pushed."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Feed, FeedFile, Host, Step
from workbench_logs.loki_api import PAGE, Entry, NoAnswerError, Query, query_of, reason, record, shown

MOST = 2_000_000
"""Lines that are fetched at most; more are named as not seen."""
_LIMIT = 240.0
PERIOD = 1.0
"""Seconds between two times that the store is asked for what came."""
_LATE = 10 * 10**9
"""Nanoseconds by which a line may reach the store later than the one before it."""
_PATIENCE = 60.0
"""Seconds without an answer after which a store is followed no longer."""


@dataclass(frozen=True)
class Got:
    """What the store gave: lines in the spool, what stopped it, and until when (nanoseconds) it was asked."""

    lines: int
    refused: tuple[str, ...] = ()
    until: int = 0


class LokiSource:
    """``loki:URL?query={selector}&since=30m``, a day where nothing is said. A URL with a password is given as
    ``env:NAME``.

    The selector and the time go to the store; only what matches is fetched, oldest first, page by page.
    """

    def accepts(self, location: str) -> bool:
        """``loki:URL?query=…``."""
        return location.startswith("loki:")

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """Fetch in a worker."""
        spool = str(Path(host.scratch()) / f"{secrets.token_hex(8)}.jsonl")
        yield Chunk(fetch, (location, spool, time.time()), timeout=_LIMIT + 30)

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The lines, as docker's JSON. It is followed by asking again, unless its address holds a password: that must
        not stand in an argument list."""
        got: Got = results[0][0]
        files = (FeedFile(results[0][1], "", location),) if got.lines else ()
        refused = got.refused if got.lines or got.refused else (f"{location}: the store has no line for this query",)
        query = query_of(location)
        argv = (sys.executable, "-P", "-m", "workbench_logs.loki", location, str(got.until))
        coming = argv if got.until and query and not query.login else ()
        return Feed(shown(location), files, tuple(shown(text) for text in refused), follow=coming)


def fetch(location: str, spool: str, now: float) -> list[Any]:
    """The chunk of :class:`LokiSource`: pages until the end, the limit of lines or the limit of time."""
    query = query_of(location)
    if query is None:
        return [(Got(0, (f'{location}: give loki:http://HOST:3100?query={{app="shop"}}',)), spool)]
    end = int(now * 1e9)
    start = end - int(query.span * 1e9)
    deadline = time.monotonic() + _LIMIT
    lines = 0
    edge: set[Entry] = set()  # lines of the moment at which the page before ended
    refused: list[str] = []
    with Path(spool).open("w", encoding="utf-8") as file:
        while lines < MOST and time.monotonic() < deadline:
            try:
                entries = query.entries(start, end)
            except NoAnswerError as error:
                refused.append(f"{location}: {reason(error)}")
                break
            fresh = [entry for entry in entries if entry not in edge]
            file.writelines(map(record, fresh))
            lines += len(fresh)
            if len(entries) < PAGE:
                break
            start = entries[-1][0]
            edge = {entry for entry in entries if entry[0] == start}
            if not fresh:
                start += 1
                refused.append(f"{location}: more than {PAGE} lines of one moment, of which the first were read")
        else:
            refused.append(f"{location}: stopped after {lines} lines; later ones were not read")
    return [(Got(lines, tuple(refused), end), spool)]


def coming(query: Query, start: int) -> Iterator[list[Entry]]:
    """What reaches the store from ``start`` (nanoseconds) on, look after look; ends when it is silent for long."""
    seen: set[Entry] = set()
    answered = time.monotonic()
    while time.monotonic() - answered < _PATIENCE:
        now = time.time_ns()
        try:
            entries = query.entries(start, now)
            answered = time.monotonic()
        except NoAnswerError:
            entries = []
        yield [entry for entry in entries if entry not in seen]
        full = len(entries) == PAGE
        start = max(start + full, entries[-1][0] if full else now - _LATE)
        seen = {entry for entry in (*seen, *entries) if entry[0] >= start}
        if not full:
            time.sleep(PERIOD)


def main() -> None:
    """Print what comes: a location, and the nanoseconds from which on."""
    query = query_of(sys.argv[1])
    for entries in coming(query, int(sys.argv[2])) if query else ():
        sys.stdout.writelines(map(record, entries))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
