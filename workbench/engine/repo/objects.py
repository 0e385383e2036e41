"""Objects of a repository in bulk, for chunks that run in a worker process: GitPython's object model, guarded.

``git_dir`` is the git directory whose objects are read, the store of Trees or a repository's own; ``root`` is the
repository's root, below which no program is run. What cannot be read is left out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.analysis.index import update_contents
from workbench.engine.repo.git import GUARDS, environment, search_path

if TYPE_CHECKING:
    from git import Repo

LARGEST = 20 << 20
"""Bytes of a blob beyond which it is left out."""


def index_blobs(index_path: str, git_dir: str, root: str, entries: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Index (path, blob id) pairs whose content stands in no file: line ends converted, kept by a filter, another
    revision. Gives back those that could not be read. Raises DamagedIndexError."""
    contents = dict(read_blobs(git_dir, root, tuple({blob for _, blob in entries})))
    update_contents(index_path, [(path, blob, contents[blob]) for path, blob in entries if blob in contents])
    return [entry for entry in entries if entry[1] not in contents]


def read_blobs(git_dir: str, root: str, ids: Sequence[str], largest: int = LARGEST) -> list[tuple[str, bytes]]:
    """(blob id, bytes) of those ``ids`` that are there and not larger than ``largest`` bytes."""
    from git.exc import ODBError

    found = []
    with opened(git_dir, root) as repo:
        for blob in ids:
            try:
                wanted = bytes.fromhex(blob)
                about = repo.odb.info(wanted)
                if about.type == b"blob" and about.size <= largest:
                    found.append((blob, repo.odb.stream(wanted).read()))
            except (ODBError, ValueError):
                continue
    return found


@contextmanager
def opened(git_dir: str, root: str) -> Iterator[Repo]:
    """The repository, and its git process ended afterwards: GitPython keeps what it opened. Raises OSError."""
    path = search_path(os.environ.get("PATH", os.defpath), Path(root))
    program = shutil.which("git", path=path)
    if program is None:
        raise FileNotFoundError("git was not found on PATH")
    os.environ.update(GIT_PYTHON_REFRESH="quiet", GIT_PYTHON_GIT_EXECUTABLE=program)
    from git import GitCmdObjectDB, Repo

    repo = Repo(git_dir, odbt=GitCmdObjectDB)
    repo.git.update_environment(**environment(path), **_settings(), GIT_DIR=git_dir)
    try:
        yield repo
    finally:
        repo.close()


def _settings() -> dict[str, str]:
    named = {f"GIT_CONFIG_KEY_{number}": key for number, (key, _) in enumerate(GUARDS)}
    valued = {f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in enumerate(GUARDS)}
    return {**named, **valued, "GIT_CONFIG_COUNT": str(len(GUARDS))}
