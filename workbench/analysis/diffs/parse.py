"""From the text of a unified diff to its values: git's extended headers, and plain ``---``/``+++`` diffs of others."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.analysis.diffs.model import (
    ADDED,
    CONTEXT,
    REMOVED,
    Diff,
    DiffError,
    FileDiff,
    FileStatus,
    Hunk,
    Line,
    decode_diff,
)
from workbench.analysis.diffs.quoting import names_of, stripped, unquoted

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)", re.DOTALL)
_INDEX = re.compile(r"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: (\d+))?$")
_UNMERGED = "* Unmerged path"
_CONFLICT = re.compile(r"(diff --cc|diff --combined|\* Unmerged path) (.+)$")
_NULL = "/dev/null"
_Take = Callable[["_Draft", str], None]


@dataclass
class _Draft:
    """A file while its lines are read."""

    old: str = ""
    new: str = ""
    status: FileStatus = FileStatus.MODIFIED
    old_mode: str = ""
    new_mode: str = ""
    old_id: str = ""
    new_id: str = ""
    similarity: int | None = None
    binary: list[str] = field(default_factory=list)
    hunks: list[Hunk] = field(default_factory=list)

    def done(self) -> FileDiff:
        return FileDiff(
            self.old or self.new,
            self.new or self.old,
            self.status,
            tuple(self.hunks),
            self.old_mode,
            self.new_mode,
            self.old_id,
            self.new_id,
            self.similarity,
            tuple(self.binary),
        )


def parsed(patch: bytes) -> list[Diff]:
    """For a worker: the diff that git wrote. Raises as :func:`parse_diff` does."""
    return [parse_diff(decode_diff(patch))]


def parse_diff(text: str) -> Diff:
    """The files of ``text``, decoded by :func:`~workbench.analysis.diffs.model.decode_diff`.

    What stands before the first file (a commit's message) is skipped; a file with conflicts gives its name and no
    hunks. Raises DiffError for a hunk that is cut short or has a line without a sign.
    """
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    files: list[_Draft] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("diff --git "):
            old, new = names_of(line[11:])
            files.append(_Draft(old, new))
            at = _header(lines, at + 1, files[-1])
        elif match := _CONFLICT.match(line):
            files.append(_Draft(unquoted(match[2]), unquoted(match[2]), FileStatus.UNMERGED))
            at += 1
            while match[1] != _UNMERGED and at < len(lines) and not lines[at].startswith("diff --"):
                at += 1
        elif line.startswith("--- ") and at + 2 < len(lines) and lines[at + 1].startswith("+++ "):
            files.append(_Draft())
            at = _header(lines, at, files[-1])
        elif line.startswith("@@ -") and files and files[-1].status is not FileStatus.UNMERGED:
            hunk, at = _hunk(lines, at)
            files[-1].hunks.append(hunk)
        else:
            at += 1
    return Diff(tuple(file.done() for file in files))


def _header(lines: list[str], at: int, file: _Draft) -> int:
    """Read extended headers, names and a binary patch from line ``at`` on; the line after them."""
    while at < len(lines):
        line = lines[at]
        if line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ "):
            _names(file, line[4:], lines[at + 1][4:])
            return at + 2
        if line.startswith("Binary files ") or line == "GIT binary patch":
            return _binary(lines, at, file)
        if not _extended(line, file):
            return at
        at += 1
    return at


def _names(file: _Draft, old: str, new: str) -> None:
    old_path, new_path = _name(old), _name(new)
    if old_path == _NULL:
        file.status, file.new = FileStatus.ADDED, new_path
        file.old = new_path
    elif new_path == _NULL:
        file.status, file.old = FileStatus.DELETED, old_path
        file.new = old_path
    else:
        file.old, file.new = old_path, new_path


def _name(text: str) -> str:
    """The path of a ``---`` or ``+++`` line; a tab ends it (git puts one after names with spaces, others a time)."""
    if text.startswith('"'):
        text = text.rstrip("\t\r")
    else:
        text = text.partition("\t")[0].removesuffix("\r")
    return text if text == _NULL else stripped(unquoted(text))


def _extended(line: str, file: _Draft) -> bool:
    """Take one extended header; False when ``line`` is none."""
    if match := _INDEX.match(line):
        file.old_id, file.new_id = match[1], match[2]
        if match[3]:
            file.old_mode = file.new_mode = match[3]
        return True
    for start, take in _HEADERS:
        if line.startswith(start):
            take(file, line[len(start) :])
            return True
    return False


def _set(name: str, status: FileStatus | None = None) -> _Take:
    def take(file: _Draft, value: str) -> None:
        setattr(file, name, unquoted(value) if name in ("old", "new") else value)
        file.status = status or file.status

    return take


def _percent(file: _Draft, value: str) -> None:
    file.similarity = int(value.rstrip("%")) if value.rstrip("%").isdigit() else None


_HEADERS: tuple[tuple[str, _Take], ...] = (
    ("old mode ", _set("old_mode")),
    ("new mode ", _set("new_mode")),
    ("deleted file mode ", _set("old_mode", FileStatus.DELETED)),
    ("new file mode ", _set("new_mode", FileStatus.ADDED)),
    ("rename from ", _set("old", FileStatus.RENAMED)),
    ("rename to ", _set("new", FileStatus.RENAMED)),
    ("copy from ", _set("old", FileStatus.COPIED)),
    ("copy to ", _set("new", FileStatus.COPIED)),
    ("similarity index ", _percent),
    ("dissimilarity index ", _percent),
)


def _binary(lines: list[str], at: int, file: _Draft) -> int:
    """Keep git's lines of a binary change; the line after them."""
    if lines[at] != "GIT binary patch":
        file.binary = [lines[at]]
        return at + 1
    start, at = at, at + 1
    while at < len(lines) and not lines[at].startswith("diff --"):
        at += 1
    file.binary = lines[start:at]
    return at


def _hunk(lines: list[str], at: int) -> tuple[Hunk, int]:
    """The hunk whose ``@@`` line is at ``at``, and the line after it."""
    match = _HUNK.match(lines[at])
    if match is None:
        raise DiffError(f"line {at + 1}: not a hunk header")
    start = at
    old_left, new_left = int(match[2] or 1), int(match[4] or 1)
    body: list[Line] = []
    at += 1
    while at < len(lines) and (old_left > 0 or new_left > 0):
        line = lines[at]
        sign = line[:1] or CONTEXT
        if sign not in (CONTEXT, ADDED, REMOVED):
            if sign != "\\" or not body:
                break
            body[-1] = Line(body[-1].sign, body[-1].text, newline=False)
        else:
            old_left -= sign != ADDED
            new_left -= sign != REMOVED
            body.append(Line(sign, line[1:]))
        at += 1
    if old_left or new_left:
        raise DiffError(f"line {start + 1}: the hunk is cut short at line {at + 1}")
    if at < len(lines) and lines[at].startswith("\\"):
        body[-1] = Line(body[-1].sign, body[-1].text, newline=False)
        at += 1
    return Hunk(int(match[1]), int(match[3]), tuple(body), match[5]), at
