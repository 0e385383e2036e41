"""What changed, headless: the deployed release against the last good one, its lines in today's files, ``--since``."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from workbench.cli.main import main

LONG_AGO, RELEASED = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 5, 12, 9, tzinfo=UTC)
PAY = """import os

POOL = int(os.environ.get("PAY_POOL", "20"))
FAST = os.environ.get("ENABLE_FAST_PAY", "0")


def charge(order):
    raise PoolTimeout("no connection was free in the pool")
"""
BEFORE = {
    "shop/pay.py": PAY,
    "shop/export.py": "def export():\n    return 1\n",
    "deploy/production.env": "PAY_POOL=20\nLOG_LEVEL=INFO\n",
    "requirements.txt": "requests==2.32.0\n",
    "Dockerfile": "FROM python:3.11\n",
    ".github/workflows/ci.yml": "on: push\n",
}
AFTER = {
    "shop/pay.py": PAY.replace('"ENABLE_FAST_PAY", "0"', '"ENABLE_FAST_PAY", "1"'),
    "deploy/production.env": "PAY_POOL=1\nLOG_LEVEL=INFO\n",
    "requirements.txt": "requests==2.32.1\n",
    "Dockerfile": "FROM python:3.13\n",
    ".github/workflows/ci.yml": "on: [push, pull_request]\n",
    "shop/migrations/0002_note.py": "from django.db import migrations\n\n"
    "operations = [migrations.AddField(model_name='order', name='note')]\n",
}
TRACE = """Traceback (most recent call last):
  File "/srv/shop/pay.py", line 8, in charge
    raise PoolTimeout("no connection was free in the pool")
shop.pay.PoolTimeout: no connection was free in the pool
"""
CAME = {
    "PAY_POOL 20 → 1",
    "default of ENABLE_FAST_PAY 0 → 1",
    "requests 2.32.0 → 2.32.1",
    "FROM python:3.11 → python:3.13",
    "CI: ci.yml changed",
    "migration shop/0002_note: AddField on order",
}


@pytest.fixture
def repo(make_repo: Callable[..., RepoBuilder]) -> RepoBuilder:
    """v1, long after it v2, and today, where a comment stands over the code that runs."""
    repo = make_repo()
    for files, message, at, tag in ((BEFORE, "A shop", LONG_AGO, "v1"), (AFTER, "Pay faster", RELEASED, "v2")):
        for path, text in files.items():
            repo.write(path, text)
        repo.commit(message, date=at)
        repo.git("tag", tag)
    repo.write("shop/pay.py", "# Payments.\n#\n" + AFTER["shop/pay.py"])
    repo.commit("Say what it is", date=RELEASED + timedelta(days=1))
    return repo


def asked(repo: RepoBuilder, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    """The document of an investigation on a log of two hours: the second half fails."""
    lines = []
    for minute in range(120):
        at = f"{RELEASED + timedelta(hours=4, minutes=minute):%Y-%m-%d %H:%M:%S},000"
        lines.append(f"{at} INFO shop.web POST /orders 200 user={minute}\n")
        if minute > 60:
            lines.append(f"{at} ERROR shop.web POST /orders 500\n{TRACE}")
    log = Path(repo.path.parent, "shop.log")
    log.write_text("".join(lines), encoding="utf-8")
    argv = ["investigate", "orders fail", "--repo", str(repo.path), "--log", str(log), "--format", "json", *more]
    assert main(argv) == 0, capsys.readouterr().err
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_deployed_release_is_told_against_the_last_good_one(
    repo: RepoBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    document = asked(repo, capsys, "--deployed", "v2")
    assert (document["release"]["name"], document["release"]["previous"]) == ("v2", "v1")
    (frame,) = document["errors"][0]["frames"]
    assert (frame["path"], frame["line"]) == ("shop/pay.py", 10), "line 8 of v2 is line 10 of today"
    changes = {each["summary"]: each for each in document["changes"]}
    assert changes.keys() >= CAME | {"A shop", "Pay faster"}
    assert all(any("v2, last good v1" in s["detail"] for s in changes[each]["signals"]) for each in CAME)
    pool = {signal["name"]: signal["detail"] for signal in changes["PAY_POOL 20 → 1"]["signals"]}
    assert pool["hot_place"] == "shop/pay.py:3 names it, and 59 errors pass that file"
    assert "PoolTimeout speaks of pool" in pool["spoken_of"]
    assert changes["Pay faster"]["author"] == "Test Author"
    assert any(signal["name"] == "in_release" for signal in changes["Pay faster"]["signals"])


def test_since_leaves_out_what_came_more_than_a_day_before(
    repo: RepoBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    document = asked(repo, capsys, "--since", f"{RELEASED + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}")
    said = {each["summary"] for each in document["changes"]}
    assert "Pay faster" in said
    assert "A shop" not in said
    assert document["onset"]["at"] == "2026-05-12T14:00:00Z"
