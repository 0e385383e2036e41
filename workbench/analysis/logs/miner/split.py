"""The split tree: rows of equally many words are parted until what still differs in a part is a parameter."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import combinations
from operator import itemgetter

from workbench.analysis.logs.miner.mask import VAR
from workbench.analysis.logs.vocabulary import vocabulary

Row = tuple[str, ...]

SAMPLED = 2000
"""Rows of one part by which its columns are compared; of more rows every second, third, … one."""
WIDE = 40
"""Varying columns that are compared with each other: what a longer record says stands in its first words."""
SHARED = 0.6
"""A column whose values share less than this of the other columns' words tells templates apart."""
FEW = 4
"""Up to so many plain words in one place are constants; more are values."""
FEW_LEADING = 12
"""The same for the first and the last word, which say what happened."""
SENTENCE = 3
"""Words that rows share, from which on names before them are of things that one message is about."""

_FIRST, _SECOND = itemgetter(0), itemgetter(1)
_CONTEXT = vocabulary(
    "user users host client server node named name uid path file device iface interface dir directory domain "
    "address addr from by via id module package class method function table queue topic job task thread process "
    "command service daemon instance container pod image volume disk role group account session key tag type "
    "action"
)
_WEAK_CONTEXT = vocabulary("for on at of in to with as is was")
_IDENTIFIER = re.compile(
    r"[A-Za-z0-9]+[._/\\@$:~]+\w|[A-Z0-9]-+\w|\w-+[A-Z0-9]|\w-+\w+-+\w|[a-z][A-Z]|^[\w]*<\*>|\w_\w"
)
_KEYED = re.compile(r"^\W*\w[\w.:-]*[=:(\[]<\*>")
_ASSIGNED = re.compile(r"^\W*(?:\w[\w.-]*\()?\w[\w.:-]*=<\*>")
_BARE = re.compile(r"[^\w<]?<\*>[^\w>]")
"""A value with its punctuation: ``<*>:`` beside ``lo:``."""
_INFLECTED = re.compile(r"^[A-Za-z]?[a-z]{2,}(?:ed|ing)\W*$")
_BRACKETED = re.compile(r"(\w[\w.:-]*[\[({<])([^\[\](){}<>]+)([\])}>]\W*)$")
_ENCLOSED = re.compile(r"[(\[<{]\w[\w.@-]*[)\]>}]:?$")
_STATE = re.compile(r"^[^A-Za-z]*[A-Z][A-Z_]+[^A-Za-z]*$")


Told = dict[tuple[int, ...], int | None]
"""The column that parts some rows by how little its words share, None where none does: it is so in every round."""


def split(rows: Sequence[Row], known: Collection[str] = (), told: Told | None = None) -> list[list[int]]:
    """Part ``rows`` (distinct, all of one length) into templates: lists of indices into ``rows``.

    ``known`` are words that were seen to be values elsewhere; ``told`` remembers, for another round with the same rows.
    """
    told = {} if told is None else told
    done: list[list[int]] = []
    todo = [list(range(len(rows)))]
    while todo:
        part = todo.pop()
        column = _telling(rows, part, known, told) if len(part) > 1 else None
        if column is None:
            done.append(part)
            continue
        by_word: defaultdict[str, list[int]] = defaultdict(list)
        for row in part:
            by_word[rows[row][column]].append(row)
        todo += by_word.values()
    return done


def _telling(rows: Sequence[Row], part: list[int], known: Collection[str], told: Told) -> int | None:
    """The column that tells templates apart best, or None when all that differs are parameters."""
    columns = list(zip(*(rows[row] for row in part), strict=True))
    varying = [at for at, words in enumerate(columns) if len(set(words)) > 1]
    if not varying:
        return None
    key = tuple(part)
    if key not in told:
        told[key] = _unlike(columns, varying)
    if told[key] is not None:
        return told[key]
    constants = [at for at in varying if not _is_parameter(columns, at, known)]
    return min(constants, key=lambda at: (len(set(columns[at])), at), default=None)


def _unlike(columns: Sequence[Sequence[str]], varying: Sequence[int]) -> int | None:
    """The column under whose words the other columns have least in common, None where they have enough."""
    step = 1 + (len(columns[0]) - 1) // SAMPLED
    compared = [column[::step] for column in columns] if step > 1 else columns
    varying = varying[:WIDE]
    shared = _shared(compared, varying)
    best = min(varying, key=lambda at: (round(shared[at], 2), len(set(columns[at])), at))
    return best if shared[best] < SHARED else None


def _shared(columns: Sequence[Sequence[str]], wanted: Sequence[int]) -> dict[int, float]:
    """How much of the other columns' words, 0..1, comes back under several words of each column of ``wanted``."""
    constant = {at: words[0] for at, words in enumerate(columns) if words.count(words[0]) == len(words)}
    scores = {at: [1.0 for other, word in constant.items() if other != at and word != VAR] for at in wanted}
    for left, right in combinations([at for at in wanted if at not in constant], 2):
        pairs = set(zip(columns[left], columns[right], strict=True))
        lefts, rights = Counter(map(_FIRST, pairs)), Counter(map(_SECOND, pairs))
        scores[left].append(_back(Counter([each for each, other in pairs if rights[other] > 1]), lefts))
        scores[right].append(_back(Counter([each for other, each in pairs if lefts[other] > 1]), rights))
    return {at: sum(found) / len(found) if found else 1.0 for at, found in scores.items()}


def _back(shared: Counter[str], words: Counter[str]) -> float:
    """The mean over all ``words`` of the share of their pairs that are ``shared``."""
    return sum([many / words[word] for word, many in shared.items()]) / len(words)


def _is_parameter(columns: Sequence[Sequence[str]], at: int, known: Collection[str]) -> bool:
    values = set(columns[at])
    if VAR in values:
        return len(columns) > 1
    if any(_BARE.fullmatch(value) for value in values) and len({value[-1] for value in values}) == 1:
        return True
    if (at and all(value in known for value in values)) or _inside_alike(values):
        return True
    before = columns[at - 1][0] if at else ""
    context = before.strip("([{<\"'").rstrip(":=,;").lower()
    keyed = (_mostly(_KEYED, values) and context not in _CONTEXT) or all(map(_ASSIGNED.match, values))
    if at == 0 or keyed or _mostly(_INFLECTED, values):
        return len(values) > (FEW if at == 0 and _before_sentence(columns, values) else FEW_LEADING)
    if _mostly(_STATE, values):
        after = columns[at + 1][0] if at + 1 < len(columns) else ""
        return len(values) > FEW_LEADING or after.startswith("(") or (bool(after) and before.endswith(":"))
    if _mostly(_IDENTIFIER, values):
        return len(values) > FEW_LEADING or _said(columns) > 0
    if context in _CONTEXT or before.endswith("="):
        return len(values) > FEW or not any(map(_INFLECTED.match, values))
    if at == len(columns) - 1 and context not in _WEAK_CONTEXT:
        return len(values) > (FEW if before.endswith(":") or _said(columns) > SENTENCE else FEW_LEADING)
    return len(values) > (FEW // 2 if context in _WEAK_CONTEXT else FEW)


def _before_sentence(columns: Sequence[Sequence[str]], values: set[str]) -> bool:
    """Whether one sentence follows all first words: shorter where those are of several parts or in brackets."""
    named = _mostly(_IDENTIFIER, values) or all(_ENCLOSED.match(value) for value in values)
    return _said(columns) >= (SENTENCE if named else 2 * SENTENCE)


def _said(columns: Sequence[Sequence[str]]) -> int:
    """How many words of letters all rows share."""
    return sum(words[0].strip(",.;:").isalpha() and words.count(words[0]) == len(words) for words in columns)


def _inside_alike(values: set[str]) -> bool:
    """Whether values differ only inside of brackets that follow the same name: ``Set(anna)``, ``Set(bob)``."""
    parts = {(found[1], found[3]) if (found := _BRACKETED.match(value)) else None for value in values}
    return len(parts) == 1 and None not in parts


def _mostly(shape: re.Pattern[str], values: set[str]) -> bool:
    return sum(bool(shape.search(value)) for value in values) * 2 > len(values)
