"""What a person does not notice: ``--help`` against an empty Python, and the processor while a case is just open.

    python tests/bench/calm.py [--runs 15] [--seconds 30]

``--help`` and ``python -c pass`` are started in turn, wall and processor time of each; then the program with the demo's
case open, and beside it a hello-world of Textual, are left alone in pseudo-terminals for some seconds, and the
processor time of each with all its processes is told as a share of one core. Exits 1 when ``--help`` takes more than
3.5 times what an empty Python does, or idling more than 1 %.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import resource
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from start import HELLO

HELP_BAR, IDLE_BAR = 3.5, 0.01
SIZE = (40, 120)
REST = 20.0
"""Seconds after the last work of the case until it counts as idle."""
TICKS = os.sysconf("SC_CLK_TCK")
WORKBENCH = str(Path(sys.executable).with_name("workbench"))


def once(argv: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of a program from start to end."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def help_ratio(runs: int) -> float:
    """How many times an empty Python ``--help`` takes; the larger one of wall and processor."""
    programs = {"python -c pass": [sys.executable, "-c", "pass"], "--help": [WORKBENCH, "--help"]}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(runs + 1):
        for name, argv in programs.items():
            taken[name].append(once(argv))
    ratios = []
    for at, what in enumerate(("wall", "processor")):
        peer, ours = (statistics.median(run[at] for run in taken[name][1:]) for name in programs)
        ratios.append(ours / peer)
        print(
            f"--help   {what:<10} python -c pass {peer * 1000:5.1f} ms   workbench {ours * 1000:5.1f} ms"
            f"   {ours / peer:.2f} × (bar {HELP_BAR})"
        )
    return max(ratios)


class Program:
    """A program in a pseudo-terminal of its own."""

    def __init__(self, argv: list[str], home: str) -> None:
        environment = {**os.environ, "HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.seen = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
            os.execve(argv[0], argv, environment)
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        try:
            while select.select([self.terminal], [], [])[0]:
                self.seen = (self.seen + os.read(self.terminal, 1 << 16))[-1_000_000:]
        except OSError:
            return

    def wait(self, text: bytes, patience: float = 120.0) -> None:
        """Until ``text`` was written. Raises TimeoutError."""
        end = time.monotonic() + patience
        while text not in self.seen:
            if time.monotonic() > end:
                raise TimeoutError(f"{text!r} did not come")
            time.sleep(0.1)

    def processor(self) -> float:
        """Processor seconds of it and everything below it, so far."""
        return sum(_ticks(pid) for pid in _family(self.pid)) / TICKS

    def end(self) -> None:
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def _ticks(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[11]) + int(fields[12])


def _family(pid: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_fields(int(entry.name))[1])
            except (OSError, IndexError):
                continue
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def idle_share(seconds: float) -> float:
    """Share of a core that the program takes with the demo's case open and nothing to do."""
    with tempfile.TemporaryDirectory() as home:
        hello = Path(home) / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        programs = {
            "hello": Program([sys.executable, str(hello)], home),
            "workbench": Program([WORKBENCH, "demo", "--dir", f"{home}/demo", "--jobs", "1"], home),
        }
        try:
            programs["hello"].wait(b"hello")
            ours = programs["workbench"]
            ours.wait(b"500s on login")
            os.write(ours.terminal, b"\r")
            ours.wait(b"TokenRefreshConflict")
            _rest(ours)
            before = {name: program.processor() for name, program in programs.items()}
            time.sleep(seconds)
            shares = {name: (program.processor() - before[name]) / seconds for name, program in programs.items()}
        finally:
            for program in programs.values():
                program.end()
    print(
        f"idle     processor  hello {shares['hello']:6.2%}   workbench {shares['workbench']:6.2%} of a core"
        f"   (bar {IDLE_BAR:.0%}, {shares['workbench'] / IDLE_BAR:.2f} of it)"
    )
    return shares["workbench"]


def _rest(program: Program) -> None:
    """Until it has written nothing for some seconds."""
    quiet_since, seen = time.monotonic(), program.seen
    while time.monotonic() - quiet_since < REST:
        time.sleep(0.5)
        if program.seen != seen:
            quiet_since, seen = time.monotonic(), program.seen


def main() -> int:
    """Measure and print; the exit code says whether the bars were met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=30.0)
    arguments = parser.parse_args()
    ratio, share = help_ratio(arguments.runs), idle_share(arguments.seconds)
    return int(ratio > HELP_BAR or share > IDLE_BAR)


if __name__ == "__main__":
    sys.exit(main())
