"""An incident whose cause is load: five times the orders come at once, and the database lets one write at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import RepoBuilder
from tests.incidents.run import Incident, play

STORE = '''"""Writing to the database."""

import sqlite3
import time


def write(path, statement, values, work=0.02):
    connection = sqlite3.connect(path, timeout=0.005, isolation_level=None)
    try:
        connection.execute("begin immediate")
        connection.execute(statement, values)
        time.sleep(work)
        connection.execute("commit")
    finally:
        connection.close()
'''
ORDERS = '''"""Orders."""

from shop.store import write


def place(path, number):
    write(path, "insert into orders values (?)", (number,))
'''
CARTS = '''"""Carts."""

from shop.store import write


def keep(path, number):
    write(path, "insert into carts values (?)", (number,))
'''
TRAFFIC = """
import logging, os, sqlite3, sys, tempfile, threading
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from clock import story
from shop.carts import keep
from shop.orders import place

clock = story(sys.argv[3])
web = logging.getLogger("shop.web")
path = os.path.join(tempfile.mkdtemp(), "shop.sqlite")
sqlite3.connect(path).executescript("create table orders (number); create table carts (number);")
logging.getLogger("shop.start").info("release r3 started, pid %d", os.getpid())


def serve(number, gate):
    name, work = ("orders", place) if number % 2 else ("carts", keep)
    gate.wait()  # they come at once, however slowly they are started
    try:
        work(path, number)
        web.info("\\"POST /api/%s HTTP/1.1\\" 200 21 user=%d", name, number % 400)
    except Exception:
        web.exception("\\"POST /api/%s HTTP/1.1\\" 500 6 user=%d", name, number % 400)


number = 0
for minute in range(180):
    clock.wait(60)
    together = 5 if minute >= 140 else 1
    gate = threading.Barrier(together)
    threads = [threading.Thread(target=serve, args=(number + at, gate)) for at in range(together)]
    number += together
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def more_load(folder: Path) -> Incident:
    """Build the repository, serve more and more at once, give the log."""
    repo = RepoBuilder(folder / "shop")
    repo.write("shop/__init__.py")
    repo.write("shop/store.py", STORE)
    repo.write("shop/orders.py", ORDERS)
    repo.write("shop/carts.py", CARTS)
    repo.commit("A shop with one database", "Ines <ines@example.org>", datetime(2026, 3, 2, 9, tzinfo=UTC))
    repo.git("tag", "r2")
    repo.write("requirements.txt", "requests==2.32.1\n")
    repo.commit("Newer requests", "Jo <jo@example.org>", datetime(2026, 4, 20, 9, tzinfo=UTC))
    repo.git("tag", "r3")
    return play(repo, TRAFFIC, folder / "shop.log", "orders and carts fail since the sale began")
