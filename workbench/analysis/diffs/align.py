"""Which removed line stands beside which added one, for the two columns and for what changed within a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.analysis.diffs.model import ADDED, REMOVED, Hunk
from workbench.analysis.diffs.words import ALIKE, likeness

MOST = 900
"""Pairs of lines in a block above which they are matched by their order alone."""


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


def pairs_of(hunk: Hunk) -> dict[int, int]:
    """Removed line to the added line it became, and back."""
    pairs = {row.left: row.right for row in rows_of(hunk) if row.alike}
    both = {**pairs, **{right: left for left, right in pairs.items()}}
    return {left: right for left, right in both.items() if left is not None and right is not None}


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
    texts = [line.text for line in hunk.lines]
    if len(removed) * len(added) > MOST:
        pairs = enumerate(zip(removed, added, strict=False))
        return [(at, at) for at, (old, new) in pairs if likeness(texts[old], texts[new]) >= ALIKE]
    best = [[0.0] * (len(added) + 1) for _ in range(len(removed) + 1)]
    like = [[likeness(texts[old], texts[new]) for new in added] for old in removed]
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
