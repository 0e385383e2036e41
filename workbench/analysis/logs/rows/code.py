"""From a record to the code: the frame that a line names, or the logging call that wrote its message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from workbench.analysis.logs.formats.line import read_line
from workbench.analysis.logs.header.format import Format
from workbench.analysis.logs.miner.mask import VAR
from workbench.analysis.logs.miner.normal import template_words
from workbench.analysis.logs.traces.checkout import Checkout
from workbench.analysis.logs.traces.model import RawFrame
from workbench.analysis.logs.traces.parse import parse_trace

_PYTHON = re.compile(r"File \"([^\"]+)\", line (\d+)(?:, in (\S+))?")
_OTHER = re.compile(r"((?:[A-Za-z]:)?[\w./\\@-]+\.\w{1,5}):(\d+)")
Template = tuple[str, str, int]
"""A pattern's template, and the path and line of the logging call that writes it."""


def code_of(
    record: Sequence[str],
    at: int,
    formats: tuple[Format, ...],
    repo: str,
    paths: Sequence[str],
    templates: Sequence[Template],
) -> list[tuple[str, int]]:
    """The chunk: path and line in the checkout for line ``at`` of ``record``; nothing where it leads to none.

    A line that names a frame leads to it, another line of a traceback to the deepest frame in the checkout, a message
    to the call that wrote it.
    """

    @lru_cache(maxsize=64)
    def source(path: str) -> Sequence[str]:
        try:
            return (Path(repo) / path).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ()

    checkout = Checkout(paths, source)
    for raw in _frames(record, at, formats):
        frame = checkout.frame(raw)
        if frame.mapped:
            return [(frame.path, frame.line)]
    words = " ".join(template_words(read_line(record[0], formats).content))
    for template, path, line in templates:
        if _pattern(template).fullmatch(words):
            return [(path, line)]
    return []


def _frames(record: Sequence[str], at: int, formats: tuple[Format, ...]) -> list[RawFrame]:
    """The frame on line ``at``, then those of the record, the deepest first."""
    made: list[RawFrame] = []
    found = _PYTHON.search(record[at])
    text = record[at + 1].strip() if found and at + 1 < len(record) else ""
    if found is None and at and (found := _PYTHON.search(record[at - 1])):
        text = record[at].strip()
    if found:
        made.append(RawFrame(found.group(1), int(found.group(2)), found.group(3) or "<module>", text))
    elif other := _OTHER.search(record[at]) if at else None:
        made.append(RawFrame(other.group(1), int(other.group(2)), "?"))
    head = read_line(record[0], formats)
    lines = [*record, *head.trace.split("\n")] if head.trace else list(record)
    trace = parse_trace(lines)
    return made + (list(reversed(trace.frames)) if trace else [])


@lru_cache(maxsize=2000)
def _pattern(template: str) -> re.Pattern[str]:
    parts = [".+?" if part == VAR else re.escape(part).replace(re.escape(VAR), ".*?") for part in template.split()]
    return re.compile(" ".join(parts))
