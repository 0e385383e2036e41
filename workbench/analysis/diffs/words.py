"""What changed within a line: the words that differ between a removed line and the added one beside it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from workbench.analysis.diffs.ends import common_ends

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
_NAME = re.compile(r"\w+")
LONGEST = 1000
"""Characters of a line above which no words are compared."""
ALIKE = 0.5
"""Share of common text below which the lines are two different lines, not one that changed."""

Spans = tuple[tuple[int, int], ...]
"""From, to (exclusive) in characters."""


def words_of(line: str) -> frozenset[str]:
    """The different words of a line; its signs where it has no words."""
    return frozenset(_NAME.findall(line) or line.split())


def likeness(old: frozenset[str], new: frozenset[str]) -> float:
    """How much of two lines is common, 0..1: twice the words in both over the words of each."""
    if not old and not new:
        return 1.0
    return 2 * len(old & new) / (len(old) + len(new))


def changed_words(old: str, new: str) -> tuple[Spans, Spans]:
    """The spans of both lines that are not in the other; none when the lines have too little in common."""
    if max(len(old), len(new)) > LONGEST:
        return (), ()
    first, second = _WORD.findall(old), _WORD.findall(new)
    head, tail = common_ends(first, second)
    ends = len(first) - tail, len(second) - tail
    blocks = [(0, 0, head)]
    if head < min(ends):
        matcher = SequenceMatcher(None, first[head : ends[0]], second[head : ends[1]], autojunk=False)
        blocks += [(a + head, b + head, size) for a, b, size in matcher.get_matching_blocks() if size]
    blocks.append((*ends, tail))
    same = sum(len(word) for a, _, size in blocks for word in first[a : a + size])
    if 2 * same < ALIKE * (len(old) + len(new)):
        return (), ()
    return _gaps(first, [(a, size) for a, _, size in blocks]), _gaps(second, [(b, size) for _, b, size in blocks])


def _gaps(words: list[str], blocks: list[tuple[int, int]]) -> Spans:
    """The stretches of characters between matching blocks."""
    spans: list[tuple[int, int]] = []
    at = column = 0
    for start, size in blocks:
        length = sum(map(len, words[at:start]))
        if length:
            spans.append((column, column + length))
        column += length + sum(map(len, words[start : start + size]))
        at = start + size
    return _merged("".join(words), spans)


def _merged(text: str, spans: list[tuple[int, int]]) -> Spans:
    """``spans`` without the gaps of a single space, and without the indent where more than it changed."""
    indent = len(text) - len(text.lstrip())
    merged: list[tuple[int, int]] = []
    for low, high in spans:
        if low < indent and (high > indent or len(spans) > 1):
            low = indent
        if low >= high:
            continue
        if merged and text[merged[-1][1] : low] in ("", " "):
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)
