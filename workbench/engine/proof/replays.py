"""Which failure of a repeated test is shown: one whose seed brings it again, as far as any does."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from workbench.analysis.proof import Rate
from workbench.case.model import TestResult

REPLAYS = 2
"""Times a seed is run again before it is shown as the one that brings the failure."""

SEEDS = 3
"""Seeds that failed of which one is looked for that fails again each time."""

LEAST = 10.0
"""Seconds of replays for which there is always time: a few starts of a process."""

_SEED = re.compile(r"^-- seed\n(\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A failure, the seed of its repetition (0 where it tells none), and how often that failed when it was replayed
    (None where it was not)."""

    result: TestResult | None = None
    seed: int = 0
    replayed: Rate | None = None


async def shown(failed: Sequence[TestResult], again: Callable[[int], Awaitable[bool]], seconds: float) -> Shown:
    """Of failures the first whose seed fails in every replay, else the one that failed in most of them. ``again`` runs
    a seed once more and says whether it failed; no further seed is tried once that took ``seconds``."""
    until = perf_counter() + seconds
    tried: list[Shown] = []
    for result in [each for each in failed if seed_of(each)][:SEEDS]:
        if tried and perf_counter() > until:
            break
        seed = seed_of(result)
        came = [await again(seed) for _ in range(REPLAYS)]  # not at once: each would disturb the other's timing
        tried.append(Shown(result, seed, Rate(sum(came), REPLAYS)))
        if all(came):
            return tried[-1]
    first = Shown(failed[0]) if failed else Shown()
    return max(tried, key=lambda each: each.replayed.failed if each.replayed else 0, default=first)


def seed_of(result: TestResult) -> int:
    """The seed that a failure tells; 0 where it tells none."""
    found = _SEED.search(result.output)
    return int(found[1]) if found else 0
