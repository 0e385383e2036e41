"""Where loggers put the level: filled up with spaces, in brackets, beside a name. An error is one in each of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.test_logs_formats import read

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("shop.web", "shop.pay", "shop.inventory", "db", "shop.checkout.vouchers")
TRACE = """Traceback (most recent call last):
  File "/srv/app/shop/web.py", line 41, in handle
    return pay(cart)
  File "/srv/app/shop/pay.py", line 17, in pay
    amount = cart["total"]
KeyError: 'total'"""

Head = Callable[[int, str, str], str]


def at(number: int, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """The time of a record."""
    return (BEGUN + timedelta(seconds=20 * number)).strftime(form)


def short(level: str) -> str:
    """The level as Serilog writes it."""
    return {"ERROR": "ERR", "INFO": "INF"}[level]


HEADS: dict[str, Head] = {
    "the cookbook's": lambda n, level, name: f"{at(n, '%m-%d %H:%M')} {name:<12} {level:<8} ",
    "the cookbook's on a terminal": lambda n, level, name: f"{name:<12}: {level:<8} ",
    "level of 8": lambda n, level, name: f"{at(n)},123 {level:<8} ",
    "level of 7": lambda n, level, name: f"{at(n)},123 {level:<7} ",
    "level of 10": lambda n, level, name: f"{at(n)},123 {level:<10} ",
    "name of 20": lambda n, level, name: f"{at(n)},123 {level} {name:<20} ",
    "name of 30": lambda n, level, name: f"{at(n)},123 {level} {name:<30}: ",
    "name first": lambda n, level, name: f"{at(n)},123 {name:<20} {level} ",
    "level in brackets": lambda n, level, name: f"{at(n)},123 [{level:<8}] ",
    "bars": lambda n, level, name: f"{at(n)},123 | {level:<8} | {name} | ",
    "level first": lambda n, level, name: f"{level:<8} {at(n)},123 ",
    "level and name": lambda n, level, name: f"{level:<8} {name:<24} ",
    "level to the right": lambda n, level, name: f"{at(n)} {level:>8} ",
    "name and line": lambda n, level, name: f"{at(n)},123 {level:<8} {name}:{n % 3 + 10:<4} ",
    "file and line": lambda n, level, name: f"{at(n)},123 {level:<8} {name.split('.')[-1]:<25} ",
    "thread": lambda n, level, name: f"{at(n)},123 [MainThread] {level:<5} {name} - ",
    "epoch": lambda n, level, name: f"{1767225600 + 20 * n}.123 {level:<8} ",
    "tabs": lambda n, level, name: f"{at(n)}\t{level:<8}\t{name}\t",
    "spring": lambda n, level, name: f"{at(n)}.123 {level:>5} 4711 --- [nio-8080-exec-1] c.shop.{name[:4]:<32} : ",
    "logback": lambda n, level, name: f"{at(n, '%H:%M:%S')}.123 [main] {level:<5} c.shop.Cart - ",
    "zap": lambda n, level, name: f"{at(n, '%Y-%m-%dT%H:%M:%S')}.123Z\t{level}\tshop/pay.go:17\t",
    "rails": lambda n, level, name: f"{level[0]}, [{at(n, '%Y-%m-%dT%H:%M:%S')}.123456 #7] {level:>5} -- : ",
    "serilog": lambda n, level, name: f"[{at(n, '%H:%M:%S')} {short(level)}] ",
    "serilog's file": lambda n, level, name: f"{at(n)}.123 +00:00 [{short(level)}] ",
    "monolog": lambda n, level, name: f"[{at(n, '%Y-%m-%dT%H:%M:%S')}.123456+00:00] app.{level}: ",
    "laravel": lambda n, level, name: f"[{at(n)}] production.{level}: ",
    "twisted": lambda n, level, name: f"{at(n, '%Y-%m-%dT%H:%M:%S')}+0000 [{name}#{level.lower()}] ",
    "tracing": lambda n, level, name: f"{at(n, '%Y-%m-%dT%H:%M:%S')}.123456Z {level:>5} shop::pay: ",
    "odoo": lambda n, level, name: f"{at(n)},123 7 {level} shopdb odoo.addons.{name}: ",
    "elasticsearch": lambda n, level, name: f"[{at(n, '%Y-%m-%dT%H:%M:%S')},123][{level:<5}][o.e.c.Foo         ] [a] ",
    "behind syslog's priority": lambda n, level, name: f"<134>{at(n, '%b %d %H:%M:%S')} lb shop[7]: {level} ",
    "structlog, in colours": lambda n, level, name: (
        f"\x1b[2m{at(n, '%Y-%m-%dT%H:%M:%S')}.123456Z\x1b[0m [\x1b[31m\x1b[1m{level.lower():<9}\x1b[0m] \x1b[1m"
    ),
    "brackets, in colours": lambda n, level, name: f"\x1b[36m{at(n)}\x1b[0m [\x1b[31m{level}\x1b[0m] ",
    "uvicorn": lambda n, level, name: f"{level + ':':<10}",
}


WITHOUT_TIME = ("the cookbook's", "the cookbook's on a terminal", "level and name", "uvicorn")
"""The first has a time without a year and without seconds."""


def log(head: Head, path: Path, more: str = "") -> None:
    """Two hundred records, every tenth an error with ``more`` below it."""
    lines = []
    for n in range(200):
        name = NAMES[n % len(NAMES)]
        failed = n % 10 == 7
        lines.append(
            head(n, "ERROR", name) + f"payment failed for {n}{more}"
            if failed
            else head(n, "INFO", name) + f"served page {n} in {n} ms"
        )
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("name", HEADS)
def test_a_record_of_level_error_is_an_error(name: str, tmp_path: Path) -> None:
    log(HEADS[name], tmp_path / "app.log")
    table, said = read(tmp_path / "app.log")
    (error,) = said.errors
    assert (error.count, table.records) == (20, 200)
    assert error.message.endswith("payment failed for <*>")
    assert (table.start is None) == (name in WITHOUT_TIME)


@pytest.mark.parametrize("name", HEADS)
def test_a_traceback_below_it_is_one_with_it(name: str, tmp_path: Path) -> None:
    log(HEADS[name], tmp_path / "app.log", "\n" + TRACE)
    table, said = read(tmp_path / "app.log")
    (error,) = said.errors
    assert (error.type, error.count, error.frames[-1].line, table.records) == ("KeyError", 20, 17, 200)


@pytest.mark.parametrize(
    "form", ["%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %I:%M:%S.250 %p", "%b %d, %Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S"]
)
def test_days_and_halves_of_days_are_told_apart(form: str, tmp_path: Path) -> None:
    times = [at(90 * n, form) for n in range(200)]
    (tmp_path / "app.log").write_text("".join(f"{time} INFO served page {n}\n" for n, time in enumerate(times)))
    table, _ = read(tmp_path / "app.log")
    assert table.start == pytest.approx(BEGUN.timestamp(), abs=1)
    assert table.end == pytest.approx(BEGUN.timestamp() + 199 * 90 * 20, abs=1)
