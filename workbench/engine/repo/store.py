"""A bare repository of ours that borrows the user's objects: git works there with our configuration and attributes, so
that nothing of the user's ``.git`` is read but objects and nothing of it is written. Blocking.

Git renews the time of an object that it would write again, a borrowed one too. So what we write goes into a folder that
borrows nothing, ``made``; the repository borrows from it and from the user's.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.case.errors import GitError
from workbench.engine.repo.facts import Facts
from workbench.engine.repo.files import records
from workbench.engine.repo.git import Guard, run_git

KEPT = 60 * 86400.0
"""Seconds after which an object of ours that nothing wrote again is removed."""

HALF_MADE = 3600.0
"""Seconds after which nobody is still making a thing."""

_ATTRIBUTES = "* -filter !diff -merge\n" + "".join(
    f"*.{end} diff=workbench-sections\n" for end in ("toml", "cfg", "ini")
)
"""The strongest attributes git knows: no driver of any kind, whatever the repository's own say. Diffs stay text: not
``-diff``, which would call every file binary. Hunks of settings are named by the section that they stand in."""

_CONFIG = """[core]
\trepositoryformatversion = {version}
\tbare = true
\tlogAllRefUpdates = false
\tlooseCompression = 1
"""


@dataclass(frozen=True, slots=True)
class Store:
    """``path`` is the bare repository for the one described by ``facts``."""

    facts: Facts
    path: Path

    @classmethod
    def of(cls, facts: Facts, cache: Path) -> Store:
        """The store below ``cache``, shared by every worktree of a repository. Raises GitError for a mere folder."""
        if facts.common_dir is None:
            raise GitError(("init",), 128, "trees need a git repository")
        named = hashlib.sha256(os.fsencode(facts.common_dir) + facts.object_format.encode()).hexdigest()[:16]
        return cls(facts, cache / "repos" / f"{named}.git")

    def prepare(self) -> None:
        """Make the store where it is not there; bring in step what the user's repository says. Raises OSError."""
        if not self._whole():
            self._build()
        git_dir = self.facts.common_dir
        assert git_dir is not None
        for name in ("info/exclude", "shallow"):
            _mirror(git_dir / name, self.path / name)
        attributes = self.path / "info" / "attributes"
        if not attributes.is_file() or attributes.read_text(encoding="utf-8") != _ATTRIBUTES:
            attributes.write_text(_ATTRIBUTES, encoding="utf-8")

    @property
    def made(self) -> Path:
        """The objects that we wrote."""
        return self.path / "made"

    def run(
        self,
        *args: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        work_tree: Path | None = None,
        writes: bool = False,
    ) -> bytes:
        """Guarded git on the store, its files those of ``work_tree``. Raises GitError.

        When it ``writes`` objects it sees only those that we wrote.
        """
        variables = {"GIT_DIR": str(self.path), **(env or {})}
        if writes:
            variables["GIT_OBJECT_DIRECTORY"] = str(self.made)
        if work_tree is not None:
            variables["GIT_WORK_TREE"] = str(work_tree)
        settings = (*self.facts.conversion, ("core.bare", "false"), ("core.untrackedCache", "false"))
        guard = Guard(self.facts.root, (*settings, *self.facts.guard.settings))
        return run_git(work_tree or self.path, *args, stdin=stdin, env=variables, guard=guard)

    def expire(self) -> int:
        """Remove loose objects that were last written more than :data:`KEPT` ago, but those that a private index beside
        the store names; gives how many."""
        self._sweep()
        folders = (self.made, self.path / "objects")
        files = [file for folder in folders for file in folder.glob("??/*")]
        old = [file for file in files if time.time() - file.stat().st_mtime > KEPT]
        if not old:
            return 0
        kept = {blob for index in self.path.parent.glob(f"{self.path.stem}-*.index") for blob in self._named(index)}
        gone = [file for file in old if file.parent.name + file.name not in kept]
        for file in gone:
            file.unlink(missing_ok=True)
        return len(gone)

    def _sweep(self) -> None:
        """Remove what a kill left half made."""
        for left in (*self.path.parent.glob(".new-*"), *self.path.parent.glob(f"{self.path.stem}-*.scratch")):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > HALF_MADE:
                    shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _named(self, index: Path) -> set[str]:
        with contextlib.suppress(GitError):
            entries = records(self.run("ls-files", "-s", "-z", env={"GIT_INDEX_FILE": str(index)}))
            return {entry.split(" ", 2)[1] for entry in entries}
        return set()

    def _build(self) -> None:
        assert self.facts.common_dir is not None
        fresh = self.path.with_name(f".new-{os.urandom(6).hex()}")
        lay_out(fresh, self.facts.object_format, [self.made, self.facts.common_dir / "objects"])
        (fresh / "made").mkdir(mode=0o700)
        try:
            if self.path.exists() and not self._whole():
                shutil.rmtree(self.path)
            fresh.rename(self.path)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
            if not self._whole():
                raise

    def _whole(self) -> bool:
        """Whether nothing of it is missing: a cache folder may have been cleaned in part."""
        return (self.path / "HEAD").exists() and self.made.is_dir()


def lay_out(path: Path, object_format: str, borrowed: list[Path], bare: bool = True) -> None:
    """Write the files of an empty repository that borrows objects; no process, no template, no hook."""
    for folder in ("objects/info", "objects/pack", "refs/heads", "info"):
        (path / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    config = _CONFIG.format(version=0 if object_format == "sha1" else 1)
    if object_format != "sha1":
        config += f"[extensions]\n\tobjectFormat = {object_format}\n"
    (path / "config").write_text(config if bare else config.replace("bare = true", "bare = false"), encoding="utf-8")
    (path / "info" / "attributes").write_text(_ATTRIBUTES, encoding="utf-8")
    (path / "objects" / "info" / "alternates").write_bytes(b"".join(_quoted(place) + b"\n" for place in borrowed))
    (path / "HEAD").write_text("ref: refs/heads/workbench\n", encoding="utf-8")


def _quoted(place: Path) -> bytes:
    raw = os.fsencode(place)
    if b"\n" not in raw and not raw.startswith(b'"'):
        return raw
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def _mirror(source: Path, target: Path) -> None:
    """Make ``target`` hold what ``source`` does."""
    try:
        wanted = source.read_bytes()
    except OSError:
        target.unlink(missing_ok=True)
        return
    if not target.exists() or target.read_bytes() != wanted:
        beside = target.with_name(f"{target.name}.{os.urandom(4).hex()}")
        beside.write_bytes(wanted)
        beside.replace(target)
