"""The Python files of a tree as blocks, and what reaches any test: parsed once by content. For workers."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from workbench.analysis.blocks import OUTSIDE, Blocks, blocks_of
from workbench.analysis.proof import holds_tests, is_test_path

Entry = tuple[str, str]
"""(path, blob id) of a file of the tree."""

KEPT = "~"
"""Before the key of a block that a test did not enter, and whose work of an earlier test it finds done."""

_DOCUMENTS = (".md", ".rst", ".txt")


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a tree, and a hash of what is installed where its tests run."""

    entries: tuple[Entry, ...]
    environment: str


@dataclass(frozen=True)
class State:
    """The files as they are: ``files`` maps each Python file to its blocks, ``wide`` each part that reaches any test to
    its digest, ``apart`` are test files whose outside reaches their own tests alone. ``guards`` has the digest of each
    function (path, key) that keeps tests apart."""

    files: Mapping[str, Blocks]
    wide: Mapping[str, str]
    apart: frozenset[str]
    all: str
    guards: Mapping[tuple[str, str], str]

    def digest_of(self, path: str, key: str) -> str:
        """What a block's code is now, "" for one that is gone."""
        if path:
            return self.files[path].digests.get(key.removeprefix(KEPT), "") if path in self.files else ""
        return _digest(sorted(self.wide.items())) if key == "wide" else self.all


def state_of(store: sqlite3.Connection, root: str, listed: Files) -> State:
    """``listed`` as it is below ``root``; what was parsed is kept in ``store``."""
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
    wide |= {at: blob for at, blob in entries if not at.endswith(".py") and not is_document(at)}
    guards = {(at, key): digest for at, blocks in files.items() for key, digest in blocks.guards.items()}
    return State(files, wide | {"environment": listed.environment}, apart, _digest(sorted(entries)), guards)


def _apart(files: Mapping[str, Blocks]) -> frozenset[str]:
    """Test files whose name no other file imports: what is in them reaches their own tests alone."""
    imported: Counter[str] = Counter(part for blocks in files.values() for part in blocks.imports)
    tests = {at: PurePosixPath(at).stem for at in files if holds_tests(at)}
    return frozenset(at for at, stem in tests.items() if imported[stem] == (stem in files[at].imports))


def is_document(path: str) -> bool:
    """Whether a file is for people to read: it reaches no test."""
    return path.endswith(_DOCUMENTS) and not is_test_path(path)


def _parsed(store: sqlite3.Connection, path: Path, blob: str) -> Blocks:
    try:
        data = path.read_bytes()
    except OSError:
        return Blocks({OUTSIDE: blob})
    blocks = blocks_of(data)
    if hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == blob:
        sets = (sorted(each) for each in (blocks.imports, blocks.keepers, blocks.cached))
        text = json.dumps([blocks.digests, blocks.places, blocks.guards, *sets])
        store.execute("INSERT OR REPLACE INTO parsed VALUES (?, ?)", (blob, text))
    return blocks


def parse(store: sqlite3.Connection, root: str, paths: Sequence[str]) -> None:
    """Parse these Python files as they are now, so that it is done when a tree is known that holds them."""
    for at in paths:
        with contextlib.suppress(OSError):
            data = Path(root, at).read_bytes()
            blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
            if store.execute("SELECT 1 FROM parsed WHERE blob = ?", (blob,)).fetchone() is None:
                _parsed(store, Path(root, at), blob)


@lru_cache(4096)
def _decoded(data: str) -> Blocks:
    digests, places, guards, *sets = json.loads(data)
    imports, keepers, cached = map(frozenset, sets)
    return Blocks(digests, tuple((first, last, key) for first, last, key in places), imports, keepers, cached, guards)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:20]
