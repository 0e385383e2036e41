"""A file of the working tree as a value: read, compared, written; and which paths a change may touch at all."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from workbench.case.errors import ToldError


class RefusedError(ToldError):
    """A change was not made; the message says why and nothing was touched."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What stands at a path: the bytes of a file, or the target of a symbolic link. ``perm`` holds permission bits."""

    data: bytes
    link: bool = False
    perm: int = 0o644

    def same_as(self, other: FileState | None) -> bool:
        """Whether git would see no difference: content, kind and the executable bit."""
        return (
            other is not None
            and (self.data, self.link) == (other.data, other.link)
            and (self.link or bool(self.perm & 0o100) == bool(other.perm & 0o100))
        )


def same(first: FileState | None, second: FileState | None) -> bool:
    """Whether two states, None where there is no file, are the same to git."""
    return first.same_as(second) if first else second is None


def checked_path(root: Path, path: str) -> Path:
    """The absolute path of ``path`` in ``root``. Raises RefusedError where a change must not write.

    That is outside the repository, in its ``.git`` (under any spelling a file system may take for it), and beyond a
    symbolic link.
    """
    parts = path.split("/")
    if not path or "\0" in path or path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise RefusedError(f"{path!r} is not a path within the repository")
    if any(part.rstrip(". ").lower() in (".git", "git~1") for part in parts):
        raise RefusedError(f"{path} is git's own")
    place = root
    for part in parts[:-1]:
        place = place / part
        if place.is_symlink():
            raise RefusedError(f"{path} is beyond a symbolic link")
    return place / parts[-1]


def read_state(root: Path, path: str) -> FileState | None:
    """What stands at ``path`` now, None when nothing or a folder does. Raises RefusedError for sockets and the like."""
    place = checked_path(root, path)
    try:
        found = place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISDIR(found.st_mode):
        return None
    if stat.S_ISLNK(found.st_mode):
        return FileState(os.fsencode(place.readlink()), link=True)
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(f"{path} is neither a file nor a symbolic link")
    try:
        return FileState(place.read_bytes(), perm=stat.S_IMODE(found.st_mode))
    except PermissionError as error:
        raise RefusedError(f"{path} cannot be read") from error


def write_state(place: Path, state: FileState) -> None:
    """Make ``place``, which must not exist, what ``state`` says, on disk when this returns."""
    if state.link:
        place.symlink_to(os.fsdecode(state.data))
        return
    with place.open("xb") as file:
        file.write(state.data)
        file.flush()
        os.fchmod(file.fileno(), state.perm)
        os.fsync(file.fileno())
