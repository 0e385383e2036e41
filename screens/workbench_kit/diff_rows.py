"""The rows of a diff on screen, unified or side by side: what stands where, before any of it is painted."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Literal, NamedTuple

from workbench.analysis.diffs import Diff, FileDiff, FileStatus, Hunk, rows_of
from workbench.analysis.diffs.model import ADDED, CONTEXT, REMOVED
from workbench_kit.line import chopped
from workbench_kit.text import TAB, plain, width_of

Kind = Literal["blank", "file", "note", "gap", "line"]


class DiffRow(NamedTuple):
    """One row. ``left`` and ``right`` are lines of the hunk by number, the same one in a unified row and in context."""

    kind: Kind
    file: int
    hunk: int = -1
    left: int | None = None
    right: int | None = None


def rows_of_file(diff: Diff, number: int, split: bool) -> Iterator[DiffRow]:
    """The rows of one file: its name, what is said of it as a whole, and its hunks with the gaps between them."""
    file = diff.files[number]
    if number:
        yield DiffRow("blank", number)
    yield DiffRow("file", number)
    if notes_of(file):
        yield DiffRow("note", number)
    below = 1
    for at, hunk in enumerate(file.hunks):
        if hunk.old_start > below or at:
            yield DiffRow("gap", number, at)
        below = hunk.old_start + hunk.old_count
        if split:
            for row in rows_of(hunk):
                yield DiffRow("line", number, at, row.left, row.right)
        else:
            for line in range(len(hunk.lines)):
                yield DiffRow("line", number, at, line, line)


def notes_of(file: FileDiff) -> str:
    """What happened to a file beside its lines, in words; "" when nothing did."""
    said: list[str] = []
    if file.status is FileStatus.UNMERGED:
        said.append("merge conflicts: settle them first")
    elif file.status in (FileStatus.ADDED, FileStatus.DELETED):
        kind = {"120000": "symbolic link", "160000": "submodule"}.get(file.new_mode or file.old_mode, "file")
        said.append(f"{'new' if file.status is FileStatus.ADDED else 'deleted'} {kind}")
        if not file.hunks and not file.binary:
            said.append("empty")
    elif file.status is not FileStatus.MODIFIED:
        said.append(f"{file.status.value} from {file.old_path}")
    if file.mode_changed:
        said.append(f"mode {file.old_mode} → {file.new_mode}")
    if file.binary:
        said.append("binary" if len(file.binary) > 1 else "binary, content not in this diff")
    return " · ".join(said)


def gap_before(file: FileDiff, number: int) -> int:
    """How many lines of the old side are not shown between a hunk and the one before it."""
    hunk = file.hunks[number]
    before = file.hunks[number - 1] if number else None
    end = before.old_start + before.old_count if before else 1
    return max(0, hunk.old_start + (hunk.old_count == 0) - end - (before is not None and before.old_count == 0))


class Sides:
    """Both sides of one hunk: the numbers of its lines, and which line of a side a line of the hunk is."""

    def __init__(self, hunk: Hunk) -> None:
        self.numbers = [(old, new) for old, new, _ in hunk.numbered()]
        self.old = [line.text for line in hunk.lines if line.sign != ADDED]
        self.new = [line.text for line in hunk.lines if line.sign != REMOVED]
        first_old, first_new = self.numbers[0] if self.numbers else (0, 0)
        self.places = [(old - first_old, new - first_new) for old, new in self.numbers]


def distance(row: DiffRow, hunk: Hunk, sides: Sides, line: int, old: bool) -> int:
    """How far ``row`` is from a line of the new side (or old); a removed line is a little farther from the new one."""
    at = row.left if old else row.right
    if at is None:
        return 1 << 29
    return 2 * abs(sides.numbers[at][not old] - line) + (hunk.lines[at].sign == REMOVED and not old)


def is_change(row: DiffRow, file: FileDiff) -> bool:
    """Whether a line of a hunk is one that it changes, and no context."""
    at = row.left if row.left is not None else row.right
    return row.left != row.right or (at is not None and file.hunks[row.hunk].lines[at].sign != CONTEXT)


class RowMaker:
    """Makes the rows of a whole diff, a slice at a time; ``hunk_rows`` and ``file_rows`` say where each begins, and
    ``change_rows`` where the first line stands that a hunk changes."""

    def __init__(self, diff: Diff, split: bool) -> None:
        self.diff = diff
        self.split = split
        self.rows: list[DiffRow] = []
        self.hunk_rows: list[int] = []
        self.change_rows: list[int] = []
        self.file_rows: list[int] = []
        self.widest = 0
        self._until = 0.0
        self._rest = self._make()

    def more(self, seconds: float) -> bool:
        """Make rows for about so long; False when all are there."""
        self._until = monotonic() + seconds
        return next(self._rest, False)

    def _make(self) -> Iterator[bool]:
        for number, file in enumerate(self.diff.files):
            self.file_rows.append(len(self.rows) + bool(number))
            shown = -1
            for row in rows_of_file(self.diff, number, self.split):
                if row.kind == "line" and row.hunk != shown:
                    shown = row.hunk
                    self.hunk_rows.append(len(self.rows))
                if len(self.change_rows) < len(self.hunk_rows) and is_change(row, file):
                    self.change_rows.append(len(self.rows))
                self.rows.append(row)
                if not len(self.rows) % 100 and monotonic() > self._until:
                    yield True
            lengths = (len(line.text) + TAB * line.text.count("\t") for hunk in file.hunks for line in hunk.lines)
            self.widest = max(self.widest, max(lengths, default=0))


def height_of(row: DiffRow, hunk: Hunk, room: int) -> int:
    """Lines that ``row`` takes when long ones are wrapped to ``room`` cells."""
    return max(_lines_of(hunk.lines[at].text, room) for at in (row.left, row.right) if at is not None)


def _lines_of(text: str, room: int) -> int:
    if text.isascii() and text.isprintable():
        return max(1, -(-len(text) // room))
    shown = plain(text.removesuffix("\r"))
    return 1 if width_of(shown) <= room else sum(1 for _ in chopped(((shown, ""),), room))
