"""A quick change in place: the new side of one hunk as text, and back into its file. Pure."""

from __future__ import annotations

from workbench.analysis.diffs import Hunk
from workbench.analysis.diffs.model import ADDED, REMOVED


def new_lines(hunk: Hunk) -> str:
    """The new side of ``hunk`` as text, without carriage returns."""
    return "\n".join(line.text.removesuffix("\r") for line in hunk.lines if line.sign != REMOVED)


def line_in(hunk: Hunk, line: int) -> int:
    """Where the cursor begins, from 0: at ``line`` of the new side when that was added, else at the first that was."""
    added = [new for _, new, each in hunk.numbered() if each.sign == ADDED]
    wanted = line if line in added or not added else added[0]
    return wanted - hunk.new_start


def with_lines(text: str, hunk: Hunk, lines: str) -> str:
    """``text``, a file as the new side has it, with the lines of ``hunk`` replaced; line ends stay what they were."""
    if lines == new_lines(hunk):
        return text
    all_lines = text.split("\n")
    start = hunk.new_start - 1 if hunk.new_count else hunk.new_start
    old = all_lines[start : start + hunk.new_count]
    end = "\r" if old and all(line.endswith("\r") for line in old) else ""
    made = [f"{line}{end}" for line in lines.split("\n")] if lines else []
    return "\n".join([*all_lines[:start], *made, *all_lines[start + hunk.new_count :]])
