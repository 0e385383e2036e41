"""Which logging call wrote a message: its literal text against a template's constant words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.analysis.logs.miner.mask import VAR
from workbench.analysis.logs.miner.normal import template_words

_PLACEHOLDER = re.compile(r"%(?:\([^)]*\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}|\$\{[^{}]*\}|%[sdrifxgc]")
_WORD = re.compile(r"[A-Za-z]{2,}")
LEAST = 0.75
"""Share of the words of both that must be the same."""


@dataclass(frozen=True, slots=True)
class Call:
    """One logging call: where it stands and its literal text, placeholders as the language writes them."""

    path: str
    line: int
    literal: str


class Calls:
    """Finds the call for a template among ``calls``."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._calls: list[tuple[Call, tuple[str, ...]]] = []
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        for call in calls:
            words = tuple(_words(_PLACEHOLDER.sub(" 0 ", call.literal)))
            if words:
                for word in set(words):
                    self._by_word[word].append(len(self._calls))
                self._calls.append((call, words))

    def find(self, template: Sequence[str]) -> Call | None:
        """The call whose words are the template's, or nearly; None where no one is near or two are equally so."""
        words = _words(" ".join(word for word in template))
        near: defaultdict[int, int] = defaultdict(int)
        for word in set(words):
            for at in self._by_word.get(word, ()):
                near[at] += self._fits(at, words, template)
        scored = sorted(
            ((_alike(self._calls[at][1], words), -at) for at in near if near[at] * 2 >= len(set(words))), reverse=True
        )
        if not scored or scored[0][0] < LEAST:
            return None
        if (
            len(scored) > 1
            and scored[1][0] == scored[0][0]
            and self._calls[-scored[1][1]][0] != self._calls[-scored[0][1]][0]
        ):
            return None
        return self._calls[-scored[0][1]][0]

    def _fits(self, at: int, words: Sequence[str], template: Sequence[str]) -> bool:
        """A call with placeholders writes values, or more words than its own."""
        call, own = self._calls[at]
        return not _PLACEHOLDER.search(call.literal) or VAR in " ".join(template) or len(words) > len(own)


def _words(text: str) -> list[str]:
    constants = (word.replace(VAR, " ") for word in template_words(text))
    return [found.lower() for word in constants for found in _WORD.findall(word)]


def _alike(a: Sequence[str], b: Sequence[str]) -> float:
    """Twice the longest common subsequence over both lengths, 0..1."""
    row = [0] * (len(b) + 1)
    for word in a:
        last = 0
        for at, other in enumerate(b, 1):
            last, row[at] = row[at], last + 1 if word == other else max(row[at], row[at - 1])
    return 2 * row[-1] / (len(a) + len(b)) if a or b else 0.0
