"""Judge of the onset: is a planted error first, is its onset found to the minute, do quiet logs stay quiet?

    python tests/bench/onset.py [--seeds 20]

Every log covers hours of a service with steady background errors that outnumber the planted one 50 to 1.
Exits 1 when a bar is missed: 19 of 20 planted errors first and within one minute, no onset on a quiet log.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from io import BytesIO

from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.log import learn_log, scan
from workbench.analysis.logs.times import Clock

START = 1_767_225_600.0
PLANTED = "ledger entry {} has no counterpart"
BACKGROUND = [
    "payment {} declined by issuer",
    "upstream search-{} timed out after {} ms",
    "cannot decode token of user {}",
    "mail to customer {} bounced",
    "cache node {} refused the connection",
    "image {} is larger than {} bytes",
    "webhook {} answered 502",
    "lock on order {} was not released in {} ms",
    "rate limit reached for client {}",
    "row {} of import {} is malformed",
]
CHATTER = ["request {} served in {} ms", "session {} opened", "job {} finished after {} s", "cache hit for item {}"]
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/web.py", line 41, in handle
    return view(request)
  File "/srv/app/shop/{module}.py", line {line}, in {function}
    raise {error}({number})
{error}: {number}"""


def make_log(seed: int, planted: bool) -> tuple[bytes, float]:
    """A log and when its planted error begins (seconds since 1970)."""
    chance = random.Random(seed)
    hours = chance.choice((2, 6, 12))
    end = START + hours * 3600
    background = chance.randint(1000, 3000)
    events: list[tuple[float, str, str]] = []
    weights = [1 / (n + 1) for n in range(len(BACKGROUND))]
    for _ in range(background):
        at = chance.uniform(START, end)
        events.append((at, "ERROR", chance.choices(BACKGROUND, weights)[0]))
    chatter = ((chance.uniform(START, end), "INFO", chance.choice(CHATTER)) for _ in range(background * 3))
    events.extend(chatter)
    onset = chance.uniform(START + 0.35 * (end - START), START + 0.9 * (end - START))
    if planted:
        traced = seed % 2 == 0
        text = (
            TRACE.format(module="ledger", line=17, function="settle", error="LedgerError", number=5) if traced else ""
        )
        events += [
            (chance.uniform(onset, end), "ERROR", "unhandled exception\n" + text if traced else PLANTED)
            for _ in range(max(background // 50, 8) - 1)
        ]
        events.append((onset, "ERROR", "unhandled exception\n" + text if traced else PLANTED))
    if seed % 3 == 0:
        burst = chance.uniform(START, end)
        events += [(burst + n * 0.01, "ERROR", "retry storm on shard {}") for n in range(60)]
    lines = [line_of(at, level, text, chance) for at, level, text in sorted(events)]
    return "".join(lines).encode(), onset


def line_of(at: float, level: str, text: str, chance: random.Random) -> str:
    """One record as Python's logging writes it, numbers in its message."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
    head, _, rest = text.partition("\n")
    message = head.format(chance.randrange(10**6), chance.randrange(1000))
    return f"{stamp},{int(at % 1 * 1000):03d} {level} [shop.web] {message}\n" + (f"{rest}\n" if rest else "")


def read(log: bytes) -> Digest:
    """What the log says."""
    learned, _ = learn_log(BytesIO(log), len(log))
    table = scan(BytesIO(log), len(log), learned, Clock(time.time())).finish()
    return digest(table, Lens())


def judge(seeds: int) -> tuple[int, int, int]:
    """(planted first, onset within a minute, quiet logs with an onset) over ``seeds`` logs of each kind."""
    first = near = false = 0
    for seed in range(seeds):
        log, onset = make_log(seed, planted=True)
        said = read(log)
        top = said.errors[0]
        is_first = "LedgerError" in top.type or "ledger entry" in top.message
        is_near = said.onset is not None and abs(said.onset.at.timestamp() - onset) <= 60
        first += is_first
        near += is_first and is_near
        if not (is_first and is_near):
            print(f"seed {seed}: first {is_first} ({top.type} {top.message[:40]}), near {is_near}, {said.onset}")
        quiet = read(make_log(1000 + seed, planted=False)[0])
        false += quiet.onset is not None
        if quiet.onset:
            print(f"quiet seed {1000 + seed}: {quiet.onset} {quiet.errors[0].message} {quiet.errors[0].trend}")
    return first, near, false


def main() -> int:
    """Run the judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    first, near, false = judge(seeds)
    print(f"planted first {first}/{seeds}, and onset within a minute {near}/{seeds}, quiet with onset {false}/{seeds}")
    return 0 if near * 20 >= seeds * 19 and not false else 1


if __name__ == "__main__":
    sys.exit(main())
