"""Templates of a set of records: split by length, then merged where the constant words are the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from workbench.analysis.logs.miner.mask import VAR
from workbench.analysis.logs.miner.split import SENTENCE, Row, Told, split


def group(rows: Sequence[Row]) -> tuple[list[int], list[Row]]:
    """The template of each of ``rows`` (distinct): an index per row, and the templates' words.

    Two rounds: what varied in one place in the first is known to be a value everywhere in the second.
    """
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        by_length[len(row)].append(at)
    told: defaultdict[int, Told] = defaultdict(dict)
    first = _parts(rows, by_length, (), told)
    second = _parts(rows, by_length, _values(rows, first), told)
    return _merged(rows, second)


def _parts(
    rows: Sequence[Row], by_length: dict[int, list[int]], known: Collection[str], told: defaultdict[int, Told]
) -> list[list[int]]:
    return [
        [members[at] for at in part]
        for length, members in by_length.items()
        for part in split([rows[at] for at in members], known, told[length])
    ]


def _values(rows: Sequence[Row], parts: list[list[int]]) -> set[str]:
    values: set[str] = set()
    constants: set[str] = set()
    for part in parts:
        if len(part) == 1:
            continue
        for words in zip(*(rows[at] for at in part), strict=True):
            distinct = set(words)
            (values if len(distinct) > 1 else constants).update(distinct)
    return {word for word in values - constants if word.isalpha()}


def _merged(rows: Sequence[Row], parts: list[list[int]]) -> tuple[list[int], list[Row]]:
    found: dict[Row, int] = {}
    templates: list[Row] = []
    of_row = [0] * len(rows)
    for part in parts:
        words = tuple(
            column[0] if len(set(column)) == 1 else VAR for column in zip(*(rows[at] for at in part), strict=True)
        )
        at = found.setdefault(tuple(word for word in words if word != VAR), len(templates))
        if at == len(templates):
            templates.append(words)
        for row in part:
            of_row[row] = at
    wider = _wider(templates)
    return [wider.get(at, at) for at in of_row], templates


def _wider(templates: Sequence[Row]) -> dict[int, int]:
    """The templates of which another says the same of any value: ``lo: link becomes ready`` beside ``<*> link …``."""
    numbers = {words[1:]: at for at, words in enumerate(templates) if words[:1] == (VAR,)}
    return {
        at: numbers[words[1:]]
        for at, words in enumerate(templates)
        if words[1:] in numbers and sum(word.strip(",.;:").isalpha() for word in words[1:]) >= SENTENCE
    }
