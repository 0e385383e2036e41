"""Following a log that grows by 10,000 lines a second on screen: from key to paint, the processor, whether it keeps up.

    python tests/bench/following.py [--lines 10000] [--seconds 20] [--panel checks]

The real program runs in a pseudo-terminal as in ``keys.py``; j and k are pressed in a list beside the log that is
followed. The processor is that of the program and all of its children. Exits 1 when a bar is missed: 99th percentile
of the keys' own time 50 ms, half a core, every line in the log panel three seconds after it was written.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import keys
from project import START, write_project

CORE = 0.5
"""Of one core that following may take."""
LATE = 3.0
"""Seconds after which a line must be in the panel."""


def child(repo: str, log: str, folder: str, panel: str) -> None:
    """The program: it follows the log once it was read, and notes what it painted and how many rows there are."""
    import asyncio
    from argparse import Namespace

    from workbench_app.main import put_keys_first
    from workbench_kit.pane import Pane
    from workbench_kit.panel import Panel

    painted = Path(folder, "painted").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - open to the end

    base = keys.probe(panel, painted)

    class Following(base):
        async def ask(self, repo: str, logs: tuple[str, ...], question: str, playbook: str = "") -> None:
            await super().ask(repo, logs, question, playbook)
            self.work(self.on())

        async def on(self) -> None:
            assert self.desk is not None
            await self.desk.session.idle()
            book = self.desk.session.log
            await book.follow(True)
            view = self.screen.query_one(f"#{panel}", Panel)
            assert isinstance(self.screen, Pane)
            self.screen.go_panel(view)
            print(json.dumps(["ready", 0]), file=painted)
            while True:
                await asyncio.sleep(0.5)
                print(json.dumps(["rows", book.rows]), file=painted)

    options = Namespace(store=str(Path(folder, "data")), log=[log], question="login fails with TypeError", ask=True)
    put_keys_first()
    Following(repo, options).run()


class Writer(threading.Thread):
    """Appends lines to a log, a tenth of a second's at once, until it is told to stop; ``lines`` were written."""

    def __init__(self, log: Path, rate: int) -> None:
        super().__init__(daemon=True)
        self.lines = 0
        self.stop = threading.Event()
        self._log, self._rate = log, rate

    def run(self) -> None:
        """Write."""
        began = time.monotonic()
        with self._log.open("a", encoding="utf-8") as out:
            while not self.stop.is_set():
                due = int((time.monotonic() - began) * self._rate)
                stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(START + 86400 + due // self._rate))
                for number in range(self.lines, due):
                    out.write(f"{stamp} INFO app.request [{number}] GET /login 200 user={number % 9000} 0.{number} s\n")
                out.flush()
                self.lines = due
                time.sleep(0.1)


def measure(repo: Path, log: Path, folder: Path, arguments: argparse.Namespace) -> bool:
    """Press keys while the log grows; whether every bar was met."""
    folder.mkdir()
    pid, terminal = keys.start(
        [sys.executable, __file__, "--child", str(repo), str(log), str(folder), arguments.panel], folder
    )
    writer = Writer(log, arguments.lines)
    try:
        keys.wait(folder, lambda marks: any(mark[0] == "ready" for mark in marks), 120)
        known = log.read_bytes().count(b"\n")
        writer.start()
        time.sleep(2)
        began, cpu = time.monotonic(), _cpu(pid)
        taken = keys.press(pid, terminal, folder, lambda: time.monotonic() - began > arguments.seconds)
        used = (_cpu(pid) - cpu) / (time.monotonic() - began)
        writer.stop.set()
        writer.join()
        time.sleep(LATE)
        rows = [mark[1] for mark in keys.marks_of(folder) if mark[0] == "rows"][-1]
    finally:
        keys.end(pid)
    print(f"following  {arguments.lines:,} lines/s   rows {rows:,} of {known + writer.lines:,}   {used:.0%} of a core")
    keys.report(arguments.panel, "in all", [whole for whole, _ in taken])
    own = keys.report(arguments.panel, "own time", [whole - min(whole, line) for whole, line in taken])
    return own <= keys.BAR and used <= CORE and rows == known + writer.lines


def _cpu(pid: int) -> float:
    """Seconds of processor that a process and its children took, those that ended among them."""
    ticks, stats = 0, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            stats[int(entry.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    ours = {pid}
    for each in sorted(stats):
        if stats[each][0] in ours:
            ours.add(each)
    ticks = sum(stats[each][1] for each in ours if each in stats)
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure and print; the exit code says whether the bars were met."""
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=10_000, help="lines a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--panel", default="checks")
    arguments = parser.parse_args()
    random.seed(3)
    with tempfile.TemporaryDirectory() as name:
        repo, log = write_project(Path(name), 5000, 5)
        return int(not measure(repo, log, Path(name, "following"), arguments))


if __name__ == "__main__":
    sys.exit(main())
