"""How many records, and errors among them, were written when: counts per bucket of time, however long that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GRAINS = (1, 10, 60, 600, 3600, 86400, 86400 * 30)
MOST = 4000
"""Buckets at most; beyond that the next coarser grain is taken."""

Counts = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Timeline:
    """``counts`` maps the number of a bucket (seconds since 1970 over ``grain``) to its records and errors."""

    grain: int = 1
    counts: Counts = field(default_factory=dict)

    def plus(self, other: Timeline) -> Timeline:
        """Both together."""
        grain = max(self.grain, other.grain)
        total: dict[int, tuple[int, int]] = dict(self.at(grain).counts)
        for bucket, (records, errors) in other.at(grain).counts.items():
            had = total.get(bucket, (0, 0))
            total[bucket] = had[0] + records, had[1] + errors
        made = Timeline(grain, total)
        while len(made.counts) > MOST and made.grain != GRAINS[-1]:
            made = made.at(GRAINS[GRAINS.index(made.grain) + 1])
        return made

    def at(self, grain: int) -> Timeline:
        """The same counts by a coarser grain."""
        if grain == self.grain:
            return self
        total: dict[int, tuple[int, int]] = {}
        for bucket, (records, errors) in self.counts.items():
            coarse = bucket * self.grain // grain
            had = total.get(coarse, (0, 0))
            total[coarse] = had[0] + records, had[1] + errors
        return Timeline(grain, total)

    @property
    def span(self) -> tuple[float, float] | None:
        """From when to when, in seconds since 1970; None where no record has a time."""
        if not self.counts:
            return None
        return float(min(self.counts) * self.grain), float((max(self.counts) + 1) * self.grain)

    def bars(self, cells: int) -> tuple[tuple[int, int], ...]:
        """Records and errors in each of ``cells`` equal stretches of the span; fewer where the grain allows no more."""
        span = self.span
        if span is None or cells < 1:
            return ()
        start, length = span[0], span[1] - span[0]
        cells = max(1, min(cells, int(length // self.grain)))
        made = [(0, 0)] * cells
        for bucket, (records, errors) in self.counts.items():
            at = min(cells - 1, int((bucket * self.grain - start) * cells / length))
            made[at] = made[at][0] + records, made[at][1] + errors
        return tuple(made)
