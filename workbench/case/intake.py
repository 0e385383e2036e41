"""Value types of what an alert, a ticket, an error report or a trace said, each piece with where it came from."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.case.code import MapEdge, MapNode
from workbench.case.logs import Frame, LogError


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing taken over: ``name`` says what it is (``question``, ``since``, ``service``, ``release``, ``users`` …),
    ``origin`` where it stands in the document, such as ``alerts[0].startsAt``."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class SpanGroup:
    """Spans of one name that stand under spans of one name. ``seconds`` is the time in them with that of their children
    taken off, ``longest`` one span's whole time, ``most`` how many of them stood under one parent at most."""

    service: str
    name: str
    parent: str
    count: int
    seconds: float
    longest: float
    most: int
    errors: int = 0
    statement: str = ""
    frame: Frame | None = None
    caller: Frame | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """One document, read. ``format`` names what it is, ``source`` the file; frames of ``errors`` are as it wrote them,
    ``mapped`` where it called them the application's own. ``nodes`` and ``edges`` were observed in a trace."""

    format: str
    source: str
    taken: tuple[Taken, ...] = ()
    errors: tuple[LogError, ...] = ()
    spans: tuple[SpanGroup, ...] = ()
    nodes: tuple[MapNode, ...] = ()
    edges: tuple[MapEdge, ...] = ()

    def value(self, name: str) -> str:
        """The first thing of that name, or the empty string."""
        return next((item.value for item in self.taken if item.name == name), "")
