"""Which files a repository holds, each with the blob id of its content as it is now. Blocking."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.engine.repo.git import run_git

LARGEST = 20 << 20
"""Bytes of a file beyond which it is named, not read."""

_IGNORED = {".git", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".mypy_cache", ".pytest_cache"}


@dataclass(frozen=True, slots=True)
class Listing:
    """``blobs`` maps each file (repository-relative, ``/``) to the git blob id of its content; ``dirty`` names those
    that differ from the index or are untracked; ``skipped`` maps what was left out to the reason."""

    blobs: dict[str, str]
    dirty: tuple[str, ...]
    skipped: dict[str, str]


def list_repository(root: Path) -> Listing:
    """Tracked and untracked-not-ignored files of a work tree. Raises GitError."""
    blobs: dict[str, str] = {}
    skipped: dict[str, str] = {}
    for entry in _records(run_git(root, "ls-files", "-s", "-z")):
        meta, _, path = entry.partition("\t")
        mode, blob, _ = meta.split(" ")
        if mode == "160000":
            skipped[path] = "submodule"
        elif mode == "120000":
            skipped[path] = "symbolic link"
        else:
            blobs[path] = blob
    changed = set(_records(run_git(root, "diff-files", "--name-only", "--ignore-submodules", "-z")))
    untracked = set(_records(run_git(root, "ls-files", "-o", "--exclude-standard", "-z")))
    dirty = []
    for path in sorted((changed | untracked) - skipped.keys()):
        old = blobs.pop(path, "")
        found = hash_file(root, path)
        if found.startswith("!"):
            skipped[path] = found[1:]
        elif found != old:
            dirty.append(path)
            blobs[path] = found
        else:
            blobs[path] = old
    return Listing(blobs, tuple(dirty), skipped)


def list_folder(root: Path) -> Listing:
    """Files below a folder that is no repository; links are not followed."""
    blobs: dict[str, str] = {}
    skipped: dict[str, str] = {}
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in _IGNORED)
        for name in sorted(names):
            path = (Path(folder) / name).relative_to(root).as_posix()
            found = hash_file(root, path)
            if found.startswith("!"):
                skipped[path] = found[1:]
            else:
                blobs[path] = found
    return Listing(blobs, (), skipped)


def hash_file(root: Path, path: str) -> str:
    """The git blob id of a file's bytes, no filter applied; ``!reason`` for what cannot be read."""
    full = os.path.join(os.fsencode(root), os.fsencode(path))  # noqa: PTH118 - names that are no UTF-8
    try:
        facts = os.lstat(full)
        if stat.S_ISLNK(facts.st_mode):
            return "!symbolic link"
        if not stat.S_ISREG(facts.st_mode):
            return "!no regular file"
        if facts.st_size > LARGEST:
            return f"!{facts.st_size >> 20} MB"
        with open(full, "rb") as file:  # noqa: PTH123 - names that are no UTF-8
            data = file.read()
    except OSError as error:
        return f"!{error.strerror or error}"
    return blob_id(data)


def blob_id(data: bytes) -> str:
    """Git's id of a blob with this content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _records(data: bytes) -> Iterator[str]:
    return (entry for entry in data.decode("utf-8", "surrogateescape").split("\0") if entry)
