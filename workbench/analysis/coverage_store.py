"""Where per-test coverage is kept: one SQLite file a repository, every block and every set of blocks once."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from workbench.case.testing import Searched

Block = tuple[str, str, str]
"""(path, key, digest). The path "" is no file: ``wide`` is all that reaches any test, ``all`` every file."""

Frames = tuple[tuple[str, str], ...]
"""(path, key) of the blocks on a failing test's traceback, the outermost first."""

_TABLES = """
DROP TABLE IF EXISTS outline;
CREATE TABLE IF NOT EXISTS parsed (blob TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block (id INTEGER PRIMARY KEY, path TEXT, key TEXT, digest TEXT, UNIQUE (path, key, digest));
CREATE TABLE IF NOT EXISTS members (digest TEXT PRIMARY KEY, blocks BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS test (id TEXT PRIMARY KEY, members TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS looked (path TEXT PRIMARY KEY, outside TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failing (id TEXT PRIMARY KEY, frames TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS untraced (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS searched (data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS guard (path TEXT, key TEXT, digest TEXT NOT NULL, PRIMARY KEY (path, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wide (digest TEXT PRIMARY KEY, parts TEXT NOT NULL) WITHOUT ROWID;
"""


class Shelf:
    """Puts sets of blocks into the store, each set and each block once."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store
        rows = store.execute("SELECT path, key, digest, id FROM block")
        self._numbers: dict[Block, int] = {(at, key, digest): number for at, key, digest, number in rows}

    def keep(self, test: str, blocks: Iterable[Block]) -> None:
        """``test`` entered these."""
        data = array("I", sorted(map(self._number, blocks))).tobytes()
        digest = hashlib.sha256(data).hexdigest()[:20]
        self._store.execute("INSERT OR IGNORE INTO members VALUES (?, ?)", (digest, data))
        self._store.execute("INSERT OR REPLACE INTO test VALUES (?, ?)", (test, digest))

    def _number(self, block: Block) -> int:
        known = self._numbers.get(block)
        if known is None:
            known = self._store.execute("INSERT INTO block (path, key, digest) VALUES (?, ?, ?)", block).lastrowid or 0
            self._numbers[block] = known
        return known


@contextmanager
def opened(path: str) -> Iterator[sqlite3.Connection]:
    """The store at ``path``; what is done in it stands when the block ends without an error."""
    Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = sqlite3.connect(path, timeout=30.0)
    try:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("PRAGMA synchronous=OFF")
        store.executescript(_TABLES)
        with store:
            yield store
    finally:
        store.close()


def keep_failing(store: sqlite3.Connection, failing: Mapping[str, Frames], over: Iterable[str]) -> None:
    """These are bad, with their tracebacks; those ``over`` are bad no more, or no more at all."""
    store.executemany("DELETE FROM failing WHERE id = ?", [(test,) for test in over])
    rows = [(test, json.dumps(frames)) for test, frames in failing.items()]
    store.executemany("INSERT OR REPLACE INTO failing VALUES (?, ?)", rows)


def failing_tests(store: sqlite3.Connection) -> dict[str, Frames]:
    """The tests that were bad when they ran last."""
    rows = store.execute("SELECT id, frames FROM failing ORDER BY id")
    return {test: tuple((at, key) for at, key in json.loads(frames)) for test, frames in rows}


def forget_all_but(store: sqlite3.Connection, there: Container[str]) -> None:
    """Forget the tests of files that are not ``there``: where one comes back as it was, its tests have yet to run.

    Nothing is begun where there are none: what reads first and writes later in one transaction fails beside a writer.
    """
    for table, of in (("test", "id"), ("failing", "id"), ("untraced", "id"), ("looked", "path")):
        rows = store.execute(f"SELECT {of} FROM {table}").fetchall()
        gone = [row for row in rows if row[0].partition("::")[0] not in there]
        if gone:
            store.executemany(f"DELETE FROM {table} WHERE {of} = ?", gone)
            sweep(store)


def sweep(store: sqlite3.Connection) -> None:
    """Forget the sets of blocks that no test entered."""
    store.execute("DELETE FROM members WHERE digest NOT IN (SELECT members FROM test)")


def keep_searched(store: sqlite3.Connection, searched: Searched | None) -> None:
    """Where the latest run of everything looked for tests; None where its runner does not tell."""
    store.execute("DELETE FROM searched")
    if searched is not None:
        store.execute("INSERT INTO searched VALUES (?)", (json.dumps(asdict(searched)),))


def searched_places(store: sqlite3.Connection) -> Searched | None:
    """Where the latest run of everything looked for tests; None where that was not told."""
    row = store.execute("SELECT data FROM searched").fetchone()
    return Searched(**{part: tuple(values) for part, values in json.loads(row[0]).items()}) if row else None


def keep_guards(store: sqlite3.Connection, guards: Mapping[tuple[str, str], str]) -> None:
    """The functions that kept tests apart in the latest run of everything, each with its digest."""
    store.execute("DELETE FROM guard")
    store.executemany("INSERT INTO guard VALUES (?, ?, ?)", [(*name, digest) for name, digest in guards.items()])


def known_guards(store: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """The functions that kept tests apart in the latest run of everything, each with its digest."""
    return {(at, key): digest for at, key, digest in store.execute("SELECT path, key, digest FROM guard")}
