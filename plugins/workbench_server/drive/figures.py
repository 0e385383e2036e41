"""Figures of a load: answers by what they mean, percentiles, a histogram, the course of the error rate. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from workbench_server.drive.client import Answer
from workbench_server.drive.sampling import counted, percentile

EDGES = tuple(0.001 * 2 ** (at / 2) for at in range(28))
"""Upper ends, in seconds, of the buckets of the histogram of latencies; the last is open."""

STEPS = 24
"""Equal steps of the course of the error rate."""

FEWEST = 50
"""Requests on each side below which nothing is concluded."""

SLOWER = 1.5
"""Times base's 95th percentile that head's may be, unless it is shorter in one of the turns."""

LUCKY = 6
"""Turns of which one may be the other way, although head is slower."""

Timed = tuple[str, Answer, float]
"""An endpoint, what it answered, and when (seconds of load before)."""


def figures_of(answers: Sequence[Timed], seconds: float) -> dict[str, Any]:
    """Of the answers of ``seconds`` of load."""
    times = [answer.seconds for _, answer, _ in answers if answer.status]
    found: dict[str, Any] = {
        "requests": len(answers),
        "per_second": len(answers) / seconds if seconds else 0.0,
        "answers": counted([(answer.status, answer.error) for _, answer, _ in answers]),
        "endpoints": {},
    }
    for where in sorted({name for name, _, _ in answers}):
        own = [answer for name, answer, _ in answers if name == where]
        found["endpoints"][where] = counted([(answer.status, answer.error) for answer in own])
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        found[name] = percentile(times, share) if times else None
    found["histogram"] = [0] * (len(EDGES) + 1)
    for each in times:
        found["histogram"][bisect_left(EDGES, each)] += 1
    found["course"] = _course(answers, seconds)
    return found


def times_slower(head: Mapping[str, Any], base: Mapping[str, Any] | None) -> float:
    """How many times base's ``p95`` head's is, where that is more than SLOWER; else 0."""
    if not base or not base["p95"] or not head["p95"] or head["p95"] <= SLOWER * base["p95"]:
        return 0.0
    return float(head["p95"] / base["p95"])


def in_nearly_every_turn(head: Mapping[str, Any], base: Mapping[str, Any] | None) -> bool:
    """Whether head's tail was the longer one in each turn, of six and more in all but one in LUCKY: what the machine
    does beside that meets some of them. By chance alone 3 of 3 are so in one case of eight, 8 of 9 in one of fifty."""
    pairs = list(zip(head["tails"], base["tails"], strict=True)) if base else []
    longer: int = sum(one is not None and other is not None and one > other for one, other in pairs)
    return len(pairs) - longer <= len(pairs) // LUCKY


def _course(answers: Sequence[Timed], seconds: float) -> list[float]:
    """The share of requests in each step of the load that were answered with a 5xx or not at all."""
    steps = [[0, 0] for _ in range(STEPS)]
    for _, answer, at in answers:
        step = steps[min(STEPS - 1, int(at / seconds * STEPS))] if seconds else steps[0]
        step[0] += answer.status == 0 or answer.status >= 500
        step[1] += 1
    return [bad / n if n else 0.0 for bad, n in steps]
