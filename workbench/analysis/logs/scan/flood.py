"""Logs in which every line is of a kind of its own: tokens, random words. Lines are then told apart by common words.

What is no warning, no error and no part of a traceback is taken together so. Warnings and errors are read one by one
until LOUDEST of them were, then those without a traceback are taken together too; the frames of tracebacks never are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from workbench.analysis.logs.levels import LOUD
from workbench.analysis.logs.miner.mask import VAR
from workbench.analysis.logs.scan.kinds import ERROR, GOES_ON, PLAIN, Kind

NEW = 0.3
"""Share of the lines of a chunk that are of new kinds, from which on the chunk is a flood."""
LEAST = 50
FEW = 2500
"""Kinds that must be known before a flood can begin."""
FEW_UNLIKE = 500
"""The same where few lines of the sample were alike."""
COMMON = 0.005
"""Share of the lines that a word must stand in to be common."""
WAIT = 3
"""Chunks in a row that must be floods."""
LOUDEST = 3000
"""Warnings and errors of kinds of their own that are read before they are taken together as well."""

_TELLING = re.compile(
    rb"Traceback|File \"|\tat |  at |Exception|Exit|Group|Failure|Timeout|goroutine|backtrace|ERR|WARN|CRIT|FATAL"
    rb"|SEVERE|EMERG|ALERT|PANIC|rror|arning|ritical|atal|anic"
)
"""What a line that tells of an error has in it."""
_MARK = b"!"


class Flood:
    """Whether it is a flood, and the kind of a new line in it. ``drop`` are the bytes that keys leave out; ``few``
    kinds are known before it begins."""

    def __init__(self, drop: bytes, few: int = FEW) -> None:
        self._drop = drop
        self._few = few
        self._chunks = 0
        self._lines = 0
        self._counts: Counter[bytes] = Counter()
        self._common: frozenset[bytes] = frozenset()
        self._kinds: dict[tuple[bytes, ...], int] = {}
        self._read = 0

    def rises(self, new: Collection[bytes], lines: int, known: int) -> bool:
        """Whether a chunk of ``lines`` with these ``new`` keys is of a flood; its common words are learned.

        It never is while only few kinds are ``known``: any log is new at first.
        """
        if known < self._few or len(new) < LEAST or len(new) < lines * NEW:
            self._chunks = 0
            return False
        self._chunks += 1
        if self._chunks <= WAIT:
            for key in new:
                self._counts.update(set(key.split()))
            self._lines += len(new)
        if self._chunks == WAIT:
            least = max(3, self._lines * COMMON)
            self._common = frozenset(word for word, count in self._counts.items() if count >= least)
            self._counts.clear()
            self._kinds.clear()
        return self._chunks >= WAIT

    def find(self, key: bytes, line: bytes) -> tuple[tuple[bytes, ...], int | None]:
        """The common words of a line, and the number of the kind that stands for lines that have them.

        Lines that may tell of an error are never put with lines that do not.
        """
        common = self._common
        words = tuple([word for word in key.split() if word in common])
        if _TELLING.search(line):
            words = (*words, _MARK)
        return words, self._kinds.get(words)

    def stands_for(self, words: tuple[bytes, ...], number: int, kind: Kind) -> Kind:
        """Let ``kind`` stand for all lines with these common words, if it may; its template keeps only those."""
        telling = words[-1:] == (_MARK,)
        if kind.code not in (PLAIN, GOES_ON, ERROR) or kind.framed or (telling and kind.code == GOES_ON):
            return kind
        if telling or kind.parsed.level in LOUD:
            self._read += 1
            if not self.loud:
                return kind
        self._kinds[words] = number
        return kind._replace(words=self.plain(kind.words)) if kind.words else kind

    @property
    def came(self) -> bool:
        """Whether there was a flood."""
        return bool(self._common)

    @property
    def loud(self) -> bool:
        """Whether warnings and errors were taken together too."""
        return self._read > LOUDEST

    def plain(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words of a template with all that are not common taken for values."""
        return tuple(_common(words, self._common, self._drop))

    def forget(self) -> None:
        """Numbers of kinds mean something else from now on."""
        self._kinds.clear()


def _common(words: Iterable[str], common: Collection[bytes], drop: bytes) -> Iterable[str]:
    last = ""
    for word in words:
        last, before = word if word.encode().translate(None, drop) in common else VAR, last
        if last != VAR or before != VAR:
            yield last
