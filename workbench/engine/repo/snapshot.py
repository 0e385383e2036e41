"""The tree of the files of a folder as they are now, by a private index that is kept from call to call. Blocking."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.files import is_scratch, records
from workbench.engine.repo.store import Store

LARGEST = 100 << 20
"""Bytes of an untracked file beyond which it is left out of the tree."""

_ATTEMPTS = 3
"""Files come and go while they are read; so often is it tried again."""


_NONE = "none"


class Snapshot:
    """The files of ``root`` (tracked by the index file ``source``, and untracked but not ignored).

    ``index`` is the private index; ``source`` is only ever read. Safe to call from several threads and processes.
    """

    def __init__(self, store: Store, root: Path, index: Path, source: Path | None = None) -> None:
        self._store = store
        self._root = root
        self._index = index
        self._source = source
        self._last = ("", "")

    def tree(self) -> str:
        """The hash of the tree. Raises GitError."""
        with self._locked():
            try:
                self._follow()
                return self._written()
            except GitError:
                self._forget()
                self._follow()
                return self._written()

    def seed(self, tree: str) -> None:
        """Make the private index that of ``tree`` and the files those of it; everything else is removed."""
        with self._locked():
            self._run("read-tree", "--reset", "-u", tree)
            self._run("clean", "-ffdxq")

    def _written(self) -> str:
        changed = self._brought_in_step()
        if changed or self._last[0] != _mark(self._index):
            tree = self._run("write-tree", "--missing-ok", writes=True).decode().strip()
            self._last = (_mark(self._index), tree)
        return self._last[1]

    def _brought_in_step(self) -> bool:
        """Whether the index had to change. Raises GitError."""
        for attempt in range(_ATTEMPTS):
            changed = self._changed()
            if not changed:
                return False
            stdin = "".join(f"{path}\0" for path in changed).encode("utf-8", "surrogateescape")
            try:
                self._run("update-index", "--add", "--remove", "--replace", "-z", "--stdin", stdin=stdin, writes=True)
                break
            except GitError:
                if attempt + 1 == _ATTEMPTS:
                    raise
        return True

    def _changed(self) -> list[str]:
        """Paths that are not as the private index says, without what cannot be read; what goes is before what comes."""
        args = ("ls-files", "-m", "-d", "-o", "-u", "-t", "-z", "--exclude-standard")
        found: dict[str, bool] = {}
        for record in records(self._run(*args)):
            tag, rest = record[0], record[2:]
            path = rest if tag == "?" else rest.partition("\t")[2]
            found.setdefault(path, tag == "?")
        ordered = sorted(found.items(), key=lambda entry: entry[1])
        return [path for path, untracked in ordered if self._takes(path, untracked)]

    def _takes(self, path: str, untracked: bool) -> bool:
        if path.endswith("/") or (untracked and is_scratch(path)):
            return False
        full = os.path.join(self._root, path)  # noqa: PTH118 - as given, a trailing blank or dot too
        try:
            facts = os.lstat(full)
        except OSError:
            return not untracked
        if stat.S_ISLNK(facts.st_mode) or stat.S_ISDIR(facts.st_mode):
            return True
        fits = not untracked or facts.st_size <= LARGEST
        return stat.S_ISREG(facts.st_mode) and fits and os.access(full, os.R_OK)

    def _follow(self) -> None:
        """Take the source's index over when it changed: what is tracked is for the user to say."""
        if self._source is None:
            return
        mark = self._index.with_suffix(".from")
        wanted = _mark(self._source)
        if self._index.exists() and mark.exists() and mark.read_text(encoding="utf-8") == wanted:
            return
        self._forget()
        if wanted != _NONE:
            self._copy(self._source)
            self._refresh()
        mark.write_text(wanted, encoding="utf-8")

    def _copy(self, source: Path) -> None:
        """With its time, by which git tells what changed in the moment it was written."""
        shutil.copy2(source, self._index)
        for shared in source.parent.glob("sharedindex.*"):
            shutil.copy2(shared, self._store.path / shared.name)

    def _refresh(self) -> None:
        with contextlib.suppress(GitError):
            self._run("update-index", "-q", "--unmerged", "--ignore-submodules", "--refresh")

    def _forget(self) -> None:
        for path in (self._index, self._index.with_suffix(".from")):
            path.unlink(missing_ok=True)

    def _run(self, *args: str, stdin: bytes = b"", writes: bool = False) -> bytes:
        env = {"GIT_INDEX_FILE": str(self._index)}
        return self._store.run(*args, stdin=stdin, env=env, work_tree=self._root, writes=writes)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time; a lock of git's that a kill left is then nobody's."""
        self._index.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._index.with_suffix(".mutex").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._index.with_name(f"{self._index.name}.lock").unlink(missing_ok=True)
            yield


def _mark(path: Path) -> str:
    """What tells one state of a file from another."""
    try:
        facts = path.stat()
    except OSError:
        return _NONE
    return f"{facts.st_ino} {facts.st_size} {facts.st_mtime_ns}"
