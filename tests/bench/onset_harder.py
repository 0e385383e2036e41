"""The onset in logs that are harder than those of ``onset.py``: bursts, daily rhythm, restarts, releases, levels.

    python -m tests.bench.onset_harder [--seeds 20] [KIND]...

Prints for each kind of log how often the planted error is first, its onset within a minute and inside of the interval
that is claimed, and how often an onset is claimed where nothing was planted. There is no bar: ``onset.py`` judges.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Callable

from tests.bench.onset import BACKGROUND, CHATTER, PLANTED, START, line_of, read

Event = tuple[float, str, str]
Events = list[Event]
HOURS = {"daily": 72, "weekly": 192}
NOISE = ("feature flag {} evaluated", "deprecated call of api v{} by client {}", "pool size is now {}")


def uniform(chance: random.Random, start: float, end: float, count: int, swing: float) -> list[float]:
    """Times of a process whose rate swings over the day by this share."""
    times: list[float] = []
    while len(times) < count:
        at = chance.uniform(start, end)
        if chance.random() < (1 + swing * math.sin((at - START) / 86400 * math.tau)) / (1 + swing):
            times.append(at)
    return times


def bursts(chance: random.Random, end: float, _: int) -> Events:
    """Background errors that come all at once, several times."""
    made: Events = []
    for _ in range(chance.randint(3, 8)):
        at, text, lasting = chance.uniform(START, end), chance.choice(BACKGROUND), chance.choice((1, 10, 60))
        made += [(at + chance.uniform(0, lasting), "ERROR", text) for _ in range(chance.randint(10, 100))]
    return made


def restarts(chance: random.Random, end: float, _: int) -> Events:
    """A few restarts with the errors of a cold start."""
    made: Events = []
    for _ in range(chance.randint(2, 6)):
        at = chance.uniform(START, end - 60)
        made += [(at, "INFO", "received SIGTERM, stopping"), (at + 2, "INFO", "starting version {}")]
        made += [
            (at + chance.uniform(3, 20), "ERROR", "connection to cache refused, retry {}")
            for _ in range(chance.randint(2, 8))
        ]
    return made


def release(chance: random.Random, end: float, count: int) -> Events:
    """A release that logs more of what is no error."""
    at = chance.uniform(START, end)
    return [
        (chance.uniform(at, end), chance.choice(("INFO", "WARNING")), text) for text in NOISE for _ in range(count // 3)
    ]


def levels(chance: random.Random, end: float, count: int) -> Events:
    """Debug messages for an hour."""
    at = chance.uniform(START, end)
    return [(chance.uniform(at, min(end, at + 3600)), "DEBUG", "sql {} took {} ms") for _ in range(4 * count)]


KINDS: dict[str, tuple[Callable[[random.Random, float, int], Events], ...]] = {
    "plain": (),
    "bursts": (bursts,),
    "daily": (),
    "weekly": (),
    "restarts": (restarts,),
    "release": (release,),
    "levels": (levels,),
    "rare before": (),
    "all": (bursts, restarts, release, levels),
}


def make_log(kind: str, seed: int, planted: bool) -> tuple[bytes, float]:
    """A log of that kind, and when its planted error begins (seconds since 1970)."""
    chance = random.Random(f"{kind}{seed}")
    end = START + HOURS.get(kind, chance.choice((2, 6, 12, 24))) * 3600
    count, swing = chance.randint(1000, 3000), 0.8 * (kind in (*HOURS, "all"))
    weights = [1 / (n + 1) for n in range(len(BACKGROUND))]
    events = [(at, "ERROR", chance.choices(BACKGROUND, weights)[0]) for at in uniform(chance, START, end, count, swing)]
    events += [(at, "INFO", chance.choice(CHATTER)) for at in uniform(chance, START, end, 3 * count, swing)]
    for trouble in KINDS[kind]:
        events += trouble(chance, end, count)
    onset = chance.uniform(START + 0.35 * (end - START), START + 0.9 * (end - START))
    if planted:
        events += _planted(chance, onset, end, max(count // 50, 30 if kind == "rare before" else 8), kind)
    lines = [line_of(at, level, text, chance) for at, level, text in sorted(events) if at < end]
    return "".join(lines).encode(), onset


def _planted(chance: random.Random, onset: float, end: float, count: int, kind: str) -> Events:
    """``count`` errors from the onset on; where they are rare before, at a twelfth of the rate."""
    made = [(onset, "ERROR", PLANTED), *((chance.uniform(onset, end), "ERROR", PLANTED) for _ in range(count - 1))]
    if kind == "rare before":
        before = max(2, int(count / (end - onset) / 12 * (onset - START)))
        made += [(chance.uniform(START, onset), "ERROR", PLANTED) for _ in range(before)]
    return made


def judge(kind: str, seeds: int) -> tuple[int, int, int, int]:
    """(planted first, onset within a minute, inside of the interval, quiet logs with an onset)."""
    first = near = inside = false = 0
    for seed in range(seeds):
        log, onset = make_log(kind, seed, planted=True)
        said = read(log)
        is_first = "ledger entry" in said.errors[0].message
        first += is_first
        if said.onset is not None:
            near += is_first and abs(said.onset.at.timestamp() - onset) <= 60
            inside += said.onset.start.timestamp() - 1 <= onset <= said.onset.end.timestamp() + 1
        false += read(make_log(kind, 1000 + seed, planted=False)[0]).onset is not None
    return first, near, inside, false


def main() -> int:
    """Print what each kind gives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", default=list(KINDS))
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    for kind in arguments.kinds:
        first, near, inside, false = judge(kind, arguments.seeds)
        print(f"{kind:12} first {first}, within a minute {near}, inside {inside}, quiet with onset {false}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
