"""Value types that speak of logs: sources, patterns, errors, the onset, changes on the time axis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from workbench.case.enums import ChangeKind, Level, Trend
from workbench.case.signals import Signal

_SOME_DAY = datetime(2024, 2, 29, 13, 14, 15)  # noqa: DTZ001 - only for trying a layout
_READ = frozenset({"time", "level", "name", "host"})


@dataclass(frozen=True, slots=True)
class LogFormat:
    """How the records of a log begin.

    ``header`` is a regular expression for the start of a record's first line, up to its message; of its groups
    ``time``, ``level``, ``name`` (the logger) and ``host`` are read. ``time`` is how times are written, as strptime has
    it, where they are not read anyway. Raises ValueError for a header or a time that cannot be used.
    """

    header: str
    time: str = ""

    def __post_init__(self) -> None:
        try:
            found = re.compile(self.header)
        except re.error as error:
            raise ValueError(f"the header is no regular expression: {error}") from error
        if found.match(""):
            raise ValueError("the header fits an empty line, and so every line")
        if not _READ & found.groupindex.keys():
            raise ValueError(f"the header names none of the groups {', '.join(sorted(_READ))}")
        try:
            datetime.strptime(_SOME_DAY.strftime(self.time), self.time)  # noqa: DTZ007 - whether it is a layout
        except ValueError as error:
            raise ValueError(f"the time is no layout of strptime: {error}") from error


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A local file with log bytes: the source's own or a spool of what a command gave of one ``service``. ``formats``
    are those of plugins, asked before any is learned."""

    path: str
    host: str = ""
    label: str = ""
    service: str = ""
    formats: tuple[LogFormat, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """What a log source gave: files to read, what it could not see, how to follow it.

    ``follow`` is an argument list, empty where it cannot be followed; ``follows`` are several of them where one program
    does not print all (other hosts). ``executes`` says that it runs what a person or a repository chose, and so needs
    the user's trust.
    """

    name: str
    files: tuple[FeedFile, ...]
    denied: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    executes: bool = False
    follows: tuple[tuple[str, ...], ...] = ()

    @property
    def programs(self) -> tuple[tuple[str, ...], ...]:
        """The argument lists of all that prints what comes; none where it cannot be followed."""
        return self.follows or ((self.follow,) if self.follow else ())

    def stream(self, file: FeedFile) -> str:
        """The name of the log that ``file`` is of; empty where the file's own name tells: what a command gave is one
        log for each host and service."""
        return "" if file.label in ("", file.path) else f"{self.name} {file.host} {file.service}"


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What one log source gave and what it could not see. ``start`` and ``end`` bound the records' times.

    ``unreadable`` counts physical lines that could not be decoded or were cut; ``denied`` names what was not
    allowed to be seen, one sentence each, and is never empty when something was.
    """

    name: str
    hosts: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    records: int = 0
    lines: int = 0
    unreadable: int = 0
    denied: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A template of log records that belong together. ``share`` is 0..1 of what ``of`` names."""

    id: str
    template: str
    level: Level
    count: int
    share: float
    of: str
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    samples: tuple[str, ...] = ()
    trend: Trend = Trend.UNKNOWN
    factor: float | None = None
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a traceback. ``path`` is repository-relative when ``mapped``, else as the log wrote it."""

    path: str
    line: int
    function: str
    mapped: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One cause chain or call path seen under an error."""

    label: str
    count: int
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of what ``of`` names (a number and what it counts); ``share`` is 0..1."""

    count: int
    share: float
    of: str


@dataclass(frozen=True, slots=True)
class LogError:
    """Exception type plus deepest frame in the repository. ``share`` is 0..1 of what ``of`` names.

    ``factor`` is the rate now over the rate before (None when there is none); ``sparkline`` holds counts per equal
    bucket over the covered time; ``frames`` run from the outermost to the innermost; ``why`` says why its events
    were grouped; ``endpoints`` pairs endpoint and count. ``unhandled`` is how many of all requests that ended in an
    exception nobody caught this error ended, None where none is told.
    """

    id: str
    type: str
    message: str
    trend: Trend
    count: int
    share: float
    of: str
    factor: float | None = None
    onset: datetime | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    frames: tuple[Frame, ...] = ()
    cause: str = ""
    variants: tuple[Variant, ...] = ()
    patterns: tuple[str, ...] = ()
    sparkline: tuple[int, ...] = ()
    endpoints: tuple[tuple[str, int], ...] = ()
    users: int | None = None
    requests: int | None = None
    why: str = ""
    fingerprint: str = ""
    unhandled: Share | None = None

    @property
    def name(self) -> str:
        """The type without its module: what a list has room for."""
        return self.type.rpartition(".")[2] or self.type

    @property
    def place(self) -> Frame | None:
        """The deepest frame in the repository, or None."""
        return next((frame for frame in reversed(self.frames) if frame.mapped), None)


@dataclass(frozen=True, slots=True)
class Onset:
    """When errors began: the change point ``at`` with the interval that holds it."""

    at: datetime
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Impact:
    """What the logs say of the damage; every figure None where the logs cannot tell it.

    ``hosts`` counts error records by the host that logged them, the most first; empty where records name none.
    ``pace`` is requests a second before the onset and since it.
    """

    failed: int | None = None
    requests: int | None = None
    share: float | None = None
    of: str = ""
    users: int | None = None
    rising: bool | None = None
    sparkline: tuple[int, ...] = ()
    hosts: tuple[tuple[str, int], ...] = ()
    pace: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed at a time: a deploy, commit, configuration, migration, restart, flag, note or metric;
    ``endpoint`` is what it is about, where that is one (``GET /cart``)."""

    id: str
    at: datetime
    kind: ChangeKind
    summary: str
    revision: str = ""
    author: str = ""
    paths: tuple[str, ...] = ()
    score: float = 0.0
    signals: tuple[Signal, ...] = ()
    endpoint: str = ""
