"""Joining over a slow network: ``python -m tests.bench.joining`` prints JSON with what it measured; fails over a bar.

A real sshd on loopback behind a proxy: 300 ms of delay (150 each way) and 64 kbit/s each way. Measured on the demo's
case: seconds until a guest is in and knows the brief (5 at most; of that ssh alone takes most) and until the whole case
stands, bytes a second while nothing happens (1,000 at
most), and milliseconds from a key in a list of the guest's screen until the paint that shows its effect (p99, 50 at
most), beside the same keys on the host's own screen; what the program stood in line for a processor meanwhile, which
the kernel counts, is given apart. With 300 ms each way joining is measured too, without a bar.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.events import Key
from workbench_app.app import WorkbenchApp
from workbench_kit.garbage import at_start
from workbench_kit.pane import Pane
from workbench_kit.reader import Reader

from tests.sshd import SlowNetwork, sshd
from workbench.demo import open_demo
from workbench.engine.investigation import Question
from workbench.engine.options import Options
from workbench.engine.session import Session
from workbench.engine.together.joining import joined

RATE, DELAY, IDLE, KEYS, PATIENCE = 8000.0, 0.15, 30.0, 200, 2.0
BARS = {"join_seconds": 5.0, "idle_bytes_per_second": 1000.0, "guest_key_p99_ms": 50.0}


class Watched(WorkbenchApp):
    """Knows when a moved cursor was last painted, and how long it stood in line until then."""

    cursors: tuple[int, ...] = ()
    painted = 0.0
    stood = 0.0

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)
        base = self.screen
        cursors = tuple(view.cursor for view in base.panels) if isinstance(base, Pane) else ()
        if cursors != self.cursors and renderable is not None:
            self.cursors, self.painted, self.stood = cursors, time.perf_counter(), in_line()


def in_line() -> float:
    """Seconds that the main thread was ready to run and did not."""
    return int(Path(f"/proc/{os.getpid()}/schedstat").read_text().split()[1]) / 1e9


async def the_case(folder: Path) -> tuple[str, Path]:
    """The demo's case, investigated on the host."""
    demo = open_demo(folder / "demo")
    session = await Session.open(demo.repo, Options(folder / "far", folder / "cache", 2, "ann"))
    await session.investigate(Question(demo.question, (str(demo.log),)))
    case = session.state.id
    await session.close()
    return case, demo.repo


async def join(folder: Path, url: str, name: str) -> tuple[float, float]:
    """Seconds until we are in and know the brief, and until the whole case stands."""
    options = Options(folder / name, folder / f"{name}-cache", 1, name)
    came: list[float] = []
    began = time.perf_counter()
    visit = await asyncio.to_thread(lambda: joined(url, options, greeted=lambda _: came.append(time.perf_counter())))
    session = await Session.open(visit.folder, replace(options, visit=visit, case=visit.link.welcome.case))
    await session.idle()
    seconds = came[0] - began, time.perf_counter() - began
    assert session.views.errors
    await session.close()
    visit.end()
    return seconds


async def at_the_screen(
    path: Path, options: Namespace, network: SlowNetwork | None
) -> tuple[list[float], list[float], float]:
    """Milliseconds of keys in a list of pane 1, in all and without standing in line, and bytes a second while nothing
    is done there."""
    app = Watched(str(path), options)
    async with app.run_test(size=(160, 48)) as pilot:
        while app.current_mode != "investigate" or (network and not isinstance(app.screen, Reader)):
            await asyncio.sleep(0.05)
        if network:
            await pilot.press("escape")  # the brief of who joins late
        await asyncio.sleep(3)
        before = network.passed if network else 0
        await asyncio.sleep(IDLE if network else 0)
        idle = (network.passed - before) / IDLE if network else 0.0
        whole, own = list[float](), list[float]()
        for number in range(KEYS):
            began, line = time.perf_counter(), in_line()
            key = Key("jk"[number % 2], "jk"[number % 2])
            key.set_sender(app)
            app.post_message(key)
            while app.painted < began and time.perf_counter() < began + PATIENCE:
                await asyncio.sleep(0.002)
            if app.painted > began:
                whole.append((app.painted - began) * 1000)
                own.append(max(0.0, whole[-1] - (app.stood - line) * 1000))
            await asyncio.sleep(0.03)
    assert len(whole) > KEYS * 0.9, f"{len(whole)} of {KEYS} keys moved a cursor"
    return whole, own, idle


async def measure(folder: Path) -> dict[str, float]:
    case, repo = await the_case(folder)
    data = f"env XDG_DATA_HOME={folder} {sys.executable} -P -m workbench --store {folder / 'far'} serve --stdio"
    os.environ["WORKBENCH_REMOTE"] = data
    os.environ["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"
    with sshd(folder) as machine:
        user, _, port = machine.rpartition(":")
        near, far = SlowNetwork(int(port), DELAY, RATE), SlowNetwork(int(port), 2 * DELAY, RATE)
        began = time.perf_counter()
        subprocess.run(["ssh", "-T", "-o", "LogLevel=ERROR", "-p", str(near.port), user, "true"], check=True)
        alone = time.perf_counter() - began
        joins = [await join(folder, f"ssh://{user}:{near.port}/{case}", f"g{n}") for n in range(3)]
        distant = await join(folder, f"ssh://{user}:{far.port}/{case}", "far-away")
        options = Options(folder / "bob", folder / "bob-cache", 1, "bob")
        visit = await asyncio.to_thread(lambda: joined(f"ssh://{user}:{near.port}/{case}", options))
        given = Namespace(visit=visit, case=case, store=str(folder / "bob"))
        guest, guest_own, idle = await at_the_screen(visit.folder, given, near)
        visit.end()
        host, host_own, _ = await at_the_screen(repo, Namespace(case=case, store=str(folder / "far")), None)
        near.close()
        far.close()
    late, ours, peer = (statistics.quantiles(each, n=100)[98] for each in (guest, guest_own, host_own))
    return {
        "join_seconds": statistics.median(brief for brief, _ in joins),
        "case_seconds": statistics.median(whole for _, whole in joins),
        "join_seconds_300_ms_each_way": distant[0],
        "ssh_alone_seconds": alone,
        "idle_bytes_per_second": idle,
        "guest_key_p50_ms": statistics.median(guest_own),
        "guest_key_p99_ms": ours,
        "guest_key_p99_ms_in_all": late,
        "host_key_p50_ms": statistics.median(host_own),
        "host_key_p99_ms": peer,
        "host_key_p99_ms_in_all": statistics.quantiles(host, n=100)[98],
        "key_ratio": ours / peer,
    }


def main() -> int:
    at_start()  # as the program does: its collections wait until nobody presses a key
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(measure(Path(folder)))
    missed = {name: bar for name, bar in BARS.items() if measured[name] > bar}
    print(json.dumps({name: round(value, 3) for name, value in measured.items()} | {"missed": missed}, indent=2))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
