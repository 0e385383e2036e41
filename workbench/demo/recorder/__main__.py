"""Record the log: ``python -m workbench.demo.recorder LOG.gz``, in an environment that has the extra ``demo``."""

from __future__ import annotations

import argparse
import gzip
import os
import re
import sysconfig
import tempfile
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.demo.recorder.api import Api
from workbench.demo.recorder.clients import Clients
from workbench.demo.recorder.clock import SkippingClock
from workbench.demo.recorder.plan import DEPLOY, Arrival, plan
from workbench.demo.recorder.service import Service
from workbench.demo.repository import write_repository

if TYPE_CHECKING:
    from collections.abc import Iterable

STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.MULTILINE)
FIRST_MINUTE = datetime(2026, 11, 12, 13, 0, tzinfo=UTC)
SEED = 412


def record(target: Path) -> None:
    """Run both releases through the plan and write what they logged to ``target``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repo = folder / "auth-service"
        write_repository(repo)
        good, bad = Service(repo, "r411", folder), Service(repo, "r412", folder)
        good.seed()
        api = Api()
        clients = Clients(api, good.database, SEED)
        arrivals = plan(SEED)
        try:
            good.start()
            clock = SkippingClock(FIRST_MINUTE)
            api.port = good.port
            play(clients, clock, (arrival for arrival in arrivals if arrival.at < DEPLOY))
            good.stop()
            bad.manage("migrate")
            clock.skip_to(DEPLOY)
            bad.start()
            api.port = bad.port
            play(clients, clock, (arrival for arrival in arrivals if arrival.at >= DEPLOY))
        finally:
            good.stop()
            bad.stop()
        text = "".join(mapped(service, clock) for service in (good, bad))
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(text.splitlines())} lines, {target.stat().st_size} bytes packed, {dict(api.errors)}")


def play(clients: Clients, clock: SkippingClock, arrivals: Iterable[Arrival]) -> None:
    """Let everyone come when the plan says; time runs while somebody is served and is skipped otherwise."""
    under_way: set[Future[None]] = set()
    with ThreadPoolExecutor(32) as threads:
        for arrival in arrivals:
            while under_way and (left := arrival.at - clock.now()) > 0:
                done, under_way = wait(under_way, left, FIRST_COMPLETED)
                for future in done:
                    future.result()
            if not under_way:
                clock.skip_to(arrival.at)
            under_way.add(threads.submit(clients.act, arrival.what, arrival.at))
        for future in under_way:
            future.result()


def mapped(service: Service, clock: SkippingClock) -> str:
    """The log of ``service`` with the clock's times and the paths of a host."""
    paths, python = sysconfig.get_paths(), f"python{sysconfig.get_python_version()}"
    text = service.stderr.read_text()
    for here, there in (
        (os.fspath(service.checkout), "/srv/app"),
        (paths["purelib"], f"/srv/venv/lib/{python}/site-packages"),
        (paths["stdlib"], f"/usr/local/lib/{python}"),
    ):
        text = text.replace(here, there)
    lines = STAMP.sub(lambda found: stamp(clock.map(datetime.fromisoformat(found[0]))), text).splitlines(keepends=True)
    first = stamp(clock.begin)
    begun = next(number for number, line in enumerate(lines) if STAMP.match(line) and line >= first)
    return "".join(lines[begun:])


def stamp(at: datetime) -> str:
    """As the project writes times."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m workbench.demo.recorder", description=record.__doc__)
    parser.add_argument("log", type=Path)
    record(parser.parse_args().log)
