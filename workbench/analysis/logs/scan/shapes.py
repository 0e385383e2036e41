"""The words of records, numbered and counted; bounded, by taking rare words for values where there are too many."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping

from workbench.analysis.logs.levels import LOUD
from workbench.analysis.logs.miner.mask import VAR
from workbench.analysis.logs.scan.kinds import Kind
from workbench.analysis.logs.scan.table import Shape, Words
from workbench.case.enums import Level

LIMIT = 4000
"""Shapes that are kept apart before rare words are taken for values."""
MOST = 16_000
"""Shapes at most, where most records share no words with any other; the others count as one."""
RARE = 2
"""Words in no more records than this are rare."""
OTHER: Words = ("…",)

_RANK = {
    level: rank for rank, level in enumerate((Level.UNKNOWN, *(each for each in Level if each is not Level.UNKNOWN)))
}


class Shapes:
    """Numbers the distinct words of records. A number stays good for ever: ``resolved`` follows what was merged.

    ``rewritten`` counts how often words were taken for values.
    """

    def __init__(self) -> None:
        self.shapes: dict[int, Shape] = {}
        self._ids: dict[Words, int] = {}
        self._merged = array("I")
        self._limit = LIMIT
        self.rewritten = 0

    def number(self, kind: Kind) -> int:
        """The number of the words of ``kind``."""
        found = self._ids.get(kind.words)
        if found is None:
            if len(self._ids) >= self._limit:
                self._shrink()
                found = self._ids.get(kind.words)
            if found is None:
                found = self._new(kind.words if len(self._ids) < MOST else OTHER, kind)
        shape = self.shapes[found]
        if _RANK[kind.parsed.level] > _RANK[shape.level]:
            shape.level = kind.parsed.level
        return found

    def resolved(self, number: int) -> int:
        """The number that stands for ``number`` now."""
        while self._merged[number] != number:
            self._merged[number] = self._merged[self._merged[number]]
            number = self._merged[number]
        return number

    def count(self, counts: Mapping[int, int]) -> None:
        """Count so many more records of each shape."""
        shapes = self.shapes
        for number, count in counts.items():
            shape = shapes.get(number) or shapes[self.resolved(number)]
            shape.count += count

    def settled(self, counts: Mapping[int, int]) -> dict[int, int]:
        """``counts`` by the numbers that their numbers stand for now."""
        out: dict[int, int] = {}
        for number, count in counts.items():
            settled = self.resolved(number)
            out[settled] = out.get(settled, 0) + count
        return out

    def _new(self, words: Words, kind: Kind) -> int:
        known = self._ids.get(words)
        if known is not None:
            return known
        number = len(self._merged)
        self._merged.append(number)
        self._ids[words] = number
        self.shapes[number] = Shape(words, number, 0, kind.parsed.level, kind.raw, kind.parsed.logger)
        return number

    def join(self, plain: Callable[[Words], Words], loud: bool) -> None:
        """Give rare records (see RARE) the words that ``plain`` makes of theirs; warnings and errors if ``loud``."""

        def joined(shape: Shape) -> Words:
            rare = shape.count <= RARE and (loud or shape.level not in LOUD)
            return plain(shape.words) if rare else shape.words

        self._rewrite(joined)

    def _shrink(self) -> None:
        """Take rare words for values, which makes shapes that differ in nothing else one."""
        weight: Counter[str] = Counter()
        for shape in self.shapes.values():
            for word in set(shape.words):
                weight[word] += max(shape.count, 1)
        self._rewrite(lambda shape: _without(shape.words, weight))
        if len(self._ids) > self._limit // 2:
            self._limit = min(self._limit * 2, MOST)

    def words(self, number: int) -> Words:
        """The words that stand for ``number`` now."""
        return self.shapes[self.resolved(number)].words

    def _rewrite(self, words_of: Callable[[Shape], Words]) -> None:
        self.rewritten += 1
        merged: dict[Words, int] = {}
        for number, shape in list(self.shapes.items()):
            words = words_of(shape)
            target = merged.setdefault(words, number)
            if target == number:
                shape.words = words
            else:
                self._merged[number] = target
                self.shapes[target].count += shape.count
                del self.shapes[number]
        self._ids = merged


def _without(words: Words, weight: Counter[str]) -> Words:
    kept: list[str] = []
    for word in words:
        plain = word if weight[word] > RARE else VAR
        if plain != VAR or not kept or kept[-1] != VAR:
            kept.append(plain)
    return tuple(kept)
