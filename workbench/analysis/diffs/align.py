"""Which removed line stands beside which added one, for the two columns and for what changed within a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workbench.analysis.diffs.model import ADDED, CONTEXT, REMOVED, Hunk
from workbench.analysis.diffs.words import ALIKE, likeness, words_of

MOST = 900
"""Pairs of lines in a block above which they are not compared."""


@dataclass(frozen=True, slots=True)
class Row:
    """Lines of a hunk (by number) that stand side by side; None where a side has nothing.

    ``alike`` says that the right line is the left one changed.
    """

    left: int | None
    right: int | None
    alike: bool = False


def rows_of(hunk: Hunk) -> tuple[Row, ...]:
    """The rows of ``hunk`` side by side, every line of it once, context on both sides."""
    rows: list[Row] = []
    removed: list[int] = []
    added: list[int] = []
    for at, line in enumerate(hunk.lines):
        if line.sign == REMOVED:
            if added:
                rows += _block(hunk, removed, added)
                removed, added = [], []
            removed.append(at)
        elif line.sign == ADDED:
            added.append(at)
        else:
            rows += _block(hunk, removed, added)
            removed, added = [], []
            rows.append(Row(at, at))
    return (*rows, *_block(hunk, removed, added))


def pairs_around(hunk: Hunk, at: int) -> tuple[range, dict[int, int]]:
    """The block of changes that line ``at`` is in, and which of its lines belong together, both ways.

    In a block that is too large to be compared lines belong together by their order.
    """
    start = end = at
    while start and hunk.lines[start - 1].sign != CONTEXT:
        start -= 1
    while end < len(hunk.lines) and hunk.lines[end].sign != CONTEXT:
        end += 1
    removed = [n for n in range(start, end) if hunk.lines[n].sign == REMOVED]
    added = [n for n in range(start, end) if hunk.lines[n].sign == ADDED]
    matches: Iterable[tuple[int, int]] = _matches(hunk, removed, added)
    if len(removed) * len(added) > MOST:
        matches = zip(range(len(removed)), range(len(added)), strict=False)
    pairs = {removed[old]: added[new] for old, new in matches}
    return range(start, end), {**pairs, **{new: old for old, new in pairs.items()}}


def _block(hunk: Hunk, removed: Sequence[int], added: Sequence[int]) -> Iterator[Row]:
    """The rows of one block of changes: like lines side by side, what is between them filled up from the top."""
    left = right = 0
    for first, second in [*_matches(hunk, removed, added), (len(removed), len(added))]:
        for step in range(max(first - left, second - right)):
            yield Row(
                removed[left + step] if left + step < first else None,
                added[right + step] if right + step < second else None,
            )
        if first < len(removed):
            yield Row(removed[first], added[second], alike=True)
        left, right = first + 1, second + 1


def _matches(hunk: Hunk, removed: Sequence[int], added: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers within the block of the lines that belong together: the likest pairs that keep their order."""
    if not removed or not added:
        return []
    if len(removed) * len(added) > MOST:
        return []
    best = [[0.0] * (len(added) + 1) for _ in range(len(removed) + 1)]
    after = [words_of(hunk.lines[new].text) for new in added]
    like = [[likeness(words_of(hunk.lines[old].text), words) for words in after] for old in removed]
    for i in range(len(removed) - 1, -1, -1):
        for j in range(len(added) - 1, -1, -1):
            here = like[i][j] + best[i + 1][j + 1] if like[i][j] >= ALIKE else 0.0
            best[i][j] = max(here, best[i + 1][j], best[i][j + 1])
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(removed) and j < len(added):
        if like[i][j] >= ALIKE and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
