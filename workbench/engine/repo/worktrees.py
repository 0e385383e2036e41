"""Worktrees in our cache: whole checkouts of a tree that the user's repository never hears of. Blocking."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.git import run_git
from workbench.engine.repo.repository import Facts
from workbench.engine.repo.trees import Trees
from workbench.engine.store.owners import is_alive, owner

_WHO = {
    "GIT_AUTHOR_NAME": "workbench",
    "GIT_AUTHOR_EMAIL": "workbench@localhost",
    "GIT_COMMITTER_NAME": "workbench",
    "GIT_COMMITTER_EMAIL": "workbench@localhost",
}


@dataclass(frozen=True, slots=True)
class Worktree:
    """A checkout of ``tree`` at ``path`` (absolute, resolved), with a repository of its own."""

    path: Path
    tree: str


class Worktrees:
    """The worktrees of one repository. Each lies in a folder with a file that names its process; :meth:`sweep` removes
    those whose process is gone."""

    def __init__(self, facts: Facts, trees: Trees, cache: Path) -> None:
        self._facts = facts
        self._trees = trees
        self._folder = cache / "worktrees"

    def sweep(self) -> int:
        """Remove what a killed workbench left; gives how many."""
        removed = 0
        for folder in self._folder.glob("*/"):
            try:
                text = (folder / "owner").read_text(encoding="utf-8")
            except OSError:
                text = ""
            if not is_alive(text):
                _remove(folder)
                removed += 1
        return removed

    def checkout(self, tree: str, carry: tuple[str, ...] = ()) -> Worktree:
        """Check ``tree`` out into a fresh folder and copy the ignored files ``carry`` from the user's tree.

        Raises GitError.
        """
        folder = self._folder / os.urandom(8).hex()
        path = folder / self._facts.root.name
        path.mkdir(parents=True, mode=0o700)
        (folder / "owner").write_text(owner(), encoding="utf-8")
        try:
            self._fill(path, tree)
        except GitError:
            _remove(folder)
            raise
        for name in carry:
            _carry(self._facts.root, path, name)
        return Worktree(path.resolve(), tree)

    def remove(self, worktree: Worktree) -> None:
        """Delete a worktree."""
        _remove(worktree.path.parent)

    def state(self, worktree: Worktree) -> str:
        """The tree of the worktree's files as they are now, written into our store. Raises GitError."""
        run_git(worktree.path, "add", "--all", "--", ".", filters=self._facts.filters)
        tree = run_git(worktree.path, "write-tree").decode().strip()
        objects = self._trees.store / "objects"
        shutil.copytree(worktree.path / ".git" / "objects", objects, dirs_exist_ok=True, ignore=_existing(objects))
        return tree

    def _fill(self, path: Path, tree: str) -> None:
        run_git(path, "init", "--quiet", "--template=", "--initial-branch=workbench")
        info = path / ".git" / "objects" / "info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "alternates").write_text(f"{self._trees.store / 'objects'}\n", encoding="utf-8")
        commit = run_git(path, "commit-tree", "-m", "workbench", tree, env=_WHO).decode().strip()
        run_git(path, "update-ref", "HEAD", commit)
        run_git(path, "read-tree", tree)
        run_git(path, "checkout-index", "--all", "--force", "--quiet", filters=self._facts.filters)
        run_git(path, "update-index", "-q", "--refresh", filters=self._facts.filters)


def _existing(objects: Path) -> Callable[[str, list[str]], set[str]]:
    def ignore(folder: str, names: list[str]) -> set[str]:
        if Path(folder).name in ("objects", ".git"):
            return {name for name in names if name in ("info", "pack")}
        return {name for name in names if (objects / Path(folder).name / name).exists()}

    return ignore


def _carry(source: Path, target: Path, name: str) -> None:
    origin, copy = source / name, target / name
    if copy.exists() or not origin.exists() or not origin.resolve().is_relative_to(source.resolve()):
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    if origin.is_dir():
        shutil.copytree(origin, copy, symlinks=True)
    else:
        shutil.copy2(origin, copy)


def _remove(folder: Path) -> None:
    def writable(function: object, path: str, _: object) -> None:
        os.chmod(Path(path).parent, stat.S_IRWXU)  # noqa: PTH101
        Path(path).unlink(missing_ok=True)

    shutil.rmtree(folder, onerror=writable)
