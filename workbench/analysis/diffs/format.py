"""From the values of a diff to its text, as git writes it with its default settings."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.diffs.model import Diff, FileDiff, FileStatus, Hunk
from workbench.analysis.diffs.quoting import quoted
from workbench.analysis.quantity import quantity

NO_NEWLINE = "\\ No newline at end of file"


def format_diff(diff: Diff) -> str:
    """The text of ``diff``; what :func:`~workbench.analysis.diffs.parse.parse_diff` read of git comes back the same."""
    return "".join(f"{line}\n" for file in diff.files for line in format_file(file))


def format_file(file: FileDiff) -> Iterator[str]:
    """The lines of one file's change."""
    if file.status is FileStatus.UNMERGED:
        yield f"* Unmerged path {quoted(file.path)}"
        return
    old, new = quoted(f"a/{file.old_path}"), quoted(f"b/{file.new_path}")
    yield f"diff --git {old} {new}"
    yield from _extended(file)
    yield from file.binary
    if file.hunks:
        yield f"--- {'/dev/null' if file.status is FileStatus.ADDED else _tabbed(old)}"
        yield f"+++ {'/dev/null' if file.status is FileStatus.DELETED else _tabbed(new)}"
    for hunk in file.hunks:
        yield from format_hunk(hunk)


def _tabbed(name: str) -> str:
    """A tab after a name with a space keeps readers from taking what follows for part of it."""
    return f"{name}\t" if " " in name else name


def _extended(file: FileDiff) -> Iterator[str]:
    if file.status is FileStatus.ADDED:
        yield f"new file mode {file.new_mode or '100644'}"
    elif file.status is FileStatus.DELETED:
        yield f"deleted file mode {file.old_mode or '100644'}"
    elif file.mode_changed:
        yield f"old mode {file.old_mode}"
        yield f"new mode {file.new_mode}"
    if file.status in (FileStatus.RENAMED, FileStatus.COPIED):
        verb = "rename" if file.status is FileStatus.RENAMED else "copy"
        yield f"similarity index {100 if file.similarity is None else file.similarity}%"
        yield f"{verb} from {quoted(file.old_path)}"
        yield f"{verb} to {quoted(file.new_path)}"
    if file.old_id:
        kept = file.old_mode if file.old_mode == file.new_mode else ""
        yield f"index {file.old_id}..{file.new_id}" + (f" {kept}" if kept else "")


def format_hunk(hunk: Hunk) -> Iterator[str]:
    """The lines of one hunk, its ``@@`` line first."""
    section = f" {hunk.section}" if hunk.section else ""
    yield f"@@ -{_range(hunk.old_start, hunk.old_count)} +{_range(hunk.new_start, hunk.new_count)} @@{section}"
    for line in hunk.lines:
        yield line.sign + line.text
        if not line.newline:
            yield NO_NEWLINE


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"


def size(diff: Diff) -> str:
    """How much it changes: ``2 files +6 −2``."""
    files = quantity(len(diff.files), "file")
    return f"{files} +{sum(file.added for file in diff.files)} −{sum(file.removed for file in diff.files)}"
