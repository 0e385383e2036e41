"""The repository a case is about: what it is, what it holds, and guarded access to it."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.files import Listing, list_folder, list_repository
from workbench.engine.repo.git import git, run_git


class RepositoryError(Exception):
    """The path cannot be opened; the message says what happened and what to do."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a repository is. ``head`` is empty without commits, ``branch`` empty when detached; ``notes`` are sentences
    a person should know."""

    root: Path
    name: str
    git_dir: Path | None
    common_dir: Path | None
    head: str = ""
    branch: str = ""
    shallow: bool = False
    partial: bool = False
    filters: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Repository:
    """An opened repository, or a folder without one (``is_git`` False: files, search, logs and rules still work)."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.listing = Listing({}, (), {})

    @classmethod
    async def open(cls, path: Path) -> Repository:
        """Open the repository that holds ``path``. Raises RepositoryError."""
        return cls(await asyncio.to_thread(read_facts, path))

    @property
    def root(self) -> Path:
        """The absolute top of the work tree."""
        return self.facts.root

    @property
    def is_git(self) -> bool:
        """Whether there is a git repository."""
        return self.facts.git_dir is not None

    async def files(self) -> dict[str, str]:
        """Each file with the blob id of its content; ``listing`` has what was skipped, and why."""
        make = list_repository if self.is_git else list_folder
        try:
            self.listing = await asyncio.to_thread(make, self.root)
        except GitError:
            self.listing = await asyncio.to_thread(list_folder, self.root)
        return self.listing.blobs

    async def git(self, *args: str) -> bytes:
        """Standard output of guarded git. Raises GitError, also where there is no repository."""
        if not self.is_git:
            raise GitError(args, 128, "this folder is no git repository")
        return await git(self.root, *args)

    async def resolve(self, revision: str) -> str:
        """The commit that ``revision`` names, or the empty string."""
        try:
            out = await self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except GitError:
            return ""
        return out.decode().strip()


def read_facts(path: Path) -> Facts:
    """Look at ``path``; blocking. Raises RepositoryError."""
    path = path.expanduser()
    if not path.exists():
        raise RepositoryError(f"{path} does not exist")
    if path.is_file():
        raise RepositoryError(f"{path} is a file; give a repository, and logs with --log")
    path = path.resolve()
    try:
        top = _line(path, "rev-parse", "--show-toplevel")
    except GitError as error:
        return _without_work_tree(path, error)
    root = Path(top)
    git_dir = Path(_line(root, "rev-parse", "--absolute-git-dir"))
    common = Path(os.path.normpath(root / _line(root, "rev-parse", "--git-common-dir")))
    head, branch = (
        _ask(root, "rev-parse", "--verify", "-q", "HEAD"),
        _ask(root, "symbolic-ref", "-q", "--short", "HEAD"),
    )
    shallow = (common / "shallow").exists()
    partial = bool(_ask(root, "config", "--get-regexp", r"^remote\..*\.promisor$"))
    notes = []
    if not head:
        notes.append("no commits yet: history and proofs have nothing to compare with")
    if head and not branch:
        notes.append("detached HEAD")
    if shallow:
        notes.append("shallow clone: history ends early, older suspects cannot be seen")
    if partial:
        notes.append("partial clone: objects that are not here are not fetched")
    if (root / ".gitmodules").exists():
        notes.append("submodules are not looked into")
    return Facts(root, root.name, git_dir, common, head, branch, shallow, partial, _filters(root), tuple(notes))


def _without_work_tree(path: Path, error: GitError) -> Facts:
    if "dubious ownership" in error.stderr:
        raise RepositoryError(
            f"{path} belongs to another user, and git refuses it. If you trust it: "
            f"git config --global --add safe.directory {path}"
        ) from error
    if "must be run in a work tree" in error.stderr:
        raise RepositoryError(f"{path} is a bare repository: clone it (git clone {path}) and open the clone") from error
    if "not a git repository" in error.stderr:
        return Facts(path, path.name, None, None, notes=("no git repository here: no history, no proofs",))
    raise RepositoryError(str(error)) from error


def _filters(root: Path) -> tuple[str, ...]:
    found = re.findall(
        r"^filter\.(.+)\.(?:clean|smudge|process|required)$", _ask(root, "config", "--name-only", "--list"), re.M
    )
    return tuple(sorted(set(found)))


def _line(root: Path, *args: str) -> str:
    return run_git(root, *args).decode("utf-8", "surrogateescape").rstrip("\n")


def _ask(root: Path, *args: str) -> str:
    try:
        return _line(root, *args)
    except GitError:
        return ""
