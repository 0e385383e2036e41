"""Watching to the end: look after look until the period is over, a person stops it or says that it was rolled back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from workbench.case.plan import Watched
from workbench.engine.logs.following import Follower
from workbench.engine.monitoring import Monitor, now

LOOK = 0.5
"""Seconds between two looks."""
SETTLED, MANY = 6, 5000
"""Looks with fewer new lines than this after which the old part of a log has been read."""

Told = Callable[[Sequence[Watched], float], None]
"""Is told where all triggers stand, and how many seconds are left."""


@dataclass
class Watch:
    """One watch of ``period`` seconds; ``stop`` ends it early, ``rolled_back`` says that a person took it back."""

    period: float
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    rolled_back: bool = False

    async def run(self, monitor: Monitor, told: Told) -> list[Watched]:
        """Look until the end; gives where the triggers stood. One that tripped stays so."""
        until = time.monotonic() + self.period
        tripped: dict[str, Watched] = {}
        while True:
            last = await asyncio.to_thread(monitor.look, now())
            tripped.update({each.trigger: each for each in last if each.state == "tripped"})
            left = until - time.monotonic()
            told(last, max(0.0, left))
            if self.stop.is_set() or left <= 0:
                break
            await asyncio.sleep(min(LOOK, left))
        cut = self.stop.is_set()
        return [tripped.get(each.trigger, _cut(each) if cut else each) for each in last]

    def take_back(self) -> None:
        """It was rolled back: the watch ends with that."""
        self.rolled_back = True
        self.stop.set()


async def catch_up(follower: Follower) -> None:
    """Read what was there before: only what comes from now on is after the deploy."""
    looks = 0
    while looks < SETTLED:
        news = await asyncio.to_thread(follower.take)
        looks = looks + 1 if news.lines < MANY else 0
        await asyncio.sleep(LOOK / 10)


def _cut(each: Watched) -> Watched:
    """A watch that was stopped early has not held to the end."""
    return each if each.state == "tripped" else replace(each, state="no_data")
