"""Colours of source code, a window at a time: which words of each line are what. Pure, picklable, worker material."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

Spans = tuple[tuple[int, int, str], ...]
"""Of one line: from, to (exclusive) in characters, and the word's tone; ordered, without overlap."""

LEAD = 100
"""Lines read before a window so that its first words are understood."""
LONGEST = 2000
"""Characters of a line above which it stays without colours: generated code."""

_TONES = (
    ("Comment", "comment"),
    ("Literal.String.Doc", "comment"),
    ("Literal.String", "string"),
    ("Literal", "literal"),
    ("Keyword.Constant", "literal"),
    ("Keyword.Type", "type"),
    ("Keyword", "keyword"),
    ("Operator.Word", "keyword"),
    ("Name.Decorator", "decorator"),
    ("Name.Builtin", "type"),
    ("Name.Exception", "type"),
    ("Name.Class", "name"),
    ("Name.Function", "name"),
    ("Name.Tag", "keyword"),
    ("Name.Attribute", "name"),
)


def window(path: str, lines: Sequence[str], start: int, end: int) -> tuple[str, int]:
    """The text to hand to :func:`highlight` for lines ``start`` to ``end`` (0-based, exclusive), and its lead-in.

    The lead-in begins where a statement does. In Python an open triple quote before it is opened again.
    """
    begin = max(0, start - LEAD)
    while begin and begin < start and (not lines[begin][:1].isidentifier()):
        begin += 1
    taken = [line if len(line) <= LONGEST else "" for line in lines[begin:end]]
    if begin and path.endswith((".py", ".pyi")):
        before = "\n".join(lines[:begin])
        for quote in ('"""', "'''"):
            if before.count(quote) % 2:
                return "\n".join([quote, *taken]), start - begin + 1
    return "\n".join(taken), start - begin


def highlight(path: str, text: str, skip: int = 0) -> list[Spans]:
    """The spans of each line of ``text`` after the first ``skip``; empty ones where the language is not known."""
    count = text.count("\n") + 1
    lexer = _lexer(path.rpartition("/")[2])
    if lexer is None:
        return [()] * (count - skip)
    made: list[list[tuple[int, int, str]]] = [[] for _ in range(count)]
    row, column = 0, 0
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        tone = _tone(kind)
        for number, part in enumerate(value.split("\n")):
            if number:
                row, column = row + 1, 0
            if part and tone and row < count:
                line = made[row]
                start = line.pop()[0] if line and line[-1][1:] == (column, tone) else column
                line.append((start, column + len(part), tone))
            column += len(part)
    return [tuple(spans) for spans in made[skip:]]


@cache
def _tone(kind: Any) -> str:
    name = str(kind).removeprefix("Token.")
    return next((tone for prefix, tone in _TONES if name.startswith(prefix)), "")


@cache
def _lexer(name: str) -> Any:
    from pygments.lexers import find_lexer_class_for_filename

    found = find_lexer_class_for_filename(name)
    return found(stripnl=False, ensurenl=False) if found else None
