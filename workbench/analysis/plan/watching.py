"""Evaluating the triggers of a plan on what was seen: holding, near, tripped or no data, never more than that. Pure."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workbench.case.plan import Monitored, Trigger, Watched

NEAR = 0.8
"""Share of a threshold from which it is near."""
_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


@dataclass(frozen=True, slots=True)
class Sample:
    """What was counted up to a time (seconds): running totals of the figure's events and of what they are of."""

    at: float
    events: float
    of: float


@dataclass
class Course:
    """The samples of one trigger over its window. ``add`` takes running totals, ``put`` a value as it is."""

    trigger: Trigger
    before: float | None = None
    samples: deque[Sample] = field(default_factory=deque)

    def add(self, at: float, events: float, of: float) -> None:
        """One more pair of totals; those older than the window are dropped, save one to count from."""
        self.samples.append(Sample(at, events, of))
        while len(self.samples) > 2 and self.samples[1].at <= at - self.trigger.window:
            self.samples.popleft()

    def put(self, at: float, value: float) -> None:
        """One more value of a metric."""
        self.samples.append(Sample(at, value, 1))
        while self.samples and self.samples[0].at < at - self.trigger.window:
            self.samples.popleft()

    def seen(self, at: datetime) -> Watched:
        """Where it stands now."""
        value, n = self._prometheus() if self.trigger.source == "prometheus" else self._counted()
        return Watched(self.trigger.id, self._state(value, n), value, self.before, n, at)

    def _counted(self) -> tuple[float | None, int]:
        """A share for the statuses, a count for an error; nothing came in is no data."""
        if len(self.samples) < 2:
            return None, 0
        events = self.samples[-1].events - self.samples[0].events
        n = int(self.samples[-1].of - self.samples[0].of)
        if n <= 0:
            return None, 0
        return (events if self.trigger.query.startswith("error:") else events / n), n

    def _prometheus(self) -> tuple[float | None, int]:
        return (self.samples[-1].events, len(self.samples)) if self.samples else (None, 0)

    def _state(self, value: float | None, n: int) -> str:
        limit = self.trigger.threshold
        if value is None or n < self.trigger.minimum:
            return "no_data"
        if _COMPARE[self.trigger.comparator](value, limit):
            return "tripped"
        near = value >= NEAR * limit > 0 if self.trigger.comparator.startswith(">") else value <= limit / NEAR
        return "near" if near else "holding"


def named(ids: Iterable[str], triggers: Sequence[Trigger]) -> str:
    """Triggers by what they watch; of more than three the first two, and how many more."""
    metrics = {each.id: each.metric for each in triggers}
    names = [metrics.get(ident, ident) for ident in ids]
    return "; ".join(names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"])


def ended(
    watched: Sequence[Watched], started: datetime, at: datetime, rolled_back: bool, triggers: Sequence[Trigger] = ()
) -> Monitored:
    """How the watch ended: recovered only when every trigger that can be watched held to the end, at least one of them,
    and none of what the case was about was without data. ``triggers`` are those of the plan, for their names."""
    seconds = (at - started).total_seconds()
    tripped = named((each.trigger for each in watched if each.state == "tripped"), triggers)
    without = [each.trigger for each in watched if each.state == "no_data"]
    blind = named(without, triggers)
    held = named((each.trigger for each in watched if each.state in ("holding", "near")), triggers)
    if rolled_back:
        return Monitored("rolled_back", "a person said that it was rolled back", started, seconds, tuple(watched))
    if tripped:
        reason = f"{tripped} tripped and nobody said that it was rolled back"
        return Monitored("inconclusive", reason, started, seconds, tuple(watched))
    if not held or any(name.startswith("again-") for name in without):
        reason = f"no data for {blind}" if blind else "there is no trigger to watch"
        return Monitored("inconclusive", reason, started, seconds, tuple(watched))
    note = f"; no data for {blind}" if blind else ""
    return Monitored("recovered", f"{held} held to the end{note}", started, seconds, tuple(watched))
