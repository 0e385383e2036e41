"""Which lines of a log are worth searching: patterns are tried on one line of each kind (lines that differ in digits
alone), so that a search costs as much as a log has kinds, not lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress

from workbench.analysis.logs.scan.each import each_of

KINDS = 50_000
"""Kinds that are remembered; beyond, all are forgotten."""
_DIGITS = b"0123456789"


class _Found(dict[bytes, int]):
    """By the key of a line, which of some patterns are found in it: a bit for each."""

    def __init__(self, patterns: Sequence[re.Pattern[bytes]]) -> None:
        super().__init__()
        self._patterns = patterns

    def __missing__(self, key: bytes) -> int:
        bits = sum(1 << at for at, pattern in enumerate(self._patterns) if pattern.search(key))
        self[key] = bits
        return bits


class Likely:
    """Finds lines by ``patterns`` that match no digit: what they find is found in a line without its digits too."""

    def __init__(self, patterns: Sequence[re.Pattern[bytes]]) -> None:
        self._found = _Found(patterns)

    def within(self, chunk: bytes) -> Lines:
        """The lines of ``chunk``."""
        if len(self._found) > KINDS:
            self._found.clear()
        return Lines(chunk, each_of(self._found, chunk.translate(None, _DIGITS).split(b"\n")))


class Lines:
    """The lines of one ``chunk``, with the bits of the patterns that are found in each."""

    def __init__(self, chunk: bytes, bits: Sequence[int]) -> None:
        self.chunk = chunk
        self._bits = bits
        self._ends = [*accumulate(len(line) + 1 for line in chunk.split(b"\n"))] if any(bits) else []

    def of(self, pattern: int) -> Iterator[tuple[int, int]]:
        """Where the lines begin and end in which the pattern of that number is found, or nearly."""
        places = compress(range(len(self._ends)), [bits >> pattern & 1 for bits in self._bits])
        return ((self._ends[at - 1] if at else 0, self._ends[at] - 1) for at in places)
