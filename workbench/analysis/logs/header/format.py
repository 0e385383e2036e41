"""One learned format of a log line, as two regular expressions: its whole header, and what is left of a shorter one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from workbench.analysis.logs.levels import LETTERS, LEVELS

WINDOW = 260
"""Characters of a line in which a header is looked for."""


@dataclass(frozen=True)
class Format:
    """A header: ``whole`` matches all of it, ``part`` what some lines leave. Groups: time, level, name, host.

    ``lines`` is how many lines of the sample it was learned from; ``glue`` is the mark between its columns where there
    are no spaces, which the expressions know as a bar; ``padded`` is the width that its last column is filled up to
    with spaces, 0 where it is not.
    """

    whole: str
    part: str
    lines: int = 0
    glue: str = ""
    padded: int = 0

    @cached_property
    def whole_regex(self) -> re.Pattern[str]:
        """The compiled whole header."""
        return re.compile(self.whole)

    @cached_property
    def part_regex(self) -> re.Pattern[str]:
        """The compiled partial header."""
        return re.compile(self.part)


class Header(NamedTuple):
    """What the header of one line says, and at which character its content begins."""

    time: str = ""
    level: str = ""
    name: str = ""
    host: str = ""
    content: int = 0


def match(line: str, formats: Sequence[Format]) -> Header | None:
    """The header of ``line`` by the first format that fits whole, else by the first that fits in part, or None."""
    glue = next((each.glue for each in formats if each.glue), "")
    glued = parted(line, glue) if glue else line
    for candidate in formats:
        found = candidate.whole_regex.match(glued if candidate.glue else line)
        if found:
            return _header(found)
    for candidate in formats:
        found = candidate.part_regex.match(glued if candidate.glue else line)
        if found:
            return _header(found)
    return None


def parted(line: str, glue: str) -> str:
    """``line`` with a bar for each ``glue`` where headers stand, quotes beside it aside: as long as it was."""
    head = line[:WINDOW].replace(glue, "|").replace('"|', " |").replace('|"', "| ")
    return head + line[WINDOW:]


def _header(found: re.Match[str]) -> Header:
    groups = found.groupdict()
    level = (groups.get("level") or groups.get("word") or "").lower()
    name = groups.get("name") or ""
    if not level and name[1:2] == "/" and name[0] in LETTERS:
        level = name[0].lower()
    return Header(
        groups.get("time") or "",
        level if level in LEVELS else "",
        name.rstrip(": "),
        groups.get("host") or "",
        found.end(),
    )
