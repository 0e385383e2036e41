"""What each test entered, kept by content: which tests a state of the files may have changed. For workers.

A test is kept as the set of blocks (path, key, digest of the code) that it entered. It is affected as soon as one of
them is not as it was; no edit has to be remembered for that, and none is missed between two runs. What cannot be told
block by block (code outside of functions, data files, the environment) is one digest over all of it, in every set.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from workbench.analysis.blocks import OUTSIDE, Blocks, blocks_of
from workbench.analysis.proof import holds_tests, is_test_path
from workbench.analysis.testruns import BAD, Entered
from workbench.case.enums import TestOutcome

Entry = tuple[str, str]
"""(path, blob id) of a file of the tree."""

Block = tuple[str, str, str]
"""(path, key, digest). The path "" is no file: ``wide`` is all that reaches any test, ``all`` every file."""

OPAQUE = 0
"""The number that stands for what cannot be seen: another process."""

_DOCUMENTS = (".md", ".rst", ".txt")

_TABLES = """
CREATE TABLE IF NOT EXISTS parsed (blob TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block (id INTEGER PRIMARY KEY, path TEXT, key TEXT, digest TEXT, UNIQUE (path, key, digest));
CREATE TABLE IF NOT EXISTS members (digest TEXT PRIMARY KEY, blocks BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS test (id TEXT PRIMARY KEY, members TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failing (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wide (digest TEXT PRIMARY KEY, parts TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a tree, and a hash of what is installed where its tests run."""

    entries: tuple[Entry, ...]
    environment: str


@dataclass(frozen=True, slots=True)
class Reached:
    """``tests`` (node ids) and ``files`` to run, or all of them (``everything``); ``why`` in a sentence. Of ``known``
    tests it was known what they enter: with none, this is no answer. ``failing`` tests were bad when they ran last."""

    tests: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    everything: bool = False
    why: str = ""
    known: int = 0
    failing: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """The files as they are: ``files`` maps each Python file to its blocks, ``wide`` each part that reaches any test to
    its digest, ``apart`` are test files whose outside reaches their own tests alone."""

    files: Mapping[str, Blocks]
    wide: Mapping[str, str]
    apart: frozenset[str]
    all: str

    def digest_of(self, path: str, key: str) -> str:
        """What a block's code is now, "" for one that is gone."""
        if path:
            return self.files[path].digests.get(key, "") if path in self.files else ""
        return _digest(sorted(self.wide.items())) if key == "wide" else self.all


def record(
    path: str,
    root: str,
    files: Files,
    entered: Entered,
    selected: Sequence[str],
    outcomes: Mapping[str, TestOutcome],
) -> list[int]:
    """Keep what tests ``entered`` and their ``outcomes``, and forget the ``selected`` ones (all, when empty) that are
    no more; gives how many tests are known now."""
    with _opened(path) as store:
        _keep_failing(store, selected, outcomes)
        if not entered.tests:
            return [0]
        state = _state(store, root, files)
        wide = (state.digest_of("", "wide"), json.dumps(dict(state.wide)))
        store.execute("INSERT OR REPLACE INTO wide VALUES (?, ?)", wide)
        for test in [test for (test,) in store.execute("SELECT id FROM test")]:
            if test not in entered.tests and (not selected or is_chosen(test, selected)):
                store.execute("DELETE FROM test WHERE id = ?", (test,))
        if not selected:
            store.executemany("INSERT OR IGNORE INTO seen VALUES (?)", [(at,) for at in state.apart])
        shelf = _Shelf(store)
        for test, names in _by_name(state, entered).items():
            shelf.keep(test, [(at, key, state.digest_of(at, key)) for at, key in names])
        store.execute("DELETE FROM members WHERE digest NOT IN (SELECT members FROM test)")
        return [store.execute("SELECT count(*) FROM test").fetchone()[0]]


def _keep_failing(store: sqlite3.Connection, selected: Sequence[str], outcomes: Mapping[str, TestOutcome]) -> None:
    ran = {test for test, outcome in outcomes.items() if outcome is not TestOutcome.NOT_RUN}
    for (test,) in store.execute("SELECT id FROM failing").fetchall():
        if test in ran or (test not in outcomes and (not selected or is_chosen(test, selected))):
            store.execute("DELETE FROM failing WHERE id = ?", (test,))
    bad = [(test,) for test, outcome in outcomes.items() if outcome in BAD]
    store.executemany("INSERT OR IGNORE INTO failing VALUES (?)", bad)


def _by_name(state: State, entered: Entered) -> dict[str, set[tuple[str, str]]]:
    """(path, key) of the blocks of each test, what all share among them; outside code only where it is told apart."""
    names: dict[int, tuple[str, str]] = {}
    for number, (at, line) in entered.codes.items():
        key = state.files[at].at(line) if at in state.files else OUTSIDE
        if key != OUTSIDE:
            names[number] = (at, key)
    shared = {names[number] for number in entered.tests.get("", ()) if number in names} | {("", "wide")}
    found: dict[str, set[tuple[str, str]]] = {}
    for test, numbers in entered.tests.items():
        if test:
            own = test.partition("::")[0]
            found[test] = shared | {names[number] for number in numbers if number in names}
            found[test] |= {("", "all")} if OPAQUE in numbers else set()
            found[test] |= {(own, OUTSIDE)} if own in state.apart else set()
    return found


def is_chosen(test: str, selected: Iterable[str]) -> bool:
    """Whether one of ``selected`` (files, classes, tests) names ``test`` or something around it."""
    return any(test == name or test.startswith((f"{name}::", f"{name}[")) for name in selected)


def reached(path: str, root: str, files: Files) -> list[Reached]:
    """The tests that the state of the files may have changed since each of them ran last."""
    with _opened(path) as store:
        tests = dict(store.execute("SELECT id, members FROM test"))
        there = {at for at, _ in files.entries}
        bad = (test for (test,) in store.execute("SELECT id FROM failing ORDER BY id"))
        failing = tuple(test for test in bad if test.partition("::")[0] in there)
        found = _reached(store, _state(store, root, files), tests) if tests else Reached()
        return [replace(found, failing=failing)]


def _reached(store: sqlite3.Connection, state: State, tests: Mapping[str, str]) -> Reached:
    changed: dict[int, Block] = {}
    for number, at, key, digest in store.execute("SELECT id, path, key, digest FROM block"):
        if state.digest_of(at, key) != digest:
            changed[number] = (at, key, digest)
    sets = {digest: array("I", data) for digest, data in store.execute("SELECT digest, blocks FROM members")}
    bad = {digest for digest, members in sets.items() if not changed.keys().isdisjoint(members)}
    affected = sorted(test for test, digest in tests.items() if digest in bad)
    hit = [changed[number] for test in affected for number in sets[tests[test]] if number in changed]
    wide = next((digest for at, key, digest in hit if (at, key) == ("", "wide")), "")
    if wide:
        return Reached(everything=True, why=_widened(store, state, wide), known=len(tests))
    known = {test.partition("::")[0] for test in tests} | {at for (at,) in store.execute("SELECT path FROM seen")}
    outside = {at for at, key, _ in hit if at and key == OUTSIDE}
    files = sorted(
        outside.intersection(state.files) | {at for at in state.apart if holds_tests(at) and at not in known}
    )
    kept = [
        test for test in affected if test.partition("::")[0] not in files and test.partition("::")[0] in state.files
    ]
    names = sorted({f"{PurePosixPath(at).name}:{key}" for at, key, _ in hit if at and key})
    opaque = any((at, key) == ("", "all") for at, key, _ in hit)
    return Reached(tuple(kept), tuple(files), False, _sentence(kept, files, names, opaque), len(tests))


def _sentence(tests: Sequence[str], files: Sequence[str], names: Sequence[str], opaque: bool) -> str:
    if not tests and not files:
        return "no test enters what changed"
    parts = []
    if names:
        more = f" and {len(names) - 2} more" if len(names) > 2 else ""
        parts.append(f"{len(tests)} tests enter {', '.join(names[:2])}{more}")
    elif tests:
        parts.append(f"{len(tests)} tests")
    if files:
        parts.append(f"{PurePosixPath(files[0]).name}{f' and {len(files) - 1} more' if len(files) > 1 else ''} changed")
    if opaque:
        parts.append("tests that start a process are always among them")
    return ", ".join(parts) + " (by what each test entered)"


def _widened(store: sqlite3.Connection, state: State, before: str) -> str:
    row = store.execute("SELECT parts FROM wide WHERE digest = ?", (before,)).fetchone()
    parts: dict[str, str] = json.loads(row[0]) if row else {}
    names = sorted(name for name in {*parts, *state.wide} if parts.get(name) != state.wide.get(name))
    name = names[0] if names else "something"
    if name == "environment":
        return "what is installed has changed: all tests"
    what = "changed outside of any function body" if name.endswith(".py") else "changed, and is no Python"
    return f"{name} {what}: all tests"


def _state(store: sqlite3.Connection, root: str, listed: Files) -> State:
    entries = listed.entries
    known: dict[str, str] = {}
    python = [(at, blob) for at, blob in entries if at.endswith(".py")]
    for start in range(0, len(python), 500):
        wanted = [blob for _, blob in python[start : start + 500]]
        marks = ",".join("?" * len(wanted))
        known.update(store.execute(f"SELECT blob, data FROM parsed WHERE blob IN ({marks})", wanted))
    files = {}
    for at, blob in python:
        data = known.get(blob)
        files[at] = _decoded(data) if data else _parsed(store, Path(root) / at, blob)
    apart = _apart(files)
    wide = {at: blocks.digests.get(OUTSIDE, "") for at, blocks in files.items() if at not in apart}
    wide |= {at: blob for at, blob in entries if not at.endswith(".py") and not _is_document(at)}
    return State(files, wide | {"environment": listed.environment}, apart, _digest(sorted(entries)))


def _apart(files: Mapping[str, Blocks]) -> frozenset[str]:
    """Test files whose name no other file imports: what is in them reaches their own tests alone."""
    imported: Counter[str] = Counter(part for blocks in files.values() for part in blocks.imports)
    tests = {at: PurePosixPath(at).stem for at in files if holds_tests(at)}
    return frozenset(at for at, stem in tests.items() if imported[stem] == (stem in files[at].imports))


def _is_document(path: str) -> bool:
    return path.endswith(_DOCUMENTS) and not is_test_path(path)


def _parsed(store: sqlite3.Connection, path: Path, blob: str) -> Blocks:
    try:
        data = path.read_bytes()
    except OSError:
        return Blocks({OUTSIDE: blob})
    blocks = blocks_of(data)
    if hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == blob:
        text = json.dumps([blocks.digests, blocks.places, sorted(blocks.imports)])
        store.execute("INSERT OR REPLACE INTO parsed VALUES (?, ?)", (blob, text))
    return blocks


def _decoded(data: str) -> Blocks:
    digests, places, imports = json.loads(data)
    return Blocks(digests, tuple((first, last, key) for first, last, key in places), frozenset(imports))


class _Shelf:
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
def _opened(path: str) -> Iterator[sqlite3.Connection]:
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


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:20]
