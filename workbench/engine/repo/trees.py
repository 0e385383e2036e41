"""Trees: the state of the files as git sees it, written with a private index into a store of ours. Blocking."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.facts import Facts
from workbench.engine.repo.files import records
from workbench.engine.repo.git import run_git
from workbench.engine.repo.snapshot import Snapshot
from workbench.engine.repo.store import Store

NO_TREE = ""

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SOURCE = re.compile(rb"^(?:rename|copy) from ([^\n\"]+)$", re.MULTILINE)


_KNOWN = 4
"""Trees whose files are remembered."""


@dataclass(frozen=True, slots=True)
class ChangedPath:
    """One path between two trees. ``status`` is git's letter: A, M, D, T."""

    status: str
    path: str


class Trees:
    """Trees of one repository. ``store`` is the path of a bare repository of ours that borrows the user's objects; the
    user's index and ``.git`` are only read. Raises GitError for a folder without git."""

    def __init__(self, facts: Facts, cache: Path) -> None:
        self._facts = facts
        self._store = Store.of(facts, cache)
        self.store = self._store.path
        named = hashlib.sha256(os.fsencode(facts.root)).hexdigest()[:8]
        self._index = self.store.with_name(f"{self.store.stem}-{named}.index")
        assert facts.git_dir is not None
        self._snapshot = Snapshot(self._store, facts.root, self._index, facts.git_dir / "index")
        self._prepared = False
        self._known: dict[str, dict[str, str]] = {}

    def prepare(self) -> None:
        """Make the store if it is not there, and drop what nobody wrote for long. Raises GitError."""
        try:
            self._store.prepare()
            if not self._prepared:
                self._store.expire()
        except OSError as error:
            raise GitError(("init",), 128, f"the cache cannot be written: {error}") from error
        self._prepared = True

    def working(self) -> str:
        """The tree of tracked and untracked-not-ignored files as they are now. Raises GitError.

        An unchanged tree costs one look at every file's time and size; no filter is run. What cannot be read stays
        as the index has it, or is left out; so is an untracked file of more than 100 MB.
        """
        self.prepare()
        try:
            return self._snapshot.tree()
        except OSError as error:
            raise GitError(("write-tree",), 128, str(error)) from error

    def staged(self) -> str:
        """The tree of the user's index, which is only read. Raises GitError, also for an unsettled conflict."""
        raw = run_git(self._facts.root, "ls-files", "--stage", "-z", guard=self._facts.guard)
        entries = [record.partition("\t") for record in records(raw)]
        if conflicts := sorted({path for meta, _, path in entries if not meta.endswith(" 0")}):
            raise GitError(("ls-files",), 128, f"merge conflicts, settle them first: {', '.join(conflicts[:5])}")
        lines = "".join(f"{meta.removesuffix(' 0')}\t{path}\0" for meta, _, path in entries)
        with self._scratch("") as env:
            self._run("update-index", "-z", "--index-info", stdin=lines.encode("utf-8", "surrogateescape"), env=env)
            return self._written(env)

    def tree_of(self, revision: str) -> str:
        """The tree of a commit or tree, named as git names them in the user's repository. Raises GitError."""
        commit = revision
        if not _HASH.fullmatch(revision):
            args = ("rev-parse", "--verify", "--end-of-options", revision)
            commit = run_git(self._facts.root, *args, guard=self._facts.guard).decode().strip()
        return self._run("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}").decode().strip()

    def changed(self, base: str, head: str) -> list[ChangedPath]:
        """Paths that differ between two trees."""
        fields = list(records(self._run("diff-tree", "-r", "--no-renames", "--name-status", "-z", base, head)))
        return [ChangedPath(fields[i], fields[i + 1]) for i in range(0, len(fields) - 1, 2)]

    def differing(self, base: str, head: str) -> tuple[str, ...]:
        """The same, the paths alone, by what is known of two trees of late."""
        before, after = self.blobs(base).items(), self.blobs(head).items()
        return tuple(sorted({path for path, _ in before ^ after})) if base != head else ()

    def diff(self, base: str, head: str, *options: str) -> bytes:
        """The patch between two trees, as git makes it."""
        return self._run("diff-tree", "-r", "-p", "--full-index", "--binary", *options, base, head)

    def paths(self, tree: str) -> list[str]:
        """Every path of a tree."""
        return list(records(self._run("ls-tree", "-r", "--name-only", "-z", tree)))

    def read(self, tree: str, path: str) -> bytes | None:
        """A file's bytes in a tree, None where it is not there."""
        try:
            return self._run("cat-file", "blob", f"{tree}:{path}")
        except GitError:
            return None

    def blobs(self, tree: str) -> Mapping[str, str]:
        """Path to blob id of every file in a tree."""
        if tree not in self._known:
            while len(self._known) >= _KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[tree] = {path: entry.partition(" ")[2] for path, entry in self._entries(tree, ()).items()}
        return self._known[tree]

    def overlay(self, base: str, head: str, paths: Sequence[str]) -> str:
        """The tree ``base`` with ``paths`` as they are in ``head`` (removed where ``head`` has none)."""
        none = f"0 {'0' * len(base)}"
        entries = self._entries(head, paths) if paths else {}
        lines = "".join(f"{entries.get(path, none)}\t{path}\0" for path in dict.fromkeys(paths))
        with self._scratch(base) as env:
            self._run("update-index", "-z", "--index-info", stdin=lines.encode("utf-8", "surrogateescape"), env=env)
            return self._written(env)

    def with_files(self, tree: str, files: Mapping[str, bytes]) -> str:
        """``tree`` with these files holding these bytes, their modes as they were."""
        if not files:
            return tree
        modes = {path: entry.partition(" ")[0] for path, entry in self._entries(tree, list(files)).items()}
        lines = ""
        for path, data in files.items():
            blob = self._run("hash-object", "-w", "--stdin", stdin=data, writes=True).decode().strip()
            lines += f"{modes.get(path, '100644')} {blob}\t{path}\0"
        with self._scratch(tree) as env:
            self._run("update-index", "-z", "--index-info", stdin=lines.encode("utf-8", "surrogateescape"), env=env)
            return self._written(env)

    def with_patch(self, tree: str, patch: bytes) -> str:
        """``tree`` after ``patch``. Raises GitError when it does not apply."""
        with self._scratch(tree) as env:
            self._own(tree, patch)
            self._run("apply", "--cached", "--whitespace=nowarn", "-", stdin=patch, env=env, writes=True)
            return self._written(env)

    def _own(self, tree: str, patch: bytes) -> None:
        """Copy what ``patch`` changes among our objects, where git looks when it writes."""
        said = self._run("apply", "--numstat", "-z", "-", stdin=patch)
        paths = {entry.split("\t")[2] for entry in records(said)}
        paths |= {line.decode("utf-8", "surrogateescape") for line in _SOURCE.findall(patch)}
        for entry in self._entries(tree, sorted(paths)).values() if paths else ():
            blob = entry.partition(" ")[2]
            self._run("hash-object", "-w", "--stdin", stdin=self._run("cat-file", "blob", blob), writes=True)

    def _written(self, env: dict[str, str]) -> str:
        return self._run("write-tree", "--missing-ok", env=env, writes=True).decode().strip()

    def _entries(self, tree: str, paths: Sequence[str]) -> dict[str, str]:
        """Mode and blob id of ``paths``, or of every file."""
        raw = self._run("ls-tree", "-r", "-z", tree, "--", *paths)
        found = {}
        for record in records(raw):
            meta, _, path = record.partition("\t")
            mode, _, blob = meta.split(" ")
            found[path] = f"{mode} {blob}"
        return found

    @contextmanager
    def _scratch(self, tree: str) -> Iterator[dict[str, str]]:
        """The environment of an index of its own that holds ``tree``, or nothing."""
        self.prepare()
        index = self._index.with_name(f"{self._index.stem}-{os.urandom(6).hex()}.scratch")
        env = {"GIT_INDEX_FILE": str(index)}
        try:
            self._run("read-tree", tree or "--empty", env=env)
            yield env
        finally:
            for path in (index, index.with_name(f"{index.name}.lock")):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _run(self, *args: str, stdin: bytes = b"", env: dict[str, str] | None = None, writes: bool = False) -> bytes:
        if not self._prepared:
            self.prepare()
        return self._store.run(*args, stdin=stdin, env=env, writes=writes)
