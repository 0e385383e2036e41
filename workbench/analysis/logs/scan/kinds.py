"""A kind of line: all lines that differ in digits alone. One of each is read; the others are counted."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from workbench.analysis.logs.formats.frames import is_part, opens_trace
from workbench.analysis.logs.formats.line import is_access, names_exception, read_line
from workbench.analysis.logs.formats.parsed import Parsed, Role
from workbench.analysis.logs.header.format import Format
from workbench.analysis.logs.miner.normal import template_words
from workbench.analysis.logs.scan.sample import decode
from workbench.analysis.logs.scan.stamp import NOWHERE, Stamp, stamp_of
from workbench.analysis.logs.scan.unhandled import is_unhandled
from workbench.analysis.logs.scan.who import NOBODY, Who, who
from workbench.analysis.logs.traces.model import UNTYPED, Trace
from workbench.analysis.logs.traces.parse import parse_trace
from workbench.case.enums import Level

ERRORS = (Level.ERROR, Level.CRITICAL)
_INSIDE = (
    'File "',
    "During handling of the above exception",
    "The above exception was the direct cause",
    "[Previous line repeated",
)
_FRAME = '  File "'
"""What begins no record in any format: where no two tracebacks are alike, half of the lines that are read."""
RAW_LIMIT = 4000

_FRAMED = re.compile(r"Traceback \(most|File \"|(?:^|\s)at |goroutine \d|panicked at|backtrace|\.rb:\d|^#0 ")
_MAY_FRAME = ("Traceback (most", 'File "', "at ", "goroutine ", "backtrace", ".rb:", "#0 ")
"""What a line has in it that stands in a traceback: looked for first, since that is quicker."""

_FILLED = (9, 10)
"""Widths that loggers fill a level up to where nothing was learned: ``%(levelname)-8s`` and a space, uvicorn's."""

PLAIN, ERROR, TRACED, BEGINS, INSIDE, RAISED, GOES_ON, PARTIAL, BLANK, OPENS = b"REJTPXCQBO"
"""What a line is to the record it stands in, one byte each, so that records are found by a regular expression.

``BEGINS``, ``INSIDE`` and ``RAISED`` are the lines of a traceback of which every line has a header of its own. The line
after one that ``OPENS`` a trace is its message.
"""
STARTS = frozenset((PLAIN, ERROR, TRACED, OPENS))
"""What a record surely begins with."""


class Kind(NamedTuple):
    """One kind of line. ``time_at`` is where its time stands; ``who`` is whom this example names, None for nobody;
    ``framed`` says that it may stand in a traceback, ``unhandled`` that it reports a request which ended in an
    exception that nobody caught."""

    code: int
    words: tuple[str, ...]
    parsed: Parsed
    raw: bytes
    time_at: Stamp
    trace: Trace | None = None
    who: Who | None = None
    framed: bool = False
    unhandled: bool = False


def read_kind(line: bytes, formats: tuple[Format, ...]) -> Kind:
    """Read one line as an example of its kind."""
    text = decode(line)
    if text.startswith(_FRAME):
        return Kind(GOES_ON, (), Parsed(text, Role.CONTINUATION), line[:RAW_LIMIT], NOWHERE, framed=True)
    parsed = read_line(text, formats)
    trace = parse_trace(parsed.trace.split("\n")) if parsed.trace else None
    if trace is not None and trace.type == UNTYPED:
        trace = replace(trace, type=" ".join(template_words(parsed.content)))
    code = _code(text, parsed, trace, formats)
    if code == GOES_ON and not parsed.time:
        return Kind(code, (), parsed, line[:RAW_LIMIT], NOWHERE, framed=_framed(parsed.content))
    named = who(text, parsed) if code != PLAIN or is_access(parsed.content) else NOBODY
    return Kind(
        code,
        template_words(parsed.content),
        parsed,
        line[:RAW_LIMIT],
        stamp_of(line, parsed.time),
        trace,
        named if named != NOBODY else None,
        _framed(parsed.content),
        code in (ERROR, TRACED) and is_unhandled(parsed.content),
    )


def _framed(content: str) -> bool:
    return any(map(content.__contains__, _MAY_FRAME)) and _FRAMED.search(content) is not None


def _code(text: str, parsed: Parsed, trace: Trace | None, formats: tuple[Format, ...]) -> int:
    if parsed.role is not Role.RECORD:
        return {Role.BLANK: BLANK, Role.CONTINUATION: GOES_ON, Role.PARTIAL: PARTIAL}[parsed.role]
    if trace is not None:
        return TRACED
    content = parsed.content
    if content.startswith("Traceback (most recent call last)"):
        return BEGINS
    if parsed.format and is_part(content):
        return GOES_ON
    if _inside(text, content, formats):
        return INSIDE
    if names_exception(content):
        return RAISED
    if opens_trace(content):
        return OPENS
    return ERROR if parsed.level in ERRORS and not is_access(content) else PLAIN


def _inside(text: str, content: str, formats: tuple[Format, ...]) -> bool:
    """A line of a traceback behind a header of its own: a frame, its indented source, the link between two, nothing.

    Spaces that fill a column of the header are no indentation.
    """
    if not content or content.startswith(_INSIDE):
        return True
    before = text.removesuffix(content)
    if len(before) == len(text) or not before.endswith("    ") or not before.strip():
        return False
    word = before.rpartition("    ")[0].split()[-1]
    width = len(before) - before.rindex(word)
    return width not in (_FILLED[word.endswith(":")], *(each.padded for each in formats))


@lru_cache(maxsize=4)
def kinds_for(formats: tuple[Format, ...]) -> dict[bytes, Kind]:
    """The kinds that this process knows for logs of ``formats``, by key: each part of a log need not read them."""
    return {}
