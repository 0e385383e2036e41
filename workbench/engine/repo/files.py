"""Which files a repository holds, each with the blob id of its content as it is now. Blocking."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.engine.repo.facts import Facts
from workbench.engine.repo.git import run_git

LARGEST = 20 << 20
"""Bytes of a file beyond which it is named, not read."""

MOST = 50_000
"""Files of a folder without git that are looked at."""

IGNORED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox", ".mypy_cache"}
IGNORED |= {".pytest_cache", ".ruff_cache", ".hypothesis", ".eggs", ".idea"}
"""Names of folders that are passed over where there is no git to say so."""

_BINARY = (
    "png jpg jpeg gif ico webp bmp tif tiff psd pdf zip gz bz2 xz zst 7z tar rar jar war whl so dll dylib a o exe "
    "class bin pyc pyd woff woff2 ttf otf eot mp3 mp4 avi mov ogg wav flac sqlite sqlite3 db mo npy npz parquet pkl"
)
_SCRATCH = re.compile(
    r"(?:.*/)?(?:\.(?:[^/]*\.)?sw[a-px]|4913|[^/]*~|\.#[^/]*|#[^/]*#|[^/]*___jb_(?:tmp|old)___|\.[^/]*\.kate-swp)"
)
_ENDINGS = tuple(f".{ending}" for ending in _BINARY.split())


def is_scratch(path: str) -> bool:
    """Whether an editor writes files of this name beside the one that it has open: swap files, locks, backups.

    Untracked ones are no part of the files: they come and go with every look into a file.
    """
    return _SCRATCH.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class Listing:
    """``blobs`` maps each file (repository-relative, ``/``) to the git blob id of its content; ``dirty`` names those
    that differ from the index, are untracked or were deleted; ``skipped`` maps what was left out to the reason."""

    blobs: dict[str, str]
    dirty: tuple[str, ...]
    skipped: dict[str, str]


@dataclass(slots=True)
class _Entries:
    """What the index says (mode and blob id by path), and which paths are not as it says."""

    index: dict[str, tuple[str, str]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    sparse: set[str] = field(default_factory=set)


def list_repository(facts: Facts, before: Listing | None = None) -> Listing:
    """Tracked and untracked-not-ignored files of a work tree. Raises GitError.

    What is as it was in the listing ``before`` is not looked at again.
    """
    args = ("ls-files", "-c", "-m", "-d", "-o", "-s", "-t", "-z", "--exclude-standard")
    entries = _parsed(records(run_git(facts.root, *args, guard=facts.guard)))
    known = before.blobs if before else {}
    blobs: dict[str, str] = {}
    skipped: dict[str, str] = {}
    dirty = []
    prefix = f"{facts.root}/"
    for path, (mode, blob) in entries.index.items():
        if known.get(path) == blob and path not in entries.changed:
            blobs[path] = blob
            continue
        reason = "not checked out" if path in entries.sparse else _unread(prefix + path, mode)
        if reason:
            skipped[path] = reason
        elif path not in entries.changed:
            blobs[path] = blob
    for path in sorted(entries.changed):
        if path.endswith("/"):
            skipped[path] = "a repository of its own"
            continue
        old = entries.index.get(path, ("", ""))[1]
        if path not in skipped:
            blob, reason = hash_file(facts.root, path, facts.object_format)
            if reason:
                skipped[path] = reason
            else:
                blobs[path] = blob
        if blobs.get(path) != old and entries.index.get(path, ("", ""))[0] != "160000":
            dirty.append(path)
    gone = [path for path in dirty if skipped.get(path) == GONE]
    for path in gone:
        del skipped[path]
    return Listing(blobs, tuple(dirty), skipped)


def list_folder(facts: Facts) -> Listing:
    """Files below a folder that is no repository; links are not followed."""
    blobs: dict[str, str] = {}
    skipped: dict[str, str] = {}
    for path in _walk(facts.root):
        if len(blobs) == MOST:
            skipped[path] = f"beyond the first {MOST} files"
            break
        blob, reason = hash_file(facts.root, path, facts.object_format)
        if not reason:
            blobs[path] = blob
        elif reason != GONE:
            skipped[path] = reason
    return Listing(blobs, (), skipped)


GONE = "gone"
"""The reason for a file that vanished while it was looked at."""


def hash_file(root: Path, path: str, form: str = "sha1") -> tuple[str, str]:
    """The git blob id of a file's bytes, no filter applied, and the empty string; or the reason why there is none."""
    full = os.path.join(os.fsencode(root), os.fsencode(path))  # noqa: PTH118 - names that are no UTF-8
    try:
        if reason := _reason(path, os.lstat(full)):
            return "", reason
        with open(full, "rb") as file:  # noqa: PTH123 - names that are no UTF-8
            data = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return "", GONE
    except OSError as error:
        return "", (error.strerror or str(error)).lower()
    if b"\0" in data[:8000]:
        return "", "binary"
    return blob_id(data, form), ""


def blob_id(data: bytes, form: str = "sha1") -> str:
    """Git's id of a blob with this content, in a repository of that object format (sha1 or sha256)."""
    return hashlib.new(form, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def records(data: bytes) -> Iterator[str]:
    """The NUL-terminated records of git's output; bytes that are no UTF-8 become surrogates."""
    return (entry for entry in data.decode("utf-8", "surrogateescape").split("\0") if entry)


def _parsed(lines: Iterable[str]) -> _Entries:
    entries = _Entries()
    for line in lines:
        tag, rest = line[0], line[2:]
        if tag == "?":
            entries.changed |= set() if is_scratch(rest) else {rest}
            continue
        meta, _, path = rest.partition("\t")
        mode, blob, stage = meta.split(" ")
        if tag in "CRM" or stage != "0":
            entries.changed.add(path)
        if tag == "S":
            entries.sparse.add(path)
        entries.index[path] = (mode, blob)
    return entries


def _unread(path: str, mode: str) -> str:
    """Why a tracked file is not read, or the empty string; one that is gone is left to the list of changes."""
    if mode == "160000":
        return "submodule"
    try:
        return _reason(path, os.lstat(path))
    except OSError:
        return ""


def _reason(path: str, facts: os.stat_result) -> str:
    if stat.S_ISLNK(facts.st_mode):
        return "symbolic link"
    if not stat.S_ISREG(facts.st_mode):
        return "no regular file"
    if facts.st_size > LARGEST:
        return f"{facts.st_size >> 20} MB"
    return "binary" if path.lower().endswith(_ENDINGS) else ""


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in IGNORED)
        for name in sorted(names):
            if not is_scratch(name):
                yield (Path(folder) / name).relative_to(root).as_posix()
