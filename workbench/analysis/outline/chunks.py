"""A file cut into chunks: the module's own lines, then one chunk for each symbol without what its own symbols hold."""

from __future__ import annotations

import re

from workbench.analysis.outline.model import Outline

_CALL = re.compile(r"\b(?<!def )(?<!class )(?<!func )(?<!fn )(?<!function )([A-Za-z_]\w*+)\s?\(")
_EVERYWHERE = """
    if for while switch catch return elif and or not in is lambda def class print len str int float bool list dict set
    tuple isinstance issubclass super getattr setattr hasattr type range repr sorted zip enumerate min max sum any all
    open iter next map filter format join append items keys values get split strip replace startswith endswith func
    function
"""
_NOT_CALLED = frozenset(_EVERYWHERE.split())


def chunk_texts(outline: Outline, text: str) -> list[str]:
    """The text of every chunk: number 0 is the module's own, number ``i + 1`` that of ``outline.symbols[i]``."""
    lines = text.split("\n")
    symbols = outline.symbols
    if not symbols:
        return [text]
    inner: list[list[tuple[int, int]]] = [[] for _ in range(len(symbols) + 1)]
    open_chunks: list[int] = []
    for number, symbol in enumerate(symbols, 1):
        while open_chunks and symbols[open_chunks[-1] - 1].end_line < symbol.line:
            open_chunks.pop()
        inner[open_chunks[-1] if open_chunks else 0].append((symbol.line, symbol.end_line))
        open_chunks.append(number)
    ranges = [(1, len(lines)), *((symbol.line, symbol.end_line) for symbol in symbols)]
    return [_without(lines, first, last, holes) for (first, last), holes in zip(ranges, inner, strict=True)]


def _without(lines: list[str], first: int, last: int, holes: list[tuple[int, int]]) -> str:
    if not holes:
        return "\n".join(lines[first - 1 : last])
    kept: list[str] = []
    at = first
    for start, end in holes:
        kept += lines[at - 1 : start - 1]
        at = max(at, end + 1)
    kept += lines[at - 1 : last]
    return "\n".join(kept)


def calls(text: str) -> tuple[str, ...]:
    """The names called in ``text``, without receivers, each once, in order.

    Special methods and names that every program calls are left out.
    """
    found = dict.fromkeys(_CALL.findall(text))
    return tuple(name for name in found if name not in _NOT_CALLED and not name.startswith("__"))
