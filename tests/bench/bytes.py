"""What a slow link carries: bytes that the program writes to the terminal per key press, while tests stream, and idle.

    python tests/bench/bytes.py [--size 160x48] [--seconds 20] [--link 1|0]

The program with the demo's case open runs in a pseudo-terminal, as over ssh (``--link 0``: with everything written that
Textual writes); keys are pressed, and what
is written until it is quiet is counted. Then it is left alone, and then tests run. Beside it stands a whole screen:
what a program without any care would send for every key. Exits 1 when the median of a key is over 4 kB, or a second
over 1 kB while idle or while tests stream.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import calm

KEY_BAR, SECOND_BAR = 4_000, 1_000
QUIET = 0.6
"""Seconds without a byte after which a key's doing has ended."""
LONGEST = 6.0
"""Seconds that a key is listened to."""

STEPS = (
    ("a list, down and up", ["j", "j", "k", "j", "k"]),
    ("the next problem", ["J", "J", "K"]),
    ("the next panel", ["\t", "\t", "5", "4"]),
    ("half a page", ["\x04", "\x15"]),
    ("another pane", ["2", "3", "1"]),
    ("help and back", ["?", "\x1b"]),
)
"""Keys as they are pressed at work, moving in lists far more often than anything else."""


class Counted(calm.Program):
    """A program whose bytes are counted; ``seen`` is not cut."""

    total = 0

    def _drain(self) -> None:
        try:
            while data := os.read(self.terminal, 1 << 16):
                self.total += len(data)
                self.seen = (self.seen + data)[-1_000_000:]
        except OSError:
            return

    def press(self, key: str) -> int:
        """Bytes written for one key, until it is quiet again."""
        before, started = self.total, time.monotonic()
        os.write(self.terminal, key.encode())
        seen, since = before, started
        while time.monotonic() - since < QUIET and time.monotonic() - started < LONGEST:
            time.sleep(0.02)
            if self.total != seen:
                seen, since = self.total, time.monotonic()
        return self.total - before

    def rest(self, patience: float = 180.0) -> None:
        """Until nothing was written for five seconds."""
        seen, since, end = self.total, time.monotonic(), time.monotonic() + patience
        while time.monotonic() - since < 5.0 and time.monotonic() < end:
            time.sleep(0.1)
            if self.total != seen:
                seen, since = self.total, time.monotonic()

    def repaint(self) -> int:
        """Bytes of a whole screen, painted anew after the terminal was one row smaller."""
        rows, columns = calm.SIZE
        for height in (rows - 1, rows):
            before = self.total
            fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, columns, 0, 0))
            os.kill(self.pid, signal.SIGWINCH)
            self.rest(20.0)
        return self.total - before


def measure(seconds: float, link: str) -> bool:
    """Measure and print; whether every bar was met."""
    with tempfile.TemporaryDirectory() as home:
        argv = [calm.WORKBENCH, "--trust", "demo", "--dir", f"{home}/demo", "--jobs", "1"]
        os.environ["WORKBENCH_SLOW_LINK"] = link
        program = Counted(argv, home)
        try:
            program.wait(b"500s on login")
            os.write(program.terminal, b"\r")
            program.wait(b"TokenRefreshConflict")
            program.rest()
            full = program.repaint()
            good = _keys(program, full)
            program.press("1")
            good &= _second(program, "idle", seconds)
            program.press("2")
            os.write(program.terminal, b"a")
            return _second(program, "while tests stream", seconds) and good
        finally:
            program.end()


def _keys(program: Counted, full: int) -> bool:
    every: list[int] = []
    print(f"a whole screen of {calm.SIZE[1]} × {calm.SIZE[0]}: {full:,} bytes")
    for name, keys in STEPS:
        counts = [program.press(key) for key in keys]
        every += counts
        shares = ", ".join(f"{count:,}" for count in counts)
        print(f"  {name:22} median {statistics.median(counts):>8,.0f}   ({shares})")
    median, longest = statistics.median(every), max(every)
    print(
        f"a key press: median {median:,.0f} bytes, {median / full:.2f} of a whole screen (bar {KEY_BAR:,});"
        f" most {longest:,}, {longest / full:.2f} of one"
    )
    return median <= KEY_BAR


def _second(program: Counted, name: str, seconds: float) -> bool:
    before = program.total
    time.sleep(seconds)
    rate = (program.total - before) / seconds
    print(f"{name}: {rate:,.0f} bytes a second (bar {SECOND_BAR:,})")
    return rate <= SECOND_BAR


def main() -> int:
    """Measure and print; the exit code says whether the bars were met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="160x48", help="columns x rows")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--link", default="1", help="WORKBENCH_SLOW_LINK (1)")
    arguments = parser.parse_args()
    columns, rows = map(int, arguments.size.split("x"))
    calm.SIZE = (rows, columns)
    return int(not measure(arguments.seconds, arguments.link))


if __name__ == "__main__":
    sys.exit(main())
