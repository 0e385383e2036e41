"""Learning the headers of a log from a sample of its lines.

Lines are gathered by where their first time and level stand; in each gathering the columns after the time are taken
into the header as long as nearly all lines agree on a class that headers are made of. What no format covers is learned
from again.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from workbench.analysis.logs.header.columns import Column, Kind, columns
from workbench.analysis.logs.header.format import WINDOW, Format, parted
from workbench.analysis.logs.header.pattern import compile_format
from workbench.analysis.logs.times import TIME

MOST_FORMATS = 8
DISTINCT = 800
"""Distinct lines that are looked at."""
_AGREE = 0.93
_NAMES = 0.85
_FIRST_TIME = 7
_LAST = 12
_WEAK = 3
FIRST = 60
"""Characters in which the first time of a line stands whose columns are glued together."""
_GLUED = re.compile(r"[\"']?([;,])(?=[^\s;,])")
_NO_DIGITS = {ord(digit): None for digit in "0123456789"}
_DIGITS = re.compile(r"\d+")
_TELLING = (Kind.LEVEL, Kind.SEPARATOR, Kind.BRACKET, Kind.NAME)

Row = list[Column]
Key = tuple[object, ...]


def learn(lines: Sequence[str], counts: Sequence[int] = ()) -> tuple[Format, ...]:
    """The formats of ``lines``, the most common first; empty for a log whose lines have no header.

    ``counts`` is how often each came, once where it is empty. Lines that differ in digits alone are looked at once, and
    count as often.
    """
    kept: dict[str, tuple[str, int]] = {}
    counts = counts or [1] * len(lines)
    glue = _glue(lines, counts)
    if glue:
        lines = [parted(line, glue) for line in lines]
    for line, times in zip(lines, counts, strict=True):
        if line.strip():
            shape = line[:WINDOW].translate(_NO_DIGITS)
            first, count = kept.get(shape, (line, 0))
            kept[shape] = first, count + times
    distinct = list(kept.values())[:: 1 + len(kept) // DISTINCT]
    rest = [(line, columns(line), count) for line, count in distinct]
    total = sum(count for _, _, count in rest)
    formats: list[Format] = []
    while rest and len(formats) < MOST_FORMATS:
        found = _learn_one(rest, total)
        if found is None:
            break
        left = [each for each in rest if not found.whole_regex.match(each[0])]
        if len(left) == len(rest):
            break
        formats.append(replace(found, glue=glue) if glue else found)
        rest = left
    return tuple(formats)


def _glue(lines: Sequence[str], counts: Sequence[int]) -> str:
    """The mark that stands between columns without a space (``2026-01-01 00:00:00;ERROR;text``, CSV), by the first time
    of nearly every line that has one; empty where there is none."""
    after: Counter[str] = Counter()
    for line, times in zip(lines, counts, strict=True):
        if found := TIME.search(line, 0, FIRST):
            glued = _GLUED.match(line, found.end())
            after[glued.group(1) if glued else ""] += times
    glue, count = after.most_common(1)[0] if after else ("", 0)
    return glue if count >= after.total() * _AGREE else ""


def _learn_one(lines: list[tuple[str, Row, int]], total: int) -> Format | None:
    gathered: defaultdict[Key, list[Row]] = defaultdict(list)
    for _, row, count in lines:
        key = _key(row)
        if key is not None:
            gathered[key] += [row] * count
    if not gathered:
        return None
    key = max(gathered, key=lambda each: len(gathered[each]))
    rows = gathered[key]
    least = max(2, total // 200) if key[0] == "time" else max(3, total // 20)
    if len(rows) < least and len(rows) != total:
        return None
    kinds, strong = _header(rows)
    return compile_format(rows, kinds, strong) if kinds else None


def _key(row: Row) -> Key | None:
    """Where the first time stands, how it is bracketed, and where the level stands after it."""
    for at, column in enumerate(row[: _FIRST_TIME + 1]):
        if column.kind is Kind.TIME:
            after = takewhile(lambda kind: kind is not Kind.NAME, (each.kind for each in row[at + 1 : at + 5]))
            level = next((place for place, kind in enumerate(after) if kind is Kind.LEVEL), -1)
            mark = column.text[0]
            return ("time", at, "" if mark.isalnum() else mark, column.shape == "uptime", level)
    if row and row[0].kind is Kind.LEVEL:
        return ("level", row[0].text[0] == "[", row[0].text.count(":"))
    return None


def _header(rows: list[Row]) -> tuple[list[Kind], list[int]]:
    """The classes of the header's columns, up to the last one that headers are told by, and the places of those."""
    times = [at for at in range(_FIRST_TIME + 2) if _share(rows, at, Kind.TIME) >= _AGREE]
    start = times[-1] + 1 if times else 1
    kinds = [_agreed(rows, at) or Kind.WORD for at in range(start)]
    strong: list[int] = []
    weak: list[Kind] = []
    for at in range(start, _LAST):
        kind = _agreed(rows, at)
        if kind is None or len(weak) > _WEAK:
            break
        telling = kind in _TELLING and _may_follow(rows, at, kind, weak, Kind.LEVEL in kinds)
        if telling or (not weak and (_padded(rows, at) or _flag(rows, at, kind) or _tabbed(rows, at))):
            kinds += [*weak, kind]
            strong.append(at)
            weak = []
            if kind is Kind.NAME:
                break
        elif not weak and _to_separator(rows, at):
            kinds += [Kind.PHRASE, Kind.SEPARATOR]
            strong.append(at + 1)
            break
        else:
            weak.append(kind)
    return kinds, strong


def _to_separator(rows: list[Row], at: int) -> bool:
    """Whether phrases of a small vocabulary, not all of as many words, always run from column ``at`` to a separator."""
    phrases: list[str] = []
    lengths: set[int] = set()
    for row in rows:
        stop = next((n for n in range(at + 1, min(at + 4, len(row))) if row[n].text == "-"), None)
        if stop is not None:
            phrases.append(" ".join(column.text for column in row[at:stop]))
            lengths.add(stop)
    return len(lengths) > 1 and len(phrases) >= len(rows) * _AGREE and len(set(phrases)) <= max(3, len(rows) * 0.05)


def _share(rows: list[Row], at: int, kind: Kind) -> float:
    return sum(at < len(row) and row[at].kind is kind for row in rows) / len(rows)


def _agreed(rows: list[Row], at: int) -> Kind | None:
    """The class of column ``at`` in nearly all rows; WORD where classes are mixed, None where many lines end before."""
    kinds = Counter(row[at].kind for row in rows if at < len(row))
    if sum(kinds.values()) < len(rows) * _NAMES:
        return None
    if kinds[Kind.NAME] >= len(rows) * _NAMES:
        return Kind.NAME
    for kind in (Kind.TIME, Kind.LEVEL, Kind.SEPARATOR, Kind.BRACKET, Kind.NUMBER, Kind.IDENTIFIER):
        if kinds[kind] >= len(rows) * _AGREE:
            return kind
    return Kind.ADDRESS if kinds[Kind.ADDRESS] > len(rows) * (1 - _AGREE) else Kind.WORD


def _may_follow(rows: list[Row], at: int, kind: Kind, weak: list[Kind], levelled: bool) -> bool:
    """Whether a telling column may stand after ``weak`` ones: free text must not be taken for a header."""
    places = [at - len(weak) + n for n, each in enumerate(weak) if each is Kind.WORD]
    words = len(places)
    if Kind.ADDRESS in weak:
        return False
    if kind is Kind.LEVEL:
        return not levelled
    if kind is Kind.NAME:
        return words <= (0 if levelled else 1) and _distinct(rows, at) <= max(20, len(rows) * 0.6)
    if kind is Kind.SEPARATOR:
        return (
            words <= 1
            and len(weak) <= 2
            and all(_distinct(rows, at - n - 1) <= max(5, len(rows) * 0.3) for n in range(len(weak)))
        )
    return len(weak) <= 2 and all(_distinct(rows, place) <= max(3, len(rows) * 0.05) for place in places)


def _distinct(rows: list[Row], at: int) -> int:
    return len({_DIGITS.sub("", row[at].text) for row in rows if at < len(row)})


def _flag(rows: list[Row], at: int, kind: Kind) -> bool:
    """Whether column ``at`` is a number that hardly ever changes."""
    few = len({row[at].text for row in rows if at < len(row)}) <= 2
    return kind is Kind.NUMBER and len(rows) >= 50 and few


def _tabbed(rows: list[Row], at: int) -> bool:
    """Whether a tab ends column ``at``, which is of few different words: a field, not the text."""
    tabs = sum(at < len(row) and row[at].tab for row in rows)
    return len(rows) > 1 and tabs >= len(rows) * _AGREE and _distinct(rows, at) <= max(10, len(rows) * 0.2)


def _padded(rows: list[Row], at: int) -> bool:
    """Whether column ``at`` is padded to a width: few different words, then two spaces and more."""
    wide = sum(at < len(row) and row[at].gap > 1 for row in rows)
    starts = {row[at + 1].start - row[at].start for row in rows if at + 1 < len(row)}
    return len(rows) > 1 and wide >= len(rows) * _AGREE and _distinct(rows, at) <= 40 and len(starts) <= 3
