"""A row as it is shown: its time, level and logger apart from what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.analysis.logs.formats.line import read_line
from workbench.analysis.logs.header.format import Format
from workbench.analysis.logs.rows.model import ERROR, GOES_ON, LEVEL_BITS, LEVELS, NEVER
from workbench.analysis.logs.scan.sample import decode
from workbench.case.enums import Level


@dataclass(frozen=True, slots=True)
class Shown:
    """One row. ``at`` is in seconds since 1970, None for a line that goes on or has no time. ``raw`` is the line,
    ``file`` the number of the file that it is from."""

    raw: str
    text: str
    level: Level = Level.UNKNOWN
    at: float | None = None
    logger: str = ""
    host: str = ""
    goes_on: bool = False
    error: bool = False
    file: int = 0


def shown(line: bytes, flags: int, at: float, formats: Sequence[Format], file: int = 0) -> Shown:
    """``line`` with what the index knows of it."""
    raw = decode(line)
    level, error = LEVELS[flags & LEVEL_BITS], bool(flags & ERROR)
    if flags & GOES_ON:
        return Shown(raw, raw, level, goes_on=True, file=file)
    parsed = read_line(raw, formats)
    text = " ".join(
        [parsed.content, *(f"{name}={value}" for name, value in parsed.fields if value not in parsed.content)]
    )
    time = None if at == NEVER else at
    return Shown(raw, text, level, time, parsed.logger, parsed.host, error=error, file=file)
