"""Joining over a slow network: ``python -m tests.bench.joining`` prints JSON with what it measured; fails over a bar.

A real sshd on loopback behind a proxy: 300 ms of delay (150 each way) and 64 kbit/s each way. Measured on the demo's
case: seconds until a guest is in and knows the brief (5 at most; of that ssh alone takes most) and until the whole case
stands, bytes a second while nothing happens (1,000 at
most), and milliseconds from a key in the guest's screen until the screen is at rest after it (p99, 50 at most), beside
the same keys on the host's own screen. With 300 ms each way it is measured too, without a bar.
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

from workbench_app.app import WorkbenchApp

from tests.sshd import SlowNetwork, sshd
from workbench.demo import open_demo
from workbench.engine.investigation import Question
from workbench.engine.options import Options
from workbench.engine.session import Session
from workbench.engine.together.joining import joined

RATE, DELAY, IDLE, KEYS = 8000.0, 0.15, 30.0, 300
BARS = {"join_seconds": 5.0, "idle_bytes_per_second": 1000.0, "guest_key_p99_ms": 50.0}


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


async def at_the_screen(path: Path, options: Namespace, network: SlowNetwork | None) -> tuple[list[float], float]:
    """Milliseconds of keys in pane 1, and bytes a second while nothing is done there."""
    app = WorkbenchApp(str(path), options)
    async with app.run_test(size=(160, 48)) as pilot:
        while app.current_mode != "investigate":
            await asyncio.sleep(0.05)
        await asyncio.sleep(3)
        before = network.passed if network else 0
        await asyncio.sleep(IDLE if network else 0)
        idle = (network.passed - before) / IDLE if network else 0.0
        taken = []
        for number in range(KEYS):
            began = time.perf_counter()
            await pilot.press("j" if number // 4 % 2 else "k")
            taken.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.03)
    return taken, idle


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
        guest, idle = await at_the_screen(visit.folder, given, near)
        visit.end()
        host, _ = await at_the_screen(repo, Namespace(case=case, store=str(folder / "far")), None)
        near.close()
        far.close()
    ours, peer = statistics.quantiles(guest, n=100)[98], statistics.quantiles(host, n=100)[98]
    return {
        "join_seconds": statistics.median(brief for brief, _ in joins),
        "case_seconds": statistics.median(whole for _, whole in joins),
        "join_seconds_300_ms_each_way": distant[0],
        "ssh_alone_seconds": alone,
        "idle_bytes_per_second": idle,
        "guest_key_p50_ms": statistics.median(guest),
        "guest_key_p99_ms": ours,
        "host_key_p99_ms": peer,
        "key_ratio": ours / peer,
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(measure(Path(folder)))
    missed = {name: bar for name, bar in BARS.items() if measured[name] > bar}
    print(json.dumps({name: round(value, 3) for name, value in measured.items()} | {"missed": missed}, indent=2))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
