"""Trees: the state of the files as git sees it, written with a private index into a store of ours. Blocking."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.git import run_git
from workbench.engine.repo.repository import Facts

NO_TREE = ""


@dataclass(frozen=True, slots=True)
class ChangedPath:
    """One path between two trees. ``status`` is git's letter: A, M, D, T."""

    status: str
    path: str


class Trees:
    """Trees of one repository. ``store`` is a bare repository of ours that borrows the user's objects."""

    def __init__(self, facts: Facts, cache: Path) -> None:
        if facts.git_dir is None or facts.common_dir is None:
            raise GitError(("init",), 128, "trees need a git repository")
        self._facts = facts
        name = hashlib.sha256(str(facts.common_dir).encode()).hexdigest()[:16]
        self.store = cache / "repos" / f"{name}.git"
        self._index = cache / "repos" / f"{name}-{hashlib.sha256(str(facts.root).encode()).hexdigest()[:8]}.index"

    def prepare(self) -> None:
        """Make the store if it is not there, or not whole."""
        if (self.store / "HEAD").exists() and (self.store / "objects" / "info" / "alternates").exists():
            return
        shutil.rmtree(self.store, ignore_errors=True)
        self.store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        run_git(self.store.parent, "init", "--quiet", "--bare", "--template=", str(self.store))
        assert self._facts.common_dir is not None
        info = self.store / "objects" / "info"
        info.mkdir(exist_ok=True, parents=True)
        (info / "alternates").write_text(f"{self._facts.common_dir / 'objects'}\n", encoding="utf-8")

    def working(self) -> str:
        """The tree of tracked and untracked-not-ignored files as they are now. Raises GitError."""
        self.prepare()
        env = self._env()
        env["GIT_INDEX_FILE"] = str(self._index)
        if not self._index.exists():
            assert self._facts.git_dir is not None
            with contextlib.suppress(OSError):
                shutil.copyfile(self._facts.git_dir / "index", self._index)
        try:
            return self._write(env)
        except GitError:
            self._index.unlink(missing_ok=True)
            return self._write(env)

    def tree_of(self, revision: str) -> str:
        """The tree of a commit or tree. Raises GitError."""
        return self._run("rev-parse", "--verify", "--end-of-options", f"{revision}^{{tree}}").decode().strip()

    def changed(self, base: str, head: str) -> list[ChangedPath]:
        """Paths that differ between two trees."""
        raw = self._run("diff-tree", "-r", "--no-renames", "--name-status", "-z", base, head)
        fields = raw.decode("utf-8", "surrogateescape").split("\0")
        return [ChangedPath(fields[i], fields[i + 1]) for i in range(0, len(fields) - 1, 2)]

    def diff(self, base: str, head: str, *options: str) -> bytes:
        """The patch between two trees, as git makes it."""
        return self._run("diff-tree", "-r", "-p", "--full-index", "--binary", *options, base, head)

    def read(self, tree: str, path: str) -> bytes | None:
        """A file's bytes in a tree, None where it is not there."""
        try:
            return self._run("cat-file", "blob", f"{tree}:{path}")
        except GitError:
            return None

    def overlay(self, base: str, head: str, paths: list[str]) -> str:
        """The tree ``base`` with ``paths`` as they are in ``head`` (removed where ``head`` has none)."""
        entries = self._entries(head, paths)
        lines = [
            f"{entries[path]}\t{path}" if path in entries else f"0 {'0' * 40}\t{path}" for path in dict.fromkeys(paths)
        ]
        return self._with_entries(base, lines)

    def with_patch(self, tree: str, patch: bytes) -> str:
        """``tree`` after ``patch``. Raises GitError when it does not apply."""
        env = self._scratch(tree)
        try:
            self._run("apply", "--cached", "--whitespace=nowarn", "-", stdin=patch, env=env)
            return self._run("write-tree", env=env).decode().strip()
        finally:
            Path(env["GIT_INDEX_FILE"]).unlink(missing_ok=True)

    def _entries(self, tree: str, paths: list[str]) -> dict[str, str]:
        raw = self._run("ls-tree", "-r", "-z", tree, "--", *paths) if paths else b""
        found = {}
        for record in raw.decode("utf-8", "surrogateescape").split("\0"):
            if record:
                meta, _, path = record.partition("\t")
                mode, _, blob = meta.split(" ")
                found[path] = f"{mode} {blob}"
        return found

    def _with_entries(self, base: str, lines: list[str]) -> str:
        env = self._scratch(base)
        try:
            data = "".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape")
            self._run("update-index", "-z", "--index-info", stdin=data, env=env)
            return self._run("write-tree", env=env).decode().strip()
        finally:
            Path(env["GIT_INDEX_FILE"]).unlink(missing_ok=True)

    def _scratch(self, tree: str) -> dict[str, str]:
        env = self._env()
        env["GIT_INDEX_FILE"] = f"{self._index}.{os.urandom(6).hex()}"
        self._run("read-tree", tree, env=env)
        return env

    def _write(self, env: Mapping[str, str]) -> str:
        work = {**env, "GIT_WORK_TREE": str(self._facts.root)}
        run_git(self._facts.root, "add", "--all", "--ignore-errors", "--", ".", env=work, filters=self._facts.filters)
        return run_git(self._facts.root, "write-tree", env=work).decode().strip()

    def _run(self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        return run_git(self.store, *args, stdin=stdin, env=env or self._env())

    def _env(self) -> dict[str, str]:
        return {"GIT_DIR": str(self.store), "GIT_ATTR_NOSYSTEM": "1"}
