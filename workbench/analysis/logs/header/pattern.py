"""From agreed columns to the regular expressions of a format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from workbench.analysis.logs.header.columns import Column, Kind
from workbench.analysis.logs.header.format import Format
from workbench.analysis.logs.levels import WORD_PATTERN
from workbench.analysis.logs.times import SHAPES

Row = list[Column]

_BRACKET = r"[\[(](?:[^\[\]()]|\[[^\[\]]*\]|\([^()]*\))*[\])][:,]?"
_NAME = r"(?P<name>(?:(?:[A-Z][\w.-]* ){1,3}(?=[\w.-]+\[\d+\]))?[^\s\"'=|]*[^\s\"'=:|](?:\s*\([^()]*\))?)\s*:"
_LEVEL = rf"[^\s\w|]*(?:\w+:)?(?P<level>(?i:{WORD_PATTERN})|[A-Z])[^\s\w|]*"
_PLAIN = {
    Kind.LEVEL: r"[^\s|]+",
    Kind.BRACKET: _BRACKET,
    Kind.NAME: r"[^\s|]*:",
    Kind.NUMBER: r"[\[#:(]*-?\d+[\],:)]*",
    Kind.IDENTIFIER: r"[^\s|]+",
    Kind.ADDRESS: r"[^\s|]+",
    Kind.WORD: r"[^\s|]+",
    Kind.PHRASE: r"\S.{0,60}?",
}
_BEST = (
    "epoch",
    "iso",
    "access",
    "named",
    "dayfirst",
    "monthfirst",
    "slashed",
    "dmy",
    "compact",
    "six",
    "dayless",
    "daymonth",
    "minute",
    "monthday",
    "clock",
    "date",
    "uptime",
)


_MANY, _MOST = 0.2, 0.6
"""Shares of lines."""


def compile_format(rows: Sequence[Row], kinds: Sequence[Kind], strong: Sequence[int]) -> Format:
    """The format whose header is the first ``len(kinds)`` columns of ``rows``; ``strong`` are those it is told by."""
    shapes = {at: _shapes(rows, at) for at, kind in enumerate(kinds) if kind is Kind.TIME}
    best = min(shapes, key=lambda at: min(map(_BEST.index, shapes[at])), default=-1)
    groups = {best: "time"}
    for kind, name in ((Kind.LEVEL, "level"), (Kind.NAME, "name")):
        if kind in kinds:
            groups[len(kinds) - 1 - list(reversed(kinds)).index(kind)] = name
    if Kind.NAME in kinds and Kind.LEVEL not in kinds and kinds.index(Kind.NAME) > 1:
        host = kinds.index(Kind.NAME) - 1
        groups |= {host: "host"} if kinds[host] in (Kind.WORD, Kind.IDENTIFIER) else {}
    if "name" not in groups.values():
        named = [at for at, kind in enumerate(kinds) if kind in (Kind.IDENTIFIER, Kind.PHRASE) and _is_name(rows, at)]
        groups |= dict.fromkeys(named[-1:], "name")
    pieces = [_piece(rows, at, kind, groups.get(at, ""), shapes.get(at, ())) for at, kind in enumerate(kinds)]
    pieces = [piece + _gap(rows, at) for at, piece in enumerate(pieces)]
    needed = max(shapes, default=0) + 1
    return Format(
        "".join(pieces), _partial(pieces, needed, strong, rows), len(rows), padded=_width(rows, len(kinds) - 1)
    )


def _width(rows: Sequence[Row], at: int) -> int:
    """The width that column ``at`` is filled up to with spaces, 0 where it is not.

    Words of different lengths end at it, or nearly all; indented text behind a header does neither.
    """
    wide = [
        (row[at + 1].start - row[at].start, len(row[at].text)) for row in rows if at + 1 < len(row) and row[at].gap > 1
    ]
    width, count = Counter(width for width, _ in wide).most_common(1)[0] if wide else (0, 0)
    lengths = {length for each, length in wide if each == width}
    return width if count >= len(rows) * (_MANY if len(lengths) > 1 else _MOST) else 0


def _is_name(rows: Sequence[Row], at: int) -> bool:
    return sum(any(map(str.isdigit, row[at].text)) for row in rows if at < len(row)) * 2 < len(rows)


def _shapes(rows: Sequence[Row], at: int) -> tuple[str, ...]:
    seen = Counter(row[at].shape for row in rows if at < len(row) and row[at].shape)
    return tuple(sorted(seen, key=list(SHAPES).index))


def _piece(rows: Sequence[Row], at: int, kind: Kind, group: str, shapes: Sequence[str]) -> str:
    if kind is Kind.TIME:
        time = "|".join(SHAPES[shape] for shape in shapes)
        named = f"(?P<{group}>{time})" if group else f"(?:{time})"
        return rf"(?:<\d+>\d?\s*)?[^\s\w]*{named}[^\s\w|]*(?:(?=\s|\||$)|(?<=\]))"
    if kind is Kind.SEPARATOR:
        texts = sorted({row[at].text for row in rows if at < len(row) and row[at].kind is kind})
        return "(?:" + "|".join(map(re.escape, texts)) + ")"
    if kind is Kind.LEVEL and group:
        glued = all(":" in row[at].text.strip("[:") and row[at].text[0] != "[" for row in rows if at < len(row))
        return rf"(?P<level>(?i:{WORD_PATTERN})):(?P<name>[\w.-]+):" if glued else _LEVEL
    if kind is Kind.NAME and group:
        return _NAME
    return f"(?P<{group}>{_PLAIN[kind]})" if group else _PLAIN[kind]


def _gap(rows: Sequence[Row], at: int) -> str:
    tight = sum(at < len(row) and row[at].gap == 0 and at + 1 < len(row) for row in rows)
    return r"\s*" if tight * 20 > len(rows) else r"(?:\s+|$)"


def _partial(pieces: list[str], needed: int, strong: Sequence[int], rows: Sequence[Row]) -> str:
    """The needed columns, then each telling one, with the weak ones before it, only where it is there."""
    out = ""
    telling = [at for at in strong if at >= needed]
    for at, start in zip(reversed(telling), reversed([needed, *(each + 1 for each in telling)][:-1]), strict=True):
        weak = {row[start].text for row in rows if start < len(row)} if at == start + 1 else set()
        known = "|".join(map(re.escape, sorted(weak))) if len(weak) <= 8 else ""
        out = f"(?:{''.join(pieces[start : at + 1])}{out}" + (rf"|(?:{known})\s+)?" if known else ")?")
    return "".join(pieces[:needed]) + out
