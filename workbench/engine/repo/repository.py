"""The repository a case is about: guarded access to its files and its history."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.facts import Facts as Facts
from workbench.engine.repo.facts import Problem as Problem
from workbench.engine.repo.facts import RepositoryError as RepositoryError
from workbench.engine.repo.facts import read_facts
from workbench.engine.repo.files import Listing, list_folder, list_repository
from workbench.engine.repo.git import git
from workbench.engine.repo.history import COUNTED, LOG, UNCOUNTED, Blamed, Commit, parse_blame, parse_log


class Repository:
    """An opened repository, or a folder without one (``is_git`` False: files, search, logs and rules still work,
    history is empty). ``listing`` is what :meth:`files` saw last."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.listing = Listing({}, (), {})

    @classmethod
    async def open(cls, path: Path, other_owner: bool = False) -> Repository:
        """Open the repository that holds ``path``; ``other_owner`` allows one of another user.

        Raises RepositoryError.
        """
        return cls(await asyncio.to_thread(read_facts, path, other_owner))

    async def refresh(self) -> None:
        """Read the facts anew: the user commits and switches branches meanwhile. Raises RepositoryError."""
        owned = any(key == "safe.directory" for key, _ in self.facts.guard.settings)
        self.facts = await asyncio.to_thread(read_facts, self.root, owned)

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
        try:
            if self.is_git:
                self.listing = await asyncio.to_thread(list_repository, self.facts, self.listing)
            else:
                self.listing = await asyncio.to_thread(list_folder, self.facts)
        except GitError as error:
            self.listing = await asyncio.to_thread(list_folder, self.facts)
            self.listing.skipped["."] = f"what git ignores is not known: {error}"
        return self.listing.blobs

    async def git(self, *args: str, stdin: bytes = b"") -> bytes:
        """Standard output of guarded git. Raises GitError, also where there is no repository."""
        if not self.is_git:
            raise GitError(args, 128, "this folder is no git repository")
        return await git(self.root, *args, stdin=stdin, guard=self.facts.guard)

    async def resolve(self, revision: str) -> str:
        """The commit that ``revision`` names, or the empty string."""
        try:
            out = await self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except GitError:
            return ""
        return out.decode().strip()

    async def read_file(self, path: str, revision: str = "") -> bytes:
        """A file's bytes in the work tree, or in a revision or tree. Raises OSError, GitError when it is not there.

        What lies outside of the repository, by a link too, counts as not there.
        """
        if not revision:
            return await asyncio.to_thread(_read_inside, self.root, path)
        return await self.git("cat-file", "blob", f"{revision}:{path}")

    async def log(
        self,
        revision: str = "HEAD",
        paths: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 1000,
    ) -> list[Commit]:
        """Commits reachable from ``revision``, newest first, at most ``limit``; only those touching ``paths`` if given,
        committed ``since`` .. ``until``. Empty without commits. Raises GitError for a revision that does not exist.

        Where a shallow clone ends, everything looks added: there ``touched`` is left empty. In a partial clone lines
        are not counted.
        """
        if not self.facts.head:
            return []
        args = [*LOG, UNCOUNTED if self.facts.partial else COUNTED, f"--max-count={limit}"]
        args += [f"--since={since.isoformat()}"] if since else []
        args += [f"--until={until.isoformat()}"] if until else []
        hidden = await asyncio.to_thread(self._boundary)
        return list(parse_log(await self.git(*args, "--end-of-options", revision, "--", *paths), hidden))

    async def blame(self, path: str, start: int, end: int, revision: str = "HEAD") -> list[Blamed]:
        """Who last changed the lines ``start`` .. ``end`` (1-based, the end included). Raises GitError."""
        if revision.startswith("-"):
            raise GitError(("blame", revision), 128, "this is no revision")
        span = f"-L{start},{end}"
        return list(parse_blame(await self.git("blame", "--porcelain", span, revision, "--", path)))

    async def show_diff(self, revision: str) -> bytes:
        """The patch of one commit against its first parent. Raises GitError."""
        return await self.git(
            "show", "--format=", "--patch", "--diff-merges=first-parent", "--end-of-options", revision, "--"
        )

    def _boundary(self) -> tuple[str, ...]:
        """The commits where a shallow clone ends; blocking."""
        assert self.facts.common_dir is not None
        with contextlib.suppress(OSError):
            return tuple((self.facts.common_dir / "shallow").read_text(encoding="utf-8").split())
        return ()


def _read_inside(root: Path, path: str) -> bytes:
    full = (root / path).resolve()
    if not full.is_relative_to(root) or not full.is_file():
        raise FileNotFoundError(f"{path} is no file of the repository")
    return full.read_bytes()
