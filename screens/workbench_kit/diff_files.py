"""The files of a diff as a list: what happened to each, how many lines, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.analysis.diffs import Decisions, Diff, FileDiff, FileStatus
from workbench.analysis.diffs.select import all_of_file
from workbench_kit.diff_paint import STATES
from workbench_kit.line import Line
from workbench_kit.list_view import ListView

LETTERS = {
    FileStatus.MODIFIED: ("M", "warning"),
    FileStatus.ADDED: ("A", "success"),
    FileStatus.DELETED: ("D", "error"),
    FileStatus.RENAMED: ("R", "history"),
    FileStatus.COPIED: ("C", "history"),
    FileStatus.UNMERGED: ("U", "error"),
}
"""Git's letter for what happened to a file, and its tone."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the list; ``state`` is a key of ``diff_paint.STATES``."""

    path: str
    status: FileStatus
    added: int
    removed: int
    binary: bool
    state: str


def file_rows(diff: Diff, decisions: Decisions | None = None) -> list[FileRow]:
    """The rows for ``diff`` with what was decided so far."""

    def state(number: int) -> str:
        return decisions.of(all_of_file(diff, number)) if decisions and decisions != Decisions() else "undecided"

    return [_row(file, state(number)) for number, file in enumerate(diff.files)]


def _row(file: FileDiff, state: str) -> FileRow:
    return FileRow(file.path, file.status, file.added, file.removed, bool(file.binary), state)


def file_lines(row: FileRow, width: int) -> list[Line]:
    """The line of one file."""
    counts = (("binary", "muted"),) if row.binary else ((f"+{row.added}", "success"), (f" −{row.removed}", "error"))
    letter, tone = LETTERS[row.status]
    return [Line(((f"{letter} ", tone), (row.path, "")), counts, (STATES[row.state], (" ", "")))]


class DiffFiles(ListView[FileRow]):
    """The list itself: keys are paths, for ``DiffView.go``; ``update(file_rows(diff, decisions))`` fills it."""

    def __init__(self, *, caption: str = "", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(lambda row: row.path, file_lines, judges=True, caption=caption, id=id, classes=classes)
