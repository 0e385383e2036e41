"""What changed within a line: the words that differ between a removed line and the added one beside it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
LONGEST = 1000
"""Characters of a line above which no words are compared."""
ALIKE = 0.4
"""Share of common text below which the lines are two different lines, not one that changed."""

Spans = tuple[tuple[int, int], ...]
"""From, to (exclusive) in characters."""


def likeness(old: str, new: str) -> float:
    """How much of two lines is common, 0..1: twice the common words over all words, white space aside."""
    first, second = set(_WORD.findall(old.strip())), set(_WORD.findall(new.strip()))
    first.discard(" ")
    second.discard(" ")
    if not first and not second:
        return 1.0 if old.strip() == new.strip() else 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def changed_words(old: str, new: str) -> tuple[Spans, Spans]:
    """The spans of both lines that are not in the other; none when the lines have too little in common."""
    if max(len(old), len(new)) > LONGEST:
        return (), ()
    first, second = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    blocks = matcher.get_matching_blocks()
    same = sum(len(first[at]) for block in blocks for at in range(block.a, block.a + block.size))
    if 2 * same < ALIKE * (len(old) + len(new)):
        return (), ()
    return _gaps(first, [(b.a, b.size) for b in blocks]), _gaps(second, [(b.b, b.size) for b in blocks])


def _gaps(words: list[str], blocks: list[tuple[int, int]]) -> Spans:
    """The stretches of characters between matching blocks; a lone space between two of them is bridged."""
    spans: list[tuple[int, int]] = []
    at = column = 0
    for start, size in blocks:
        length = sum(map(len, words[at:start]))
        if length:
            spans.append((column, column + length))
        kept = words[start : start + size]
        column += length + sum(map(len, kept))
        at = start + size
    text = "".join(words)
    merged: list[tuple[int, int]] = []
    for low, high in spans:
        if merged and text[merged[-1][1] : low] in ("", " "):
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)
