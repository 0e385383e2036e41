"""What each test entered, kept by content: which tests a state of the files may have changed. For workers.

A test is kept as the set of blocks (path, key, digest of the code) that it entered. It is affected as soon as one of
them is not as it was; no edit has to be remembered for that, and none is missed between two runs. What cannot be told
block by block (code outside of functions, data files, the environment) is one digest over all of it, in every set.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from workbench.analysis.blocks import OUTSIDE
from workbench.analysis.coverage_state import KEPT, State, parse, state_of
from workbench.analysis.coverage_state import Files as Files
from workbench.analysis.coverage_state import is_document as is_document
from workbench.analysis.coverage_store import (
    Block,
    Frames,
    Shelf,
    failing_tests,
    forget_all_but,
    keep_failing,
    keep_guards,
    keep_searched,
    known_guards,
    opened,
    searched_places,
    sweep,
)
from workbench.analysis.keeping import reached_from
from workbench.analysis.proof import is_test_path
from workbench.analysis.searched import is_searched
from workbench.analysis.spectrum import Spectrum, spectrum_of
from workbench.analysis.testruns import BAD, Entered
from workbench.case.enums import TestOutcome
from workbench.case.testing import Searched

OPAQUE = 0
"""The number that stands for what cannot be seen: another process."""


@dataclass(frozen=True, slots=True)
class Reached:
    """``tests`` (node ids) and ``files`` to run, or all of them (``everything``; what is named first); ``why`` in a
    sentence. Of ``known`` tests it was known what they enter: with none, this is no answer. ``failing`` tests were bad
    when they ran last; of ``untraced`` ones it is known what they entered before, and not when they ran last."""

    tests: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    everything: bool = False
    why: str = ""
    known: int = 0
    failing: tuple[str, ...] = ()
    untraced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """A run for the record: ``selected`` ids (all, when empty), the outcome of every test, the frames (absolute path,
    line) of those that raised, what tests entered, and where a run of all looked for them."""

    selected: tuple[str, ...]
    outcomes: Mapping[str, TestOutcome]
    frames: Mapping[str, tuple[tuple[str, int], ...]]
    entered: Entered
    searched: Searched | None = None


def record(path: str, root: str, files: Files, ran: Ran) -> list[Spectrum]:
    """Keep what tests entered and which are bad, and forget the selected ones that are no more; gives the spectrum of
    all tests whose results speak of ``files``."""
    with opened(path) as store:
        state = state_of(store, root, files)
        _keep_failing(store, state, root, ran)
        _keep_untraced(store, state, ran)
        if ran.entered.tests:
            _keep_entered(store, state, ran)
        return [_spectrum(store, state)]


def _keep_failing(store: sqlite3.Connection, state: State, root: str, ran: Ran) -> None:
    top = Path(root).resolve()
    bad: dict[str, Frames] = {}
    for test, outcome in ran.outcomes.items():
        if outcome in BAD:
            own = (_block_at(state, top, at, line) for at, line in ran.frames.get(test, ()))
            bad[test] = tuple(block for block in own if block is not None)
    over = [
        test
        for test in failing_tests(store)
        if ran.outcomes.get(test, TestOutcome.NOT_RUN) is not TestOutcome.NOT_RUN
        or (test not in ran.outcomes and (not ran.selected or is_chosen(test, ran.selected)))
    ]
    keep_failing(store, bad, over)


def _block_at(state: State, top: Path, at: str, line: int) -> tuple[str, str] | None:
    place = Path(top, at).resolve()
    path = place.relative_to(top).as_posix() if place.is_relative_to(top) else ""
    return (path, state.files[path].at(line)) if path in state.files else None


def _keep_untraced(store: sqlite3.Connection, state: State, ran: Ran) -> None:
    """Note the tests whose results now are of other code than what they are known to enter."""
    tests = dict(store.execute("SELECT id, members FROM test"))
    affected, _ = _affected(store, state, tests)
    decided = {test for test, outcome in ran.outcomes.items() if outcome is not TestOutcome.NOT_RUN}
    over = decided.difference(affected) | ran.entered.tests.keys()
    store.executemany("DELETE FROM untraced WHERE id = ?", [(test,) for test in over])
    missed = decided.intersection(affected) - ran.entered.tests.keys()
    store.executemany("INSERT OR IGNORE INTO untraced VALUES (?)", [(test,) for test in missed])


def _affected(
    store: sqlite3.Connection, state: State, tests: Mapping[str, str]
) -> tuple[list[str], dict[str, list[Block]]]:
    """Of ``tests`` those that entered what is another now, in order, and what that is by their set of blocks."""
    changed: dict[int, Block] = {}
    for number, at, key, digest in store.execute("SELECT id, path, key, digest FROM block"):
        if state.digest_of(at, key) != digest:
            changed[number] = (at, key, digest)
    sets = store.execute("SELECT digest, blocks FROM members")
    found = {digest: changed.keys() & array("I", data) for digest, data in sets}
    hit = {digest: [changed[number] for number in sorted(members)] for digest, members in found.items() if members}
    return sorted(test for test, digest in tests.items() if digest in hit), hit


def _keep_entered(store: sqlite3.Connection, state: State, ran: Ran) -> None:
    wide = (state.digest_of("", "wide"), json.dumps(dict(state.wide)))
    store.execute("INSERT OR REPLACE INTO wide VALUES (?, ?)", wide)
    whole = TestOutcome.COLLECTION_ERROR not in ran.outcomes.values()
    for test in [test for (test,) in store.execute("SELECT id FROM test")]:
        gone = test not in ran.entered.tests and (not ran.selected or is_chosen(test, ran.selected))
        if gone and whole:  # what cannot be collected keeps others from running
            store.execute("DELETE FROM test WHERE id = ?", (test,))
    if whole:
        looked = state.apart.intersection(ran.selected or state.apart)
        rows = [(at, state.digest_of(at, OUTSIDE)) for at in looked]
        store.executemany("INSERT OR REPLACE INTO looked VALUES (?, ?)", rows)
        if not ran.selected:
            keep_searched(store, ran.searched)
            keep_guards(store, state.guards)
    shelf = Shelf(store)
    for test, names in _by_name(state, ran.entered).items():
        shelf.keep(test, [(at, key, state.digest_of(at, key)) for at, key in names])
    sweep(store)


def _spectrum(store: sqlite3.Connection, state: State) -> Spectrum:
    """Of the tests that entered no block which has changed since."""
    names = {
        number: (at, key) if at and key and key[:1] != KEPT and not is_test_path(at) else None
        for number, at, key, digest in store.execute("SELECT id, path, key, digest FROM block")
        if state.digest_of(at, key) == digest
    }
    failing = failing_tests(store)
    tests: dict[str, list[bool]] = {}
    for test, members in store.execute("SELECT id, members FROM test"):
        tests.setdefault(members, []).append(test in failing)
    runs = []
    for digest, data in store.execute("SELECT digest, blocks FROM members"):
        numbers = array("I", data)
        if all(number in names for number in numbers):
            blocks = frozenset(name for number in numbers if (name := names[number]) is not None)
            runs.append((blocks, sum(tests[digest]), len(tests[digest]) - sum(tests[digest])))
    places = {
        (at, key): (first, last)
        for at, blocks in state.files.items()
        if not is_test_path(at)
        for first, last, key in blocks.places
    }
    return spectrum_of(runs, places, tuple(failing.values()))


def _by_name(state: State, entered: Entered) -> dict[str, set[tuple[str, str]]]:
    """(path, key) of the blocks of each test, what all share among them; outside code only where it is told apart."""
    names: dict[int, tuple[str, str]] = {}
    for number, (at, line) in entered.codes.items():
        key = state.files[at].at(line) if at in state.files else OUTSIDE
        if key != OUTSIDE:
            names[number] = (at, key)
    kept = _kept(state, entered, names)
    shared = {names[number] for number in entered.tests.get("", ()) if number in names} | {("", "wide")} | kept[0]
    found: dict[str, set[tuple[str, str]]] = {}
    for test, numbers in entered.tests.items():
        if test:
            own = test.partition("::")[0]
            found[test] = shared | {names[number] for number in numbers if number in names}
            found[test] |= set[tuple[str, str]]().union(*(kept[number] for number in kept.keys() & numbers))
            found[test] |= {("", "all")} if OPAQUE in numbers else set()
            found[test] |= {(own, OUTSIDE)} if own in state.apart else set()
    return found


def _kept(
    state: State, entered: Entered, names: Mapping[int, tuple[str, str]]
) -> dict[int, frozenset[tuple[str, str]]]:
    """By the number of each function that keeps something what it called for that, and under 0 what caches called: the
    test that comes first enters it, and all later ones have what it made."""
    found: dict[int, frozenset[tuple[str, str]]] = {0: frozenset()}
    for number, (at, line) in entered.codes.items():
        blocks = state.files.get(at)
        cached = blocks is not None and line in blocks.cached
        keeps = blocks is not None and number in names and names[number][1] in blocks.keepers
        if cached or keeps:
            below = (names[called] for called in reached_from(number, entered.calls) if called in names)
            made = frozenset((path, KEPT + key) for path, key in below)
            found |= {0: found[0] | made} if cached else {number: made}
    return found


def is_chosen(test: str, selected: Iterable[str]) -> bool:
    """Whether one of ``selected`` (files, classes, tests) names ``test`` or something around it."""
    return any(test == name or test.startswith((f"{name}::", f"{name}[")) for name in selected)


def prepare(path: str, root: str, saved: Sequence[str]) -> list[str]:
    """Parse Python files that were just saved, ahead of :func:`reached`."""
    with opened(path) as store:
        parse(store, root, saved)
    return []


def reached(path: str, root: str, files: Files) -> list[Reached]:
    """The tests that the state of the files may have changed since each of them ran last."""
    with opened(path) as store:
        forget_all_but(store, {at for at, _ in files.entries})
        tests = dict(store.execute("SELECT id, members FROM test"))
        found = _reached(store, state_of(store, root, files), tests) if tests else Reached()
        return [replace(found, failing=tuple(failing_tests(store)))]


def _reached(store: sqlite3.Connection, state: State, tests: Mapping[str, str]) -> Reached:
    entered, changed = _affected(store, state, tests)
    untraced = {test for (test,) in store.execute("SELECT id FROM untraced") if test in tests}
    affected = sorted({*entered, *untraced})
    hit = [block for digest in {tests[test] for test in entered} for block in changed[digest]]
    wide = next((digest for at, key, digest in hit if (at, key) == ("", "wide")), "")
    if wide:
        return Reached(everything=True, why=_widened(store, state, wide), known=len(tests))
    known = {test.partition("::")[0] for test in tests}
    looked = dict(store.execute("SELECT path, outside FROM looked"))
    known |= {at for at in state.apart & looked.keys() if looked[at] == state.digest_of(at, OUTSIDE)}
    outside = {at for at, key, _ in hit if at and key == OUTSIDE}
    searched = searched_places(store)
    fresh = {at for at in state.apart - known if searched is None or is_searched(at, searched)}
    files = sorted(outside.intersection(state.files) | fresh)
    kept = [
        test for test in affected if test.partition("::")[0] not in files and test.partition("::")[0] in state.files
    ]
    names = sorted({f"{PurePosixPath(at).name}:{key.removeprefix(KEPT)}" for at, key, _ in hit if at and key})
    always = ["tests that start a process"] if any((at, key) == ("", "all") for at, key, _ in hit) else []
    always += ["tests that ran untraced on other code"] if untraced.difference(entered) else []
    fallen = _fallen(state, known_guards(store))
    why = f"{fallen} keeps tests apart, and changed: all tests" if fallen else _sentence(kept, files, names, always)
    if fallen and len(kept) == len(tests):
        return Reached(everything=True, why=why, known=len(tests))
    return Reached(tuple(kept), tuple(files), bool(fallen), why, len(tests), untraced=tuple(sorted(untraced)))


def _fallen(state: State, before: Mapping[tuple[str, str], str]) -> str:
    """A function that kept tests apart when all of them ran, and is no more as it was: they may find what another test
    left. A file that is gone, or holds no function that can be called, has no tests that leave something."""
    there = {at for at, blocks in state.files.items() if blocks.places}
    changed = (name for name in sorted(before) if name[0] in there and before[name] != state.guards.get(name))
    return next((f"{PurePosixPath(at).name}:{key}" for at, key in changed), "")


def _sentence(tests: Sequence[str], files: Sequence[str], names: Sequence[str], always: Sequence[str]) -> str:
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
    if always:
        parts.append(f"{' and '.join(always)} are always among them")
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
