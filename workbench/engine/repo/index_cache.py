"""Where the index of a repository lies, shared by every workbench on it and its worktrees, and how it is made whole."""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.analysis.index.schema import DamagedIndexError, opened

LARGEST = 2 << 30
"""Bytes of an index file; a larger one, full of files of long ago, is built anew."""

_BESIDE = ("", "-wal", "-shm")


def index_file(cache: Path, common_dir: Path) -> Path:
    """The index file of the repository with that git common directory, below the user's folder ``cache``."""
    named = hashlib.sha256(str(common_dir.resolve()).encode()).hexdigest()[:16]
    return cache / "index" / f"{named}.sqlite"


def prepare(path: Path) -> str:
    """Make sure that ``path`` can be opened, building an empty index where it cannot; blocking.

    Gives a notice for the user when an index was thrown away, else the empty string. Raises OSError when the folder
    cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > LARGEST:
        return _anew(path, "the index had grown past 2 GB")
    return repair(path, thorough=False)


def repair(path: Path, thorough: bool = True) -> str:
    """Throw the index away if it is damaged or of another version; blocking. For whoever met DamagedIndexError.

    ``thorough`` reads the whole file, which takes about a second per GB. Gives a notice, or the empty string when the
    index is whole (another workbench may have been first).
    """
    with _locked(path):
        problem = _problem(path, thorough)
        return _remove(path, problem) if problem else ""


def _anew(path: Path, why: str) -> str:
    with _locked(path):
        return _remove(path, why)


def _problem(path: Path, thorough: bool) -> str:
    try:
        with opened(str(path)) as db:
            if not thorough:
                db.execute("SELECT count(*) FROM segment").fetchone()
                return ""
            (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
            return "" if said == "ok" else "the index was damaged"
    except DamagedIndexError as error:
        return "the index was of another version" if "version" in str(error) else "the index was damaged"
    except sqlite3.OperationalError:
        return ""


def _remove(path: Path, why: str) -> str:
    for ending in _BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    with opened(str(path)):
        return f"{why}; it is built anew"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One workbench at a time looks after the file."""
    with path.with_name(path.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
