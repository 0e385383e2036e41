"""Applying a change to the content of a file: all of it or nothing, and only where the context is found."""

from __future__ import annotations

import hashlib

from workbench.analysis.diffs.binary import apply_binary
from workbench.analysis.diffs.model import ADDED, CONTEXT, REMOVED, DiffError, FileDiff, FileStatus, Hunk, encode_diff


class ConflictError(Exception):
    """A change does not fit the content: ``path``, ``line`` (1-based, of the old side) and the reason."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


def apply_file(content: bytes | None, file: FileDiff) -> bytes | None:
    """The new content of a file that has ``content`` (None: it is not there); None when the change deletes it.

    As with ``git apply`` a hunk may have moved, but every line of its context must be there; a hunk with less context
    after than before it fits only at the end when it has moved. In a file whose lines all end in CRLF a patch without
    carriage returns is taken to mean them. Raises ConflictError.
    """
    if file.status is FileStatus.UNMERGED:
        raise ConflictError(file.path, 0, "the file has merge conflicts")
    if file.status is FileStatus.ADDED:
        if content is not None:
            raise ConflictError(file.path, 0, "the file is there already")
        content = b""
    elif content is None:
        raise ConflictError(file.old_path, 0, "the file is not there")
    made = _binary(content, file) if file.binary else _text(content, file)
    if file.status is not FileStatus.DELETED:
        return made
    if made:
        raise ConflictError(file.path, 1, "the file has more content than the patch deletes")
    return None


def _binary(content: bytes, file: FileDiff) -> bytes:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    known = file.old_id if len(file.old_id) <= 40 else ""
    if known.strip("0") and not blob.startswith(known):
        raise ConflictError(file.path, 0, "the binary file is not the one that the patch was made for")
    try:
        return apply_binary(content, file.binary)
    except DiffError as error:
        raise ConflictError(file.path, 0, str(error)) from error


def _text(content: bytes, file: FileDiff) -> bytes:
    lines = content.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    crlf = _needs_crlf(lines, file)
    made: list[bytes] = []
    done = shift = 0
    for hunk in file.hunks:
        old = [_bytes(line.text, line.newline, crlf) for line in hunk.lines if line.sign != ADDED]
        wanted = hunk.old_start - (hunk.old_count > 0) + shift
        at = _find(lines, old, wanted, done, hunk)
        if at is None:
            raise ConflictError(file.path, hunk.old_start, "the lines that the hunk changes are not there")
        shift += at - wanted
        made += lines[done:at]
        for line in hunk.lines:
            if line.sign != REMOVED:
                made.append(_bytes(line.text, line.newline, crlf))
        done = at + len(old)
    return b"".join([*made, *lines[done:]])


def _bytes(text: str, newline: bool, crlf: bool) -> bytes:
    data = encode_diff(text)
    return data + (b"\r\n" if crlf else b"\n") if newline else data


def _needs_crlf(lines: list[bytes], file: FileDiff) -> bool:
    """Whether the file has CRLF everywhere and the patch nowhere."""
    ended = [line for line in lines if line.endswith(b"\n")]
    if not ended or not all(line.endswith(b"\r\n") for line in ended):
        return False
    return not any(line.text.endswith("\r") for hunk in file.hunks for line in hunk.lines)


def _find(lines: list[bytes], old: list[bytes], wanted: int, done: int, hunk: Hunk) -> int | None:
    """Where ``old`` stands in ``lines`` at or after ``done``: as near to ``wanted`` as there is."""
    last = len(lines) - len(old)
    if done <= wanted <= last and lines[wanted : wanted + len(old)] == old:
        return wanted
    if not old:
        return None
    if hunk.lines[-1].sign != CONTEXT:
        places = [last]
    elif hunk.lines[0].sign != CONTEXT and hunk.old_start <= 1:
        places = [0]
    else:
        places = sorted(range(done, last + 1), key=lambda at: abs(at - wanted))
    return next((at for at in places if at >= done and lines[at : at + len(old)] == old), None)
