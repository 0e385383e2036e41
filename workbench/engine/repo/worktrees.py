"""Worktrees in our cache: whole checkouts of a tree that the user's repository never hears of. Blocking."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.facts import Facts
from workbench.engine.repo.snapshot import Snapshot
from workbench.engine.repo.store import Store, lay_out
from workbench.engine.repo.trees import Trees
from workbench.engine.store.owners import is_alive, owner

IDLE = 2
"""Released worktrees that are kept to be filled anew, which is quicker than a fresh one."""

_GRACE = 3600.0
"""Seconds that a folder without an owner is left alone: its maker may be about to name itself."""

_WHO = {
    f"GIT_{role}_{what}": f"workbench{at}"
    for role in ("AUTHOR", "COMMITTER")
    for what, at in [("NAME", ""), ("EMAIL", "@localhost")]
}


@dataclass(frozen=True, slots=True)
class Worktree:
    """A checkout of ``tree`` at ``path`` (absolute, resolved), with a ``.git`` of its own that borrows objects;
    ``missing`` names the files that were to be carried and could not be."""

    path: Path
    tree: str
    missing: tuple[str, ...] = ()


class Worktrees:
    """The worktrees of one repository. Each lies in a folder with a file that names its process; :meth:`sweep` removes
    those whose process is gone. Safe to call from several threads."""

    def __init__(self, facts: Facts, trees: Trees, cache: Path) -> None:
        self._facts = facts
        self._trees = trees
        self._store = Store.of(facts, cache)
        self._folder = cache / "worktrees"
        self._idle: list[Path] = []
        self._lock = threading.Lock()

    def sweep(self) -> int:
        """Remove what a killed workbench left; gives how many."""
        left = [folder for folder in self._folder.glob("*") if folder.is_dir() and _abandoned(folder)]
        for folder in left:
            _remove(folder)
        return len(left)

    def checkout(self, tree: str, carry: Sequence[str] = ()) -> Worktree:
        """Check a tree or commit out and copy the ignored files ``carry`` from the user's tree into it.

        The folder holds nothing else, also when it was used before. Raises GitError.
        """
        tree = self._trees.tree_of(tree)
        with self._lock:
            folder = self._idle.pop() if self._idle else None
        try:
            folder = folder or self._new()
            path = self._fill(folder, tree)
        except (GitError, OSError) as error:
            if folder is not None:
                _remove(folder)
            raise error if isinstance(error, GitError) else GitError(("checkout",), 128, str(error)) from error
        missing = [name for name in carry if not _carry(self._facts.root, path, name)]
        return Worktree(path, tree, tuple(missing))

    def state(self, worktree: Worktree) -> str:
        """The tree of the worktree's files as they are now, carried and ignored files aside. Raises GitError."""
        return self._snapshot(worktree.path.parent).tree()

    def release(self, worktree: Worktree) -> None:
        """Give it back, to be filled with another tree; nothing may run in it any more."""
        folder = worktree.path.parent
        with self._lock:
            if len(self._idle) < IDLE and folder not in self._idle:
                self._idle.append(folder)
                return
        _remove(folder)

    def remove(self, worktree: Worktree) -> None:
        """Delete a worktree."""
        _remove(worktree.path.parent)

    def close(self) -> None:
        """Delete the released ones."""
        with self._lock:
            idle, self._idle = self._idle, []
        for folder in idle:
            _remove(folder)

    def _new(self) -> Path:
        """A folder that is ours from the moment it has its name."""
        named = os.urandom(8).hex()
        fresh = self._folder / f".new-{named}"
        fresh.mkdir(parents=True, mode=0o700)
        (fresh / "owner").write_text(owner(), encoding="utf-8")
        return fresh.rename(self._folder / named).resolve()

    def _fill(self, folder: Path, tree: str) -> Path:
        path = folder / (self._facts.root.name.replace(os.pathsep, "-") or "repository")
        path.mkdir(exist_ok=True)
        git_dir = path / ".git"
        if git_dir.is_symlink() or git_dir.is_file():
            git_dir.unlink()
        elif git_dir.exists():
            _remove(git_dir)
        self._snapshot(folder).seed(tree)
        lay_out(git_dir, self._facts.object_format, [self._store.path / "objects"], bare=False)
        shutil.copy2(folder / "index", git_dir / "index")
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(self._store.path / "shallow", git_dir / "shallow")
        parent = ("-p", self._facts.head) if self._facts.head else ()
        commit = self._store.run("commit-tree", "-m", "workbench", *parent, tree, env=_WHO).decode().strip()
        (git_dir / "refs" / "heads" / "workbench").write_text(f"{commit}\n", encoding="utf-8")
        return path

    def _snapshot(self, folder: Path) -> Snapshot:
        path = folder / (self._facts.root.name.replace(os.pathsep, "-") or "repository")
        return Snapshot(self._store, path, folder / "index")


def _abandoned(folder: Path) -> bool:
    try:
        return not is_alive((folder / "owner").read_text(encoding="utf-8"))
    except OSError:
        with contextlib.suppress(OSError):
            return time.time() - folder.stat().st_mtime > _GRACE
        return False


def _carry(source: Path, target: Path, name: str) -> bool:
    """Copy a file or folder; whether it is there now. Nothing is written outside of ``target``."""
    origin, copy = source / name, target / name
    if ".." in Path(name).parts or Path(name).is_absolute() or not origin.exists():
        return False
    if not copy.parent.resolve().is_relative_to(target) or copy.is_symlink():
        return False
    if copy.exists():
        return copy.is_dir() and not any(copy.iterdir()) and origin.is_dir() and _copied(origin, copy)
    copy.parent.mkdir(parents=True, exist_ok=True)
    return _copied(origin, copy)


def _copied(origin: Path, copy: Path) -> bool:
    try:
        if origin.is_dir():
            shutil.copytree(origin, copy, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.copy2(origin, copy)
    except (OSError, shutil.Error):
        return False
    return True


def _remove(folder: Path) -> None:
    """Delete a folder, what a test made unwritable too."""

    def retry(function: object, path: str, _: object) -> None:
        with contextlib.suppress(OSError):
            Path(path).parent.chmod(stat.S_IRWXU)
            if Path(path).is_dir() and not Path(path).is_symlink():
                Path(path).chmod(stat.S_IRWXU)
                shutil.rmtree(path, ignore_errors=True)
            else:
                Path(path).unlink(missing_ok=True)

    shutil.rmtree(folder, onerror=retry)
