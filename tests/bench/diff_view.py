"""How quick the diff and code views are: ``python tests/bench/diff_view.py``.

Runs the real app on a pseudo terminal, so that what is measured includes the bytes written. Prints, for each figure,
ours, the peer's and the ratio, or ours and the bar. Peer of scrolling: a blank ScrollView of the same size. Times are
of the loop's thread in CPU (this machine may be shared) and by the clock.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
from pathlib import Path
from typing import Any

COLUMNS, ROWS = 160, 48


def measure(out: Path) -> None:
    """Run the app on this terminal and write its figures to ``out``."""
    sys.path[:0] = [str(Path(__file__).parent)]
    from diff_app import Bench
    from workbench_app.main import put_keys_first

    put_keys_first()  # as the program does: without it a full collection blocks the loop for 60 to 90 ms
    Bench(out).run()


def run() -> dict[str, Any]:
    """The figures of one run in a terminal of its own, whose output is read and dropped."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        argv = [sys.executable, __file__, "--measure", str(out)]
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        child = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        threading.Thread(target=_drain, args=(ours,), daemon=True).start()
        child.wait(timeout=150)
        os.close(theirs)
        found: dict[str, Any] = json.loads(out.read_text())
        return found


def _drain(handle: int) -> None:
    while True:
        try:
            if not os.read(handle, 1 << 16):
                return
        except OSError:
            return


def report(figures: dict[str, Any]) -> bool:
    """Print the figures; whether all bars are reached."""
    good = True

    def line(name: str, ours: float, bar: float, unit: str = "ms", peer: float | None = None) -> None:
        nonlocal good
        value = ours / peer if peer else ours
        good &= value <= bar
        against = f"  peer {peer:8.2f} {unit}  ratio {value:5.2f}" if peer else ""
        print(f"{'ok  ' if value <= bar else 'OVER'} {name:42} ours {ours:8.2f} {unit}{against}  bar {bar:g}")

    def scrolling(name: str, of: str) -> None:
        ours, theirs = (statistics.median(times) * 1000 for times in figures[of])
        line(name, ours, 1.5, peer=theirs)

    print(f"10,000-line diff over 100 files, {COLUMNS} x {ROWS}; parsed in {figures['parse'] * 1000:.0f} ms")
    for mode in ("unified", "split"):
        clock, cpu = figures[f"{mode} first paint"]
        line(f"{mode}: first paint, clock (cpu {cpu * 1000:.0f} ms)", clock * 1000, 150)
        scrolling(f"{mode}: a page of scrolling, seen before", f"{mode} warm")
        scrolling(f"{mode}: a page of scrolling, first time", f"{mode} cold")
        line(f"{mode}: loop blocked at most, cpu", figures[f"{mode} longest"] * 1000, 50)
    line("50,000-line file: text on screen, clock", figures["code first paint"][0] * 1000, 300)
    scrolling("50,000-line file: a page of scrolling", "code warm")
    line("50,000-line file: loop blocked at most, cpu", figures["code longest"] * 1000, 50)
    print(f"     colours of the first window came {figures['colours after'] * 1000:.0f} ms after the text")
    return good


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
    else:
        sys.exit(0 if report(run()) else 1)
