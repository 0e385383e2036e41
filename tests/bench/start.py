"""How long until the first frame is painted, against a hello-world of Textual in the same terminal.

    python tests/bench/start.py [--runs 11]

Both are started in turn, each in a pseudo-terminal of its own; wall time and processor time run from the start of the
process until the first frame has come out of the terminal. Exits 1 when a median is above 1.3 times that of hello.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

BAR = 1.3
SIZE = (40, 120)
PATIENCE = 60.0

HELLO = """
from textual.app import App
from textual.widgets import Footer, Static


class Hello(App):
    BINDINGS = [("q", "quit", "Quit")]

    def compose(self):
        yield Static("hello")
        yield Footer()


Hello().run()
"""


def first_frame(argv: list[str], mark: bytes, home: str) -> tuple[float, float]:
    """Wall and processor seconds from the start of ``argv`` until ``mark`` is on its terminal. Raises TimeoutError."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        os.execve(argv[0], argv, environment)
    try:
        seen = b""
        while mark not in seen:
            if not select.select([terminal], [], [], PATIENCE)[0]:
                raise TimeoutError(f"{argv}: no first frame: {seen[-500:]!r}")
            seen += os.read(terminal, 65536)
        return time.perf_counter() - started, processor_seconds(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def processor_seconds(pid: int) -> float:
    """Seconds that the threads of a process have been on a processor."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def main() -> int:
    """Measure and print; the exit code says whether the bar was met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11)
    arguments = parser.parse_args()
    workbench = str(Path(sys.executable).with_name("workbench"))
    with tempfile.TemporaryDirectory() as home:
        hello = Path(home) / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        programs = {
            "hello": ([sys.executable, str(hello)], b"hello"),
            "workbench": ([workbench, home], b"Question"),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for _ in range(arguments.runs + 1):
            for name, (argv, mark) in programs.items():
                taken[name].append(first_frame(argv, mark, home))
    return report({name: each[1:] for name, each in taken.items()})


def report(taken: dict[str, list[tuple[float, float]]]) -> int:
    """Print medians and their ratios; 1 when one is above the bar."""
    missed = False
    for at, what in enumerate(("wall", "processor")):
        hello, ours = (statistics.median(run[at] for run in taken[name]) for name in ("hello", "workbench"))
        ratio = ours / hello
        missed = missed or ratio > BAR
        print(f"{what:<10} hello {hello * 1000:6.0f} ms   workbench {ours * 1000:6.0f} ms   {ratio:.2f} × (bar {BAR})")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
