"""The panel Around, filled: a host that fails beside one that answers, a metric that changed, a table's dead rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workbench_kit.time_axis import MARK

from tests.conftest import RepoBuilder
from tests.scenarios.driver import workbench
from tests.snapshots import incident
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

START = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
MODELS = "class Token:\n    pass\n"


def write_log(path: Path) -> None:
    """An hour in which every other call to the payment service fails from half past on."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(120):
            at = START + timedelta(seconds=30 * number)
            stamp = f"{at:%Y-%m-%d %H:%M:%S},000"
            status = 503 if number > 60 and number % 2 else 200
            out.write(f"{stamp} INFO shop.client GET http://catalog.test/items -> 200 in 20 ms\n")
            out.write(f"{stamp} INFO shop.client POST http://pay.test/charge -> {status} in 90 ms\n")


def write_metrics(path: Path) -> None:
    """A value a minute that is three times as high from the fortieth on."""
    rows = [f"{(START + timedelta(minutes=n)):%Y-%m-%dT%H:%M:%SZ},{0.2 if n < 40 else 0.6}" for n in range(60)]
    path.write_text("\n".join(["time,latency", *rows, ""]), encoding="utf-8")


def write_database(path: Path) -> None:
    """A table of tokens, half of which have expired."""
    with sqlite3.connect(path) as db:
        db.execute("create table shop_token (id integer primary key, expires_at text)")
        dates = ["2001-01-01 00:00:00", "2999-01-01 00:00:00"]
        db.executemany("insert into shop_token (expires_at) values (?)", [(dates[n % 2],) for n in range(10)])


async def investigated(repo: Path, folder: Path) -> str:
    """The id of a case that was given all three."""
    write_log(folder / "shop.log")
    write_metrics(folder / "latency.csv")
    write_database(folder / "shop.sqlite")
    session = await Session.open(repo, from_arguments(incident.arguments(folder)))
    try:
        asked = Question("charges fail", (str(folder / "shop.log"),), database=f"sqlite:///{folder / 'shop.sqlite'}")
        await session.investigate(replace(asked, inputs={"metrics": (str(folder / "latency.csv"),)}))
        return session.state.id
    finally:
        await session.close()


async def test_hosts_metrics_and_the_database_stand_in_one_panel(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    repo = make_repo({"shop/__init__.py": "", "shop/models.py": MODELS})
    repo.write("shop/prices.py", "")
    repo.commit("prices", date=START + timedelta(minutes=35))
    repo.git("tag", "v2")
    case = await investigated(repo.path, tmp_path)
    async with workbench(repo.path, incident.arguments(tmp_path, case), (160, 48)) as driver:
        await driver.sees("Around")
        await driver.settle()
        driver.panel("around").focus()
        await driver.press("plus")
        shown = driver.shown("around")
        for told in (
            "✘ pay.test",
            "✔ catalog.test",
            "latency",
            "0.2 → 0.6 at",
            "5 min after deploy",
            "shop_token",
            "10 rows",
            "5 look dead",
        ):
            assert told in shown, shown
        (course,) = (line for line in shown.splitlines() if "latency" in line)
        assert MARK in course, "the release is marked where the level changed"
        assert course.index(MARK) < course.index("█")
        assert "1 of 2 hosts fail · 1 series · SQLite" in shown, shown
