"""What reading logs costs: speed, memory, time to the first patterns, following.

    python tests/bench/logs.py [--mb 100] [--follow] [--peer PYTHON]

PYTHON is an interpreter that has drain3 (pip install drain3, elsewhere): it reads the head of a log of
many templates, bare and as its own example is configured, and the ratio of both speeds is printed.

Logs are generated into a temporary folder and removed. Figures are printed as measured; nothing is judged but the bars
that do not depend on the machine: memory, and that following keeps up.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

COMMAND = [sys.executable, "-P", "-m", "workbench", "logs"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""An installed program is compiled, as its peer is: without this each start would compile every module anew."""
MEMORY = {"service": 100, "uuid": 150, "base64": 150, "words": 150}
"""MB that a log of each kind may take at most."""
PEER = r"""
import sys
from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig
config = TemplateMinerConfig()
start, end = r"((?<=[^A-Za-z0-9])|^)", r"((?=[^A-Za-z0-9])|$)"
masks = [
    (start + r"(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))" + end, "ID"),
    (start + r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})" + end, "IP"),
    (start + r"([0-9a-f]{6,} ?){3,}" + end, "SEQ"),
    (start + r"([0-9A-F]{4} ?){4,}" + end, "SEQ"),
    (start + r"(0x[a-f0-9A-F]+)" + end, "HEX"),
    (start + r"([\-\+]?\d+)" + end, "NUM"),
    (r"(?<=executed cmd )(\".+?\")", "CMD"),
]
if sys.argv[2] == "masked":
    config.masking_instructions = [MaskingInstruction(*mask) for mask in masks]
    config.drain_max_clusters = 1024
    config.drain_extra_delimiters = ["_"]
miner = TemplateMiner(config=config)
with open(sys.argv[1], encoding="utf-8", errors="replace") as lines:
    for line in lines:
        miner.add_log_message(line.rstrip())
"""
"""Reads a log with drain3: bare, or as its own example is configured (examples/drain3.ini): seven masks, at most 1,024
clusters, words parted at underscores too."""
HEAD = 5_000_000
"""Bytes of a log that the peer reads."""
RATIO = 40
"""How many times as fast as the peer the command must be, by MB per CPU second."""
MESSAGES = [
    "request {n} from 10.0.{m}.{m} served in {m} ms",
    "user u{n} logged in from 10.1.{m}.7 port {n}",
    "block blk_{n} of size {n} received from /10.2.{m}.9:50010",
    "session {n} expired after {m} s of silence",
    "cache miss for key item:{n}:price",
    "job {n} moved from QUEUED to RUNNING",
    "job {n} moved from RUNNING to DONE",
    "connection from 10.3.{m}.{m} closed, {n} bytes sent, {n} bytes received",
]
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/web.py", line 41, in handle
    return view(request)
  File "/srv/app/shop/cart.py", line 6, in line_total
    return PRICES[sku] * qty
KeyError: 'sku{n}'
"""


def line(chance: random.Random, at: float, text: str, level: str = "INFO") -> str:
    """One line as Python's logging writes it."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
    return f"{stamp},{int(at % 1 * 1000):03d} {level} [{chance.randrange(9)}] shop.web: {text}\n"


def service(chance: random.Random) -> str:
    """A message of a service's log."""
    return chance.choice(MESSAGES).format(n=chance.randrange(10**6), m=chance.randrange(255))


def unlike(kind: str) -> Callable[[random.Random], str]:
    """Messages of which no two are alike."""
    words = ["".join(random.Random(n).choices("abcdefghijklmnopqrstuvwxyz", k=6)) for n in range(20_000)]
    return {
        "uuid": lambda chance: f"request {uuid.UUID(int=chance.getrandbits(128))} done",
        "base64": lambda chance: f"token {base64.b64encode(chance.randbytes(40)).decode()} issued",
        "words": lambda chance: " ".join(chance.choices(words, k=9)),
    }[kind]


def write(path: Path, megabytes: float, message: Callable[[random.Random], str]) -> None:
    """A log of that size, a traceback among every few hundred lines."""
    chance = random.Random(1)
    at, size = 1_767_225_600.0, 0
    with path.open("w") as file:
        while size < megabytes * 1e6:
            at += chance.random() * 0.02
            text = line(chance, at, message(chance))
            if chance.random() < 0.003:
                text += line(chance, at, f"unhandled in request {int(at)}", "ERROR") + TRACE.format(n=int(at))
            size += file.write(text)


def measure(path: Path) -> tuple[float, float, float, dict[str, object]]:
    """Seconds to the first patterns, CPU seconds and MB of the whole command, and the result."""
    started = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        [*COMMAND, str(path), "--format", "jsonl"], stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        first = time.monotonic() - started
        result = json.loads(process.stdout.readline())
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return first, cpu, usage.ru_maxrss / 1024, result


def peer(python: str, path: Path, masks: str) -> float:
    """MB per CPU second of drain3 on the head of the log at ``path``, the whole command."""
    head = path.with_name("head.log")
    with path.open("rb") as log:
        head.write_bytes(log.read(HEAD))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-c", PEER, str(head), masks], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    megabytes = head.stat().st_size / 1e6
    head.unlink()
    return megabytes / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def mixed() -> Callable[[random.Random], str]:
    """Messages of four hundred templates of all lengths, some far more often than others."""
    chance = random.Random(4)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 9))) for _ in range(600)]
    values = ["{n}", "10.0.{m}.7:{n}", "/var/lib/x/{n}", "id={h}", "{m} ms", "blk_{n}"]
    templates = [
        " ".join(chance.choice(values) if chance.random() < 0.3 else chance.choice(words) for _ in range(length))
        for length in chance.choices(range(4, 16), k=400)
    ]
    weights = [1 / (1 + at) for at in range(len(templates))]

    def message(chance: random.Random) -> str:
        numbers = {"n": chance.randrange(10**6), "m": chance.randrange(255), "h": f"{chance.getrandbits(64):016x}"}
        return chance.choices(templates, weights)[0].format(**numbers)

    return message


def compare(python: str, path: Path, megabytes: float) -> bool:
    """Whether ours is RATIO times as fast as the masked peer on a log of many templates; prints both ratios."""
    write(path, megabytes, mixed())
    _, cpu, memory, result = measure(path)
    ours = megabytes / cpu
    ratios = {masks: ours / peer(python, path, masks) for masks in ("bare", "masked")}
    path.unlink()
    patterns = result["patterns"]
    assert isinstance(patterns, list)
    told = ", ".join(f"{ratio:.0f} times drain3 {masks}" for masks, ratio in ratios.items())
    print(
        f"mixed      {ours:.0f} MB per CPU second, {memory:.0f} MB, {len(patterns)} patterns: {told} (at least {RATIO})"
    )
    return ratios["masked"] >= RATIO


def follow(folder: Path, rate: int, seconds: int) -> bool:
    """Whether following keeps up with ``rate`` lines a second, rotated in the middle; prints the share of one core."""
    path = folder / "live.log"
    path.touch()
    chance = random.Random(1)
    out = folder / "events.jsonl"
    with out.open("wb") as sink:
        process = subprocess.Popen([*COMMAND, str(path), "--follow", "--format", "jsonl"], stdout=sink, env=ENVIRONMENT)
        started = time.monotonic()
        for second in range(seconds):
            with path.open("a") as file:
                file.writelines(line(chance, 1_767_225_600.0 + second, service(chance)) for _ in range(rate))
            if second == seconds // 2:
                path.rename(folder / "live.log.1")
                path.touch()
            time.sleep(max(0.0, started + second + 1 - time.monotonic()))
        deadline = time.monotonic() + 5
        counted = 0
        while counted < rate * seconds and time.monotonic() < deadline:
            time.sleep(0.2)
            events = [json.loads(text) for text in out.read_text().splitlines()]
            counted = sum(event["lines"] for event in events if event["event"] == "count")
        process.terminate()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    share = (usage.ru_utime + usage.ru_stime) / (time.monotonic() - started)
    print(f"follow     {rate} lines/s: {counted} of {rate * seconds} lines counted, {share:.0%} of one core")
    return counted == rate * seconds and share <= 0.5


def main() -> int:
    """Print the figures; 1 when memory or following misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mb", type=float, default=100)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--peer", default="", metavar="PYTHON")
    arguments = parser.parse_args()
    good = True
    subprocess.run([*COMMAND, __file__, "--format", "json"], env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=False)
    with tempfile.TemporaryDirectory() as folder:
        for kind, bar in MEMORY.items():
            path = Path(folder) / f"{kind}.log"
            megabytes = arguments.mb if kind == "service" else arguments.mb / 4
            write(path, megabytes, service if kind == "service" else unlike(kind))
            first, cpu, memory, _ = measure(path)
            path.unlink()
            print(
                f"{kind:10} {megabytes:.0f} MB: first patterns after {first:.2f} s,"
                f" {megabytes / cpu:.0f} MB per CPU second,"
                f" {memory:.0f} MB of memory (at most {bar})"
            )
            good = good and memory <= bar
        if arguments.peer:
            good = compare(arguments.peer, Path(folder) / "mixed.log", arguments.mb) and good
        if arguments.follow:
            good = follow(Path(folder), 10_000, 10) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
