"""From key press to painted reaction while results stream in.

    python tests/bench/keys.py [--lines 100000] [--log-mb 30] [--findings 7000] [--keys 300]

The real program runs in a pseudo-terminal on a generated repository and log, and investigates. Beside what its own
analyzers report, findings are journaled in the engine's batches until there are as many as asked for. Meanwhile j and k
are pressed at random moments in a list that has the focus; a key counts from the moment it is written to the terminal
until the paint that shows its effect has been handed to the terminal. On a machine that others use too, the program
stands in line for a processor meanwhile: the kernel counts how long, and the figures are given with that and without.
Exits 1 when the 99th percentile without it is above 50 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os
import pty
import random
import select
import signal
import struct
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from project import FILES, write_project

if TYPE_CHECKING:
    from workbench.case.model import Finding

BAR = 0.050
SIZE = (48, 160)
BATCH = 200


async def stream(app: Any, painted: TextIO, findings: int, panel: str) -> None:
    """Journal ``findings`` in the engine's batches once a pane stands, and say when there is a list to move in."""
    from workbench_kit.pane import Pane
    from workbench_kit.panel import Panel

    from workbench.case.codec import encode
    from workbench.case.events import new_event
    from workbench.case.state import Report
    from workbench.engine.store.owners import owner

    while not isinstance(app.screen, Pane) or app.screen.focused is None:
        await asyncio.sleep(0.05)
    view = app.screen.query_one(f"#{panel}", Panel)
    app.screen.go_panel(view)
    journal = app.desk.session.services.journal
    told = {"analyzer": "bench", "tree": "", "owner": owner()}
    await journal.append(new_event("analysis.started", "bench", told, "bench"))
    ready = False
    for first in range(0, findings, BATCH):
        report = Report(findings=made(first, min(findings, first + BATCH)))
        await journal.append(new_event("analysis.reported", "bench", {"report": encode(report)}, "bench"))
        await asyncio.sleep(0.5)
        if view.row_count() > 2 and not ready:
            ready = True
            print(json.dumps(["ready", 0]), file=painted)
    print(json.dumps(["streamed", 0]), file=painted)


def made(first: int, end: int) -> tuple[Finding, ...]:
    """Findings all over the repository, with these numbers."""
    from workbench.case.model import Finding, Severity

    return tuple(
        Finding(
            f"b{at}",
            f"package{at % 20}/module{at % FILES}.py",
            at % 190 + 1,
            at % 190 + 1,
            "BENCH",
            f"finding number {at} of the stream",
            Severity.WARNING,
            "bench",
            f"fp-b{at}",
        )
        for at in range(first, end)
    )


def cursor_of(app: Any, panel: str) -> int:
    """Where the cursor of ``panel`` stands; -1 where there is no such panel."""
    from workbench_kit.pane import Pane

    base = app.screen_stack[0] if app.screen_stack else None
    views = base.panels if isinstance(base, Pane) else ()
    return next((view.cursor for view in views if view.id == panel), -1)


def probe(panel: str, painted: TextIO) -> Any:
    """The program's app with its own driver, which notes when a paint with another cursor of ``panel`` was handed to
    the terminal."""
    from workbench_app.app import WorkbenchApp
    from workbench_kit.slow_link import SlowLinkDriver

    class Noting(SlowLinkDriver):
        def _flush(self) -> None:
            super()._flush()
            app: Any = self._app
            if app.drawn != app.sent:
                app.sent = app.drawn
                print(json.dumps([time.monotonic(), app.sent]), file=painted)

    class Probe(WorkbenchApp):
        drawn = sent = -1

        def __init__(self, path: str, options: Any) -> None:
            super().__init__(path, options)
            self.driver_class = Noting

        def _display(self, screen: Any, renderable: Any) -> None:
            if renderable is not None:
                self.drawn = cursor_of(self, panel)
            super()._display(screen, renderable)

    return Probe


def child(repo: str, log: str, folder: str, findings: int, panel: str) -> None:
    """The program, with what is needed to know when a key's effect was painted."""
    from argparse import Namespace

    from workbench_app.main import put_keys_first

    painted = Path(folder, "painted").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - open to the end
    base = probe(panel, painted)

    class Asking(base):
        async def ask(self, repo: str, logs: tuple[str, ...], question: str, playbook: str = "") -> None:
            self.work(stream(self, painted, findings, panel))
            await super().ask(repo, logs, question, playbook)
            print(json.dumps(["done", 0]), file=painted)

    options = Namespace(store=str(Path(folder, "data")), log=[log], question="login fails with TypeError", ask=True)
    put_keys_first()
    Asking(repo, options).run()


def measure(repo: Path, log: Path, folder: Path, findings: int, keys: int, panel: str) -> list[tuple[float, float]]:
    """Seconds from key to paint, and of them in line for a processor, for each key pressed while results stream in."""
    folder.mkdir()
    argv = [sys.executable, __file__, "--child", str(repo), str(log), str(folder), str(findings), panel]
    pid, terminal = start(argv, folder)
    pressed = iter(range(keys))
    try:
        wait(folder, lambda marks: any(mark[0] == "ready" for mark in marks))
        return press(
            pid,
            terminal,
            folder,
            lambda: next(pressed, None) is None or any(mark[0] == "streamed" for mark in marks_of(folder)),
        )
    finally:
        end(pid)


def start(argv: list[str], folder: Path) -> tuple[int, int]:
    """The program in a terminal of SIZE: its process, and the terminal, whose output is thrown away."""
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "WORKBENCH_CACHE": str(folder / "cache"),
    }
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        os.execve(argv[0], argv, environment)
    threading.Thread(target=_drain, args=(terminal,), daemon=True).start()
    return pid, terminal


def end(pid: int) -> None:
    """Kill the program; its reaper ends what it started."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def press(pid: int, terminal: int, folder: Path, enough: Callable[[], bool]) -> list[tuple[float, float]]:
    """Press j and k in turn at random moments; seconds from key to paint, and of them in line for a processor."""
    sent: list[float] = []
    before, lines = len(_numbers(marks_of(folder))), list[float]()
    while not enough():
        time.sleep(random.uniform(0.03, 0.12))
        line = _waited(pid)
        number = len(sent)
        sent.append(time.monotonic())
        os.write(terminal, b"jk"[number % 2 : number % 2 + 1])
        wait(folder, lambda marks, want=before + number + 1: len(_numbers(marks)) >= want)
        lines.append(_waited(pid) - line)
    painted = [mark[0] for mark in _numbers(marks_of(folder))[before:]]
    return [(paint - press, line) for press, paint, line in zip(sent, painted, lines, strict=False)]


def _waited(pid: int) -> float:
    """Seconds that the main thread was ready to run and did not: what other programs took."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def _drain(terminal: int) -> None:
    try:
        while select.select([terminal], [], [])[0] and os.read(terminal, 1 << 16):
            pass
    except OSError:
        return


def marks_of(folder: Path) -> list[list[Any]]:
    """What the program noted so far: times of paints with the cursor, names with a value."""
    file = folder / "painted"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("]")]


def _numbers(marks: list[list[Any]]) -> list[list[Any]]:
    return [mark for mark in marks if isinstance(mark[0], float)]


def wait(folder: Path, condition: Any, patience: float = 60.0) -> None:
    """Wait until ``condition`` holds of the marks; raises TimeoutError after ``patience`` seconds."""
    end = time.monotonic() + patience
    while not condition(marks_of(folder)):
        if time.monotonic() > end:
            raise TimeoutError(f"no paint: {marks_of(folder)[-3:]}")
        time.sleep(0.002)


def report(panel: str, what: str, seconds: list[float]) -> float:
    """Print the figures; gives the 99th percentile."""
    taken = sorted(seconds)
    p50, p99 = taken[len(taken) // 2], taken[min(len(taken) - 1, len(taken) * 99 // 100)]
    print(
        f"{panel:<10} {what:<9} {len(taken)} keys   p50 {p50 * 1000:3.0f} ms   p99 {p99 * 1000:3.0f} ms"
        f"   worst {taken[-1] * 1000:3.0f} ms   (bar p99 {BAR * 1000:.0f} ms, {p99 / BAR:.2f} of it)"
    )
    return p99


def main() -> int:
    """Measure and print; the exit code says whether the bar was met."""
    if sys.argv[1:2] == ["--child"]:
        repo, log, folder, findings, panel = sys.argv[2:]
        child(repo, log, folder, int(findings), panel)
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--log-mb", type=float, default=30.0)
    parser.add_argument("--findings", type=int, default=7000)
    parser.add_argument("--keys", type=int, default=400)
    arguments = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory() as name:
        repo, log = write_project(Path(name), arguments.lines, arguments.log_mb)
        for panel in ("checks", "findings"):
            taken = measure(repo, log, Path(name, panel), arguments.findings, arguments.keys, panel)
            report(panel, "in all", [whole for whole, _ in taken])
            missed = report(panel, "own time", [whole - min(whole, line) for whole, line in taken]) > BAR or missed
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
