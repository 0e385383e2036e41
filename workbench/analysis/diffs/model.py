"""The value types of a unified diff as git writes it.

Text that is not UTF-8 is carried as surrogate escapes, so that a diff goes through these types byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

CONTEXT, ADDED, REMOVED = " ", "+", "-"
"""The signs of a line."""


class DiffError(ValueError):
    """The text is no diff that this program can read; the message names the line."""


class FileStatus(StrEnum):
    """What happened to a file as a whole; a change of mode is told by the modes."""

    MODIFIED = "modified"
    ADDED = "added"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    UNMERGED = "unmerged"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk, without its line feed; ``newline`` is False where the file ends without one.

    A carriage return before the line feed stays in ``text``.
    """

    sign: str
    text: str
    newline: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that changed, with their context. Starts are as git writes them: the line before when a side is empty."""

    old_start: int
    new_start: int
    lines: tuple[Line, ...]
    section: str = ""

    @property
    def old_count(self) -> int:
        """Lines of the old side."""
        return sum(line.sign != ADDED for line in self.lines)

    @property
    def new_count(self) -> int:
        """Lines of the new side."""
        return sum(line.sign != REMOVED for line in self.lines)

    def numbered(self) -> Iterator[tuple[int, int, Line]]:
        """Each line with the 1-based numbers that the next line of either side has; the sign says which are its own."""
        old = self.old_start if self.old_count else self.old_start + 1
        new = self.new_start if self.new_count else self.new_start + 1
        for line in self.lines:
            yield old, new, line
            old += line.sign != ADDED
            new += line.sign != REMOVED


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What happened to one file. Paths are repository-relative and the same unless it was renamed or copied.

    Modes are git's ("100644"), "" where not known or not there; ``old_id`` and ``new_id`` are blob ids, shortened as
    git wrote them. ``binary`` holds git's lines for a binary change: a patch, or only the remark that it differs.
    """

    old_path: str
    new_path: str
    status: FileStatus = FileStatus.MODIFIED
    hunks: tuple[Hunk, ...] = ()
    old_mode: str = ""
    new_mode: str = ""
    old_id: str = ""
    new_id: str = ""
    similarity: int | None = None
    binary: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where the file is now, or was before it was deleted."""
        return self.new_path

    @property
    def added(self) -> int:
        """How many lines were added."""
        return sum(line.sign == ADDED for hunk in self.hunks for line in hunk.lines)

    @property
    def removed(self) -> int:
        """How many lines were removed."""
        return sum(line.sign == REMOVED for hunk in self.hunks for line in hunk.lines)

    @property
    def mode_changed(self) -> bool:
        """Whether the mode changed on a file that was there before and after."""
        return bool(self.old_mode and self.new_mode) and self.old_mode != self.new_mode

    @property
    def has_header_change(self) -> bool:
        """Whether there is something to accept beside lines: a rename, mode, binary, or a file that came or went."""
        return self.status is not FileStatus.MODIFIED or self.mode_changed or bool(self.binary)


@dataclass(frozen=True, slots=True)
class Diff:
    """The files of a diff in its order."""

    files: tuple[FileDiff, ...] = ()


def decode_diff(data: bytes) -> str:
    """What git wrote, as text that :func:`encode_diff` turns back into the same bytes."""
    return data.decode("utf-8", "surrogateescape")


def encode_diff(text: str) -> bytes:
    """The bytes of a diff's text."""
    return text.encode("utf-8", "surrogateescape")


def reversed_diff(diff: Diff) -> Diff:
    """The diff that takes ``diff`` back. A copy becomes a deletion without lines, which no text patch can say."""
    return Diff(tuple(reversed_file(file) for file in diff.files))


_BACK = {FileStatus.ADDED: FileStatus.DELETED, FileStatus.DELETED: FileStatus.ADDED}
_SIGNS = {CONTEXT: CONTEXT, ADDED: REMOVED, REMOVED: ADDED}


def reversed_file(file: FileDiff) -> FileDiff:
    """The change of one file taken back; a binary patch is turned round when it holds both directions."""
    return replace(
        file,
        old_path=file.new_path,
        new_path=file.old_path,
        status=_BACK.get(file.status, file.status),
        hunks=tuple(_reversed_hunk(hunk) for hunk in file.hunks),
        old_mode=file.new_mode,
        new_mode=file.old_mode,
        old_id=file.new_id,
        new_id=file.old_id,
        binary=_reversed_binary(file.binary),
    )


def _reversed_hunk(hunk: Hunk) -> Hunk:
    lines: list[Line] = []
    block: list[Line] = []
    for line in (*hunk.lines, None):
        if line is not None and line.sign != CONTEXT:
            block.append(replace(line, sign=_SIGNS[line.sign]))
            continue
        lines += sorted(block, key=lambda changed: changed.sign == ADDED)
        block = []
        if line is not None:
            lines.append(line)
    return Hunk(hunk.new_start, hunk.old_start, tuple(lines), hunk.section)


def _reversed_binary(lines: tuple[str, ...]) -> tuple[str, ...]:
    if not lines or lines[0] != "GIT binary patch":
        return lines
    body = lines[1:]
    middle = body.index("") + 1 if "" in body else len(body)
    return (lines[0], *body[middle:], *body[:middle])
