"""An incident whose cause is the host: it has no descriptors left, so that three endpoints fail that share nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import RepoBuilder
from tests.incidents.run import Incident, play

RECEIPTS = '''"""Receipts, a file each."""


def receipt(folder, number):
    with (folder / f"receipt-{number % 7}.txt").open("w") as file:
        file.write(f"order {number}")
'''
AVATARS = '''"""Pictures of people."""


def avatar(folder, user):
    path = folder / f"avatar-{user}.png"
    if not path.exists():
        path.write_bytes(b"picture")
    return path.read_bytes()
'''
EXPORT = '''"""What accounting takes away."""

import csv


def export(folder, rows):
    with open(folder / "export.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)
'''
TRAFFIC = """
import csv, logging, os, pathlib, resource, sys, tempfile, traceback
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from clock import story
from shop.avatars import avatar
from shop.export import export
from shop.receipts import receipt

clock = story(sys.argv[3])
web = logging.getLogger("shop.web")
folder = pathlib.Path(tempfile.mkdtemp())
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
logging.getLogger("shop.start").info("release r8 started, pid %d", os.getpid())
for number in range(540):
    clock.wait(20)
    # the neighbours on the host take all that is left, and give some back, from the third hour on
    taken = number >= 360 and number % 4 != 3
    resource.setrlimit(resource.RLIMIT_NOFILE, (3 if taken else soft, hard))
    name, work = (
        ("POST /api/orders", lambda: receipt(folder, number)),
        ("GET /api/avatar", lambda: avatar(folder, number % 5)),
        ("GET /api/export", lambda: export(folder, [(number,)])),
    )[number % 3]
    try:
        work()
        web.info("%s 200 user=%d 9 ms", name, number % 40)
    except Exception:
        web.exception("%s 500 user=%d 9 ms", name, number % 40)
"""


def no_descriptors(folder: Path) -> Incident:
    """Build the repository, serve while the limit of open files falls, give the log."""
    repo = RepoBuilder(folder / "shop")
    repo.write("shop/__init__.py")
    repo.write("shop/receipts.py", RECEIPTS)
    repo.write("shop/avatars.py", AVATARS)
    repo.write("shop/export.py", EXPORT)
    repo.write("deploy/production.env", "WORKERS=4\n")
    repo.commit("A shop with files", "Ines <ines@example.org>", datetime(2026, 3, 2, 9, tzinfo=UTC))
    repo.git("tag", "r7")
    repo.write("shop/export.py", EXPORT.replace("rows):", "rows, *, head=()):"))
    repo.commit("Exports may have a head", "Jo <jo@example.org>", datetime(2026, 4, 20, 9, tzinfo=UTC))
    repo.git("tag", "r8")
    return play(repo, TRAFFIC, folder / "shop.log", "the site fails now and then, everywhere")
