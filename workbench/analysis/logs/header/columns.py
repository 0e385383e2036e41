"""The first columns of a line and the class of each: what headers are told by."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from workbench.analysis.logs.header.format import WINDOW
from workbench.analysis.logs.levels import LETTERS, LEVELS
from workbench.analysis.logs.times import TIME

TIMES_WITHIN = 150
"""Characters in which the times of a header stand."""
COLUMNS = 14
_BRACKET_LIMIT = 120

_TOKEN = re.compile(r"\||[^\s|]+")
_LEVEL_NAME = re.compile(r"([A-Z]{4,8}):[\w.-]+:")
_NAME = re.compile(r"[A-Za-z_/*$<\"][^\s=\"']*:$")
_ADDRESS = re.compile(r"^\W*(?:\d+[.:]){2,}")
_IDENTIFIER = re.compile(r"[\w$]+(?:[./$:-][\w$]+)+\W?$|\w+[a-z][A-Z]\w*$")
_NUMBERED = re.compile(r"[A-Za-z][\w./$-]*\s*\(\s*\d+\):(?=\s|$)")
"""A name and the number of its process, padded to a width: ``D/Tag     ( 5600):``."""
_SEVERAL = re.compile(r"(?:[A-Z][\w.-]* ){1,3}[\w.-]+\[\d+\](?:\s+\([^()]*\))?:(?=\s|$)")
_CLOSING = re.compile(r"[\])][:,]?(?=\s|$|\|)")
_COLON = re.compile(r"\s+(?:\([^()]*\):|:)(?=\s|$)")
_TAIL = re.compile(r"[^\s|]*")
_COMMON = frozenset("trace debug info notice warn warning error critical crit fatal".split())
_SEPARATORS = frozenset({"-", "--", "|", ":", "::", "–", "—", ">", ">>", "#", "*"})


class Kind(Enum):
    """The class of one column."""

    TIME = "time"
    LEVEL = "level"
    SEPARATOR = "separator"
    BRACKET = "bracket"
    NAME = "name"
    NUMBER = "number"
    IDENTIFIER = "identifier"
    ADDRESS = "address"
    WORD = "word"
    PHRASE = "phrase"


class Column(NamedTuple):
    """One column: its class, its text, its place in the line, the spaces that follow it, whether they are a tab."""

    kind: Kind
    text: str
    start: int
    end: int
    gap: int
    shape: str = ""
    tab: bool = False


def columns(line: str) -> list[Column]:
    """The first columns of ``line``, at most COLUMNS."""
    head = line[:WINDOW]
    times = [(m.start(), m.end(), m.lastgroup or "") for m in TIME.finditer(head, 0, TIMES_WITHIN)]
    spans: list[tuple[int, int, str]] = []
    at = 0
    while len(spans) < COLUMNS:
        found = _TOKEN.search(head, at)
        if found is None:
            break
        start, end, shape = found.start(), found.end(), ""
        for first, last, name in times:
            if start <= first < end or (first == end and head[start:end] == "["):
                end = last + len(_until_space(head, last))
                shape = name
        if not shape:
            end = _glued(head, start, end)
        spans.append((start, end, shape))
        at = end
    return [_column(head, spans, index) for index in range(len(spans))]


def _until_space(head: str, at: int) -> str:
    tail = _TAIL.match(head, at)
    return tail.group() if tail else ""


def _glued(head: str, start: int, end: int) -> int:
    """Join a bracket to its end, ``name (part):`` to its colon, ``tag  :`` too, ``LEVEL:name:`` before its text."""
    if start == 0:
        level = _LEVEL_NAME.match(head)
        if level and level.group(1).lower() in LEVELS:
            return level.end()
    text = head[start:end]
    if text[0] in "[(" and _open(text):
        for stop in _CLOSING.finditer(head[start : start + _BRACKET_LIMIT]):
            if not _open(head[start : start + stop.end()]):
                return start + stop.end()
        return end
    several = _SEVERAL.match(head, start) or _NUMBERED.match(head, start)
    if several:
        return several.end()
    follows = _COLON.match(head, end) if text[-1:].isalnum() or text[-1:] == "]" else None
    return follows.end() if follows and not text.isdigit() else end


def _open(text: str) -> bool:
    return text.count("[") > text.count("]") or text.count("(") > text.count(")")


def _column(head: str, spans: list[tuple[int, int, str]], index: int) -> Column:
    start, end, shape = spans[index]
    following = spans[index + 1][0] if index + 1 < len(spans) else end + len(head[end:]) - len(head[end:].lstrip())
    text = head[start:end]
    kind = Kind.TIME if shape and shape != "uptime" else _kind(text)
    tab = head[end : end + 1] == "\t"
    return Column(Kind.TIME if shape else kind, text, start, end, following - end, shape, tab)


def _kind(text: str) -> Kind:
    bare = text.strip("[](){}<>:,|;-*").lower()
    if text[0] == "[" and ":" in bare:
        bare = bare.rpartition(":")[2]
    if _LEVEL_NAME.fullmatch(text) or (bare in LEVELS and _is_level(text, bare)):
        return Kind.LEVEL
    if text in _SEPARATORS:
        return Kind.SEPARATOR
    if text[0] in "[(" and text.rstrip(":,")[-1] in "])":
        return Kind.BRACKET
    if _NAME.match(text) or _SEVERAL.match(text) or _NUMBERED.match(text):
        return Kind.NAME
    if text.strip("[]#:,").isdigit():
        return Kind.NUMBER
    if _ADDRESS.match(text):
        return Kind.ADDRESS
    return Kind.IDENTIFIER if _IDENTIFIER.match(text) else Kind.WORD


def _is_level(text: str, bare: str) -> bool:
    """Plain words such as "failure" are levels only where they are written as one."""
    if len(bare) <= 2:
        return text.strip("[]():/") in LETTERS
    return bare in _COMMON or text.isupper() or text[0] in "[<("
