"""An incident whose cause is data: a migration, run by hand, takes customers away whose orders stay."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import RepoBuilder
from tests.incidents.run import Incident, play

INVOICES = '''"""Invoices, from the tables shop_order and shop_customer."""


def invoice(connection, number):
    order = connection.execute("select customer_id, total from shop_order where id = ?", (number,)).fetchone()
    customer = connection.execute("select name from shop_customer where id = ?", (order[0],)).fetchone()
    return f"{customer[0]} owes {order[1]}"
'''
MERGE = """delete from shop_customer where id in (
    select later.id from shop_customer later join shop_customer first on first.name = later.name and first.id < later.id
);
"""
SCHEMA = """
create table shop_customer (id integer primary key, name text);
create table shop_order (id integer primary key, customer_id integer, total integer);
create table django_migrations (id integer primary key, app text, name text, applied datetime);
insert into django_migrations values (1, 'shop', '0001_initial', '2026-03-02 09:30:00.000000');
"""
TRAFFIC = """
import logging, os, pathlib, sqlite3, sys
from datetime import UTC, datetime
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from clock import story
from shop.invoices import invoice

clock = story(sys.argv[3])
web = logging.getLogger("shop.web")
path = pathlib.Path(sys.argv[3]).with_name("shop.sqlite")
connection = sqlite3.connect(path, isolation_level=None)
connection.executescript(SCHEMA)
connection.executemany("insert into shop_customer values (?, ?)", [(n, f"name {n % 70}") for n in range(100)])
connection.executemany("insert into shop_order values (?, ?, ?)", [(n, n % 100, n) for n in range(500)])
merge = pathlib.Path(sys.argv[1], "shop/migrations/0002_merge.sql").read_text()
logging.getLogger("shop.start").info("release r4 started, pid %d", os.getpid())
for number in range(540):
    clock.wait(20)
    if number == 400:
        connection.executescript(merge)
        now = datetime.fromtimestamp(clock.now, UTC).replace(tzinfo=None)
        connection.execute("insert into django_migrations values (2, 'shop', '0002_merge', ?)", (now.isoformat(" "),))
    try:
        invoice(connection, number % 500)
        web.info("GET /api/invoice 200 user=%d 3 ms", number % 100)
    except Exception:
        web.exception("GET /api/invoice 500 user=%d 3 ms", number % 100)
print(path)
""".replace("SCHEMA)", f"{SCHEMA!r})")


def orphans(folder: Path) -> Incident:
    """Build the repository, serve while the migration is run, give the log; ``said`` is the path of the database."""
    repo = RepoBuilder(folder / "shop")
    repo.write("shop/__init__.py")
    repo.write("shop/invoices.py", INVOICES)
    repo.write("shop/migrations/0001_initial.sql", "-- the tables\n")
    repo.write("deploy/production.env", "CURRENCY=EUR\n")
    repo.commit("A shop with invoices", "Ines <ines@example.org>", datetime(2026, 3, 2, 9, tzinfo=UTC))
    repo.git("tag", "r3")
    repo.write("shop/migrations/0002_merge.sql", MERGE)
    repo.commit("Merge customers of one name", "Jo <jo@example.org>", datetime(2026, 4, 20, 9, tzinfo=UTC))
    repo.write("deploy/production.env", "CURRENCY=CHF\n")
    repo.commit("Francs", "Jo <jo@example.org>", datetime(2026, 4, 21, 9, tzinfo=UTC))
    repo.git("tag", "r4")
    return play(repo, TRAFFIC, folder / "shop.log", "invoices fail for some customers")
