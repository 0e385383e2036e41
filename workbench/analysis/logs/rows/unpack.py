"""What can only be read from its start (compressed, UTF-16) as a plain file beside, and the ranges of a plain file."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.analysis.logs.scan.part import Survey, parts, survey
from workbench.analysis.logs.scan.read import CHUNK, Forgiving, chunks, open_log
from workbench.case.logs import LogFormat

FIRST = 256 * 1024
"""Bytes of the first range: it is what the screen waits for."""
RANGE = 8 * 1024 * 1024
"""Bytes of the others: some tenths of a second of work."""


def plain(path: str, scratch: str, given: Sequence[LogFormat] = ()) -> list[Survey]:
    """The chunk: what a sample of the log teaches, of a plain copy where it is not plain. Raises OSError."""
    found, _ = survey(path, given=given)
    if found.size is not None:
        return [found]
    copy = Path(scratch) / f"{secrets.token_hex(8)}.log"
    stream, _size = open_log(path)
    try:
        with copy.open("wb") as out:
            for data in chunks(stream, CHUNK, found.learned.encoding):
                out.write(data)
    finally:
        stream.close()
    learned = replace(found.learned, encoding="utf-8")
    broken = stream.broken if isinstance(stream, Forgiving) else ""
    if broken and not copy.stat().st_size:
        raise OSError(broken)
    return [Survey(str(copy), copy.stat().st_size, learned, found.clock)]


def ranges(found: Survey) -> list[tuple[int, int]]:
    """The chunk: byte ranges of a plain file, each of whole records, the first one small. Raises OSError."""
    size = found.size or 0
    made = [(start, size if end < 0 else end) for start, end in parts(found, RANGE)]
    head = parts(replace(found, size=min(size, FIRST * 2)), FIRST)
    if len(head) > 1 and made[0][1] > head[0][1]:
        made[:1] = [head[0], (head[0][1], made[0][1])]
    return made
