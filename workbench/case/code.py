"""Value types that speak of places in the code: findings, hotspots, the map, checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workbench.case.enums import CheckStatus, Severity
from workbench.case.signals import Signal

UNASKED = "what is going wrong?"
"""The question that an empty one stands for: its words tell of no place."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something an analyzer noticed at a location. Lines are 1-based and inclusive; ``path`` is repository-relative.

    ``fingerprint`` stays the same when lines above move; ``id`` is citable within the case; ``also`` names the other
    analyzers that found the same.
    """

    id: str
    path: str
    line: int
    end_line: int
    rule: str
    message: str
    severity: Severity
    analyzer: str
    fingerprint: str
    symbol: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A file (``qualname`` empty) or symbol with a score and the signals that made it."""

    path: str
    score: float
    signals: tuple[Signal, ...] = ()
    qualname: str = ""
    line: int = 0
    end_line: int = 0
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Boost:
    """A signal that an analyzer adds to the ranking: for a file, or for the symbol ``qualname`` in it, at ``line``
    where several bear the name. Its weight is 0..1 by custom."""

    path: str
    signal: Signal
    qualname: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class MapNode:
    """A node of the map. ``kind``: entry, middleware, function, table, cache, queue, host, unknown."""

    id: str
    label: str
    kind: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class MapEdge:
    """A call from ``source`` to ``target``; ``observed`` counts the tracebacks it was seen in, 0 means static only."""

    source: str
    target: str
    observed: int = 0


@dataclass(frozen=True, slots=True)
class Debt:
    """What makes the hot file ``near`` hard to change, at a line of ``path``.

    ``kind``: complexity, todo, skipped_test, ownership, co_change. ``share`` is 0..1 where the kind has one: complexity
    times churn against the highest, the main author's share of the commits, the share of commits that changed both.
    ``at`` is since when it stands so, where that is known.
    """

    id: str
    kind: str
    near: str
    path: str
    line: int
    text: str
    share: float = 0.0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What one analyzer run checked, in one line; ``error`` carries the traceback of a failure.

    ``seconds`` is its duration.
    """

    analyzer: str
    status: CheckStatus
    summary: str
    seconds: float = 0.0
    error: str = ""
