"""What one physical line turned out to be."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from workbench.case.enums import Level


class Role(IntEnum):
    """The part that a line plays in a record."""

    RECORD = 0
    CONTINUATION = 1
    PARTIAL = 2
    BLANK = 3


class Parsed(NamedTuple):
    """One line, read. ``time`` is as written (see times.read_time); ``trace`` is the text of a traceback inside it.

    ``stream`` tells interleaved writers apart (a container, a pod, a process of a supervisor); ``PARTIAL`` means that
    the next line of the same stream goes on without a break.
    """

    content: str
    role: Role = Role.RECORD
    time: str = ""
    level: Level = Level.UNKNOWN
    logger: str = ""
    host: str = ""
    stream: str = ""
    trace: str = ""
    format: str = ""
    fields: tuple[tuple[str, str], ...] = ()
