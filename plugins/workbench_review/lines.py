"""Where a line of another version of a file stands today. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


def mapped(before: Sequence[str], today: Sequence[str], line: int) -> tuple[int, bool]:
    """The line of ``today`` for ``line`` (from 1) of ``before``, and whether it is unchanged.

    A line that was only moved in or out is found; one that was rewritten leads to what stands in its place; (0, False)
    where nothing does.
    """
    at = line - 1
    then, now = ([each.strip() for each in lines] for lines in (before, today))
    for kind, start, end, other, other_end in SequenceMatcher(None, then, now, autojunk=False).get_opcodes():
        if not start <= at < end:
            continue
        if kind == "equal":
            return other + at - start + 1, before[at] == today[other + at - start]
        return (min(other + at - start, other_end - 1) + 1, False) if kind == "replace" else (0, False)
    return 0, False


def hunk_line(hunk: str, today: Sequence[str], line: int) -> tuple[int, bool]:
    """The same by the text at the end of a diff hunk, which is what the comment was written on: the place of it nearest
    to ``line``."""
    rows = hunk.splitlines()
    text = rows[-1][1:] if rows and rows[-1][:1] in ("+", " ", "-") else ""
    places = [at for at, each in enumerate(today, 1) if each.strip() == text.strip()] if text.strip() else []
    nearest = min(places, key=lambda at: (today[at - 1] != text, abs(at - line)), default=0)
    return nearest, bool(nearest) and today[nearest - 1] == text
