"""An incident whose cause is a setting: a release cuts the pool to one connection, and reports need two."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import RepoBuilder
from tests.incidents.run import Incident, play

POOL = '''"""Connections, a few at a time."""

import threading


class PoolTimeout(Exception):
    """Every connection is taken."""


class Pool:
    def __init__(self, size, wait=0.002):
        self.free = threading.Semaphore(size)
        self.wait = wait

    def __enter__(self):
        if not self.free.acquire(timeout=self.wait):
            raise PoolTimeout("no connection was free in the pool")
        return self

    def __exit__(self, *error):
        self.free.release()
'''
REPORTS = '''"""Reports and orders."""


def order(pool, number):
    with pool:
        return {"order": number}


def report(pool, number):
    with pool:
        with pool:
            return {"report": number}
'''
SETTINGS = '"""Settings of the host."""\n\nimport os\n\nPOOL_SIZE = int(os.environ.get("POOL_SIZE", "8"))\n'
TRAFFIC = """
import logging, os, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from clock import story
from shop.pool import Pool
from shop.reports import order, report

clock = story(sys.argv[3])
web = logging.getLogger("shop.web")


def serve(release, size, minutes):
    pool = Pool(size)
    logging.getLogger("shop.start").info("release %s started, pid %d", release, os.getpid())
    for number in range(minutes * 6):
        clock.wait(10)
        name, work = ("report", report) if number % 3 == 0 else ("order", order)
        try:
            work(pool, number)
            web.info("GET /api/%s 200 user=%d 12 ms", name, number % 50)
        except Exception:
            web.exception("GET /api/%s 500 user=%d 14 ms", name, number % 50)


serve("r1", 8, 60)
serve("r2", 1, 30)
"""


def configuration_change(folder: Path) -> Incident:
    """Build the repository, run both releases, give the log."""
    repo = RepoBuilder(folder / "shop")
    repo.write("shop/__init__.py")
    repo.write("shop/pool.py", POOL)
    repo.write("shop/reports.py", REPORTS)
    repo.write("shop/settings.py", SETTINGS)
    repo.write("deploy/production.env", "LOG_LEVEL=INFO\nPOOL_SIZE=8\n")
    repo.write("requirements.txt", "requests==2.32.0\n")
    repo.commit("A shop", "Ines <ines@example.org>", datetime(2026, 3, 2, 9, tzinfo=UTC))
    repo.git("tag", "r1")
    repo.write("deploy/production.env", "LOG_LEVEL=INFO\nPOOL_SIZE=1\n")
    repo.commit("Save memory", "Jo <jo@example.org>", datetime(2026, 5, 11, 9, tzinfo=UTC))
    repo.write("requirements.txt", "requests==2.32.1\n")
    repo.commit("Newer requests", "Ines <ines@example.org>", datetime(2026, 5, 11, 10, tzinfo=UTC))
    repo.git("tag", "r2")
    return play(repo, TRAFFIC, folder / "shop.log", "reports fail with a timeout since two o'clock")
