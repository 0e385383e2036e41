"""Taking part of a diff: whole hunks or single lines of them, as a patch that applies by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from workbench.analysis.diffs.model import (
    ADDED,
    CONTEXT,
    REMOVED,
    Diff,
    FileDiff,
    FileStatus,
    Hunk,
    Line,
    reversed_diff,
)

LineRef = tuple[int, int, int]
"""Number of the file, of the hunk in it, of the line in that; all from 0."""

Verdict = Literal["yes", "no", "undecided"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Changed lines of a diff, and files (by number) whose rename, mode, binary, coming or going is meant too."""

    lines: frozenset[LineRef] = frozenset()
    headers: frozenset[int] = frozenset()

    def __or__(self, other: Selection) -> Selection:
        return Selection(self.lines | other.lines, self.headers | other.headers)

    def __sub__(self, other: Selection) -> Selection:
        return Selection(self.lines - other.lines, self.headers - other.headers)

    def __bool__(self) -> bool:
        return bool(self.lines or self.headers)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What of a diff was accepted and what rejected; the rest is undecided."""

    accepted: Selection = Selection()
    rejected: Selection = Selection()

    def judge(self, verdict: Verdict, part: Selection) -> Decisions:
        """The decisions after ``verdict`` on ``part``."""
        accepted, rejected = self.accepted - part, self.rejected - part
        if verdict == "yes":
            accepted |= part
        elif verdict == "no":
            rejected |= part
        return Decisions(accepted, rejected)

    def of(self, part: Selection) -> Verdict | Literal["mixed"]:
        """What was decided of ``part``; mixed when not the same of all of it."""
        lines, headers = part.lines, part.headers
        if lines <= self.accepted.lines and headers <= self.accepted.headers:
            return "yes"
        if lines <= self.rejected.lines and headers <= self.rejected.headers:
            return "no"
        decided = self.accepted | self.rejected
        return "undecided" if not (lines & decided.lines or headers & decided.headers) else "mixed"


def lines_of_hunk(diff: Diff, file: int, hunk: int) -> Selection:
    """The changed lines of one hunk."""
    lines = diff.files[file].hunks[hunk].lines
    return Selection(frozenset((file, hunk, at) for at, line in enumerate(lines) if line.sign != CONTEXT))


def all_of_file(diff: Diff, file: int) -> Selection:
    """All that changed in one file."""
    of = diff.files[file]
    parts = [lines_of_hunk(diff, file, hunk).lines for hunk in range(len(of.hunks))]
    return Selection(frozenset().union(*parts), frozenset([file] if of.has_header_change else []))


def everything(diff: Diff) -> Selection:
    """All of ``diff``."""
    parts = [all_of_file(diff, file) for file in range(len(diff.files))]
    return Selection(
        frozenset().union(*(part.lines for part in parts)), frozenset().union(*(part.headers for part in parts))
    )


def subset(diff: Diff, accepted: Selection, reverse: bool = False) -> Diff:
    """The part of ``diff`` that ``accepted`` names, as a diff that applies to the old side by itself.

    A line that is not accepted is as if it had not been touched: an added one is left out, a removed one stays as
    context. A new file takes only the accepted lines; a file is deleted only when all its lines are accepted, and
    renamed, copied or given its mode only when its header is. With ``reverse`` the result is to be taken back from
    the new side instead (unstaging), and still reads in the direction of ``diff``.
    """
    if reverse:
        return reversed_diff(subset(reversed_diff(diff), _mirrored(diff, accepted)))
    wanted: dict[int, dict[int, set[int]]] = {}
    for file, hunk, line in accepted.lines:
        wanted.setdefault(file, {}).setdefault(hunk, set()).add(line)
    numbers = sorted(wanted.keys() | accepted.headers)
    parts = (_part(diff.files[n], wanted.get(n, {}), n in accepted.headers) for n in numbers)
    return Diff(tuple(part for part in parts if part is not None))


def _mirrored(diff: Diff, accepted: Selection) -> Selection:
    """``accepted`` of the reversed diff: reversing puts removed lines of a block first again, so lines move."""
    lines: set[LineRef] = set()
    for file, hunk, line in accepted.lines:
        body = diff.files[file].hunks[hunk].lines
        start = end = line
        while start and body[start - 1].sign != CONTEXT:
            start -= 1
        while end < len(body) and body[end].sign != CONTEXT:
            end += 1
        order = sorted(range(start, end), key=lambda at: body[at].sign == REMOVED)
        lines.add((file, hunk, start + order.index(line)))
    return Selection(frozenset(lines), accepted.headers)


def _part(file: FileDiff, wanted: dict[int, set[int]], header: bool) -> FileDiff | None:
    """``file`` with only the ``wanted`` lines (by hunk), or None when nothing is left."""
    total = sum(line.sign != CONTEXT for hunk in file.hunks for line in hunk.lines)
    taken = sum(len(lines) for lines in wanted.values())
    if taken == total and header == file.has_header_change:
        return file
    if file.binary or file.status is FileStatus.UNMERGED:
        return file if header else None
    hunks = _hunks(file.hunks, wanted)
    header = header or (file.status in (FileStatus.ADDED, FileStatus.COPIED) and taken > 0)
    if file.status is FileStatus.DELETED:
        header = total == taken and (header or total > 0)
    if not header:
        if not hunks:
            return None
        return FileDiff(file.old_path, file.old_path, hunks=hunks, old_mode=file.old_mode, new_mode=file.old_mode)
    return replace(file, hunks=hunks, old_id="", new_id="", similarity=file.similarity if hunks == file.hunks else 100)


def _hunks(hunks: Iterable[Hunk], wanted: dict[int, set[int]]) -> tuple[Hunk, ...]:
    made: list[Hunk] = []
    shift = 0
    for number, hunk in enumerate(hunks):
        lines = _kept(hunk.lines, wanted.get(number, set()))
        if all(line.sign == CONTEXT for line in lines):
            continue
        first = hunk.old_start + (hunk.old_count == 0)
        grown = sum(line.sign == ADDED for line in lines) - sum(line.sign == REMOVED for line in lines)
        empty = all(line.sign == REMOVED for line in lines)
        made.append(Hunk(hunk.old_start, first + shift - empty, tuple(lines), hunk.section))
        shift += grown
    return tuple(made)


def _kept(lines: tuple[Line, ...], wanted: set[int]) -> list[Line]:
    """The lines of a hunk with only the ``wanted`` changes.

    In a block of changes, accepted additions come before the removed lines that stay (as if the new text had been
    written in their place), unless an addition before them was left out.
    """
    made: list[Line] = []
    waiting: list[Line] = []
    left_out = False
    for at, line in enumerate(lines):
        if line.sign == CONTEXT or (line.sign == REMOVED and at in wanted):
            made += [*waiting, line]
            waiting, left_out = [], False
        elif line.sign == REMOVED:
            waiting.append(replace(line, sign=CONTEXT))
        elif at not in wanted:
            left_out = True
        else:
            if left_out:
                made += waiting
                waiting = []
            made.append(line)
    return _ended([*made, *waiting])


def _ended(lines: list[Line]) -> list[Line]:
    """``lines`` with line feeds wherever the new side goes on: only its last line may lack one."""
    last = max((at for at, line in enumerate(lines) if line.sign != REMOVED), default=-1)
    made: list[Line] = []
    for at, line in enumerate(lines):
        if line.newline or line.sign == REMOVED or at == last:
            made.append(line)
        elif line.sign == ADDED:
            made.append(replace(line, newline=True))
        else:
            made += [replace(line, sign=REMOVED), Line(ADDED, line.text)]
    return made


def carried(decisions: Decisions, old: Diff, new: Diff) -> Decisions:
    """``decisions`` on ``old`` as decisions on ``new``: another diff of the same change, with more or less context."""
    if not (decisions.accepted or decisions.rejected):
        return Decisions()
    before, after = _places(old), {place: ref for ref, place in _places(new).items()}
    files = {file.path: number for number, file in enumerate(new.files)}

    def moved(part: Selection) -> Selection:
        lines = (after.get(before[ref]) for ref in part.lines)
        headers = (files.get(old.files[file].path) for file in part.headers)
        return Selection(frozenset(x for x in lines if x is not None), frozenset(x for x in headers if x is not None))

    return Decisions(moved(decisions.accepted), moved(decisions.rejected))


def _places(diff: Diff) -> dict[LineRef, tuple[str, str, int]]:
    """Path, sign and line number (of its own side) of every changed line."""
    return {
        (number, at, line_at): (file.path, line.sign, old if line.sign == REMOVED else new)
        for number, file in enumerate(diff.files)
        for at, hunk in enumerate(file.hunks)
        for line_at, (old, new, line) in enumerate(hunk.numbered())
        if line.sign != CONTEXT
    }
