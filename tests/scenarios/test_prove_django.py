"""Two proofs of one Django project at once, on SQLite and on PostgreSQL: neither takes the other's database."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import DJANGO, quick
from workbench.case.enums import ProofStatus
from workbench.engine.options import from_arguments
from workbench.engine.proof import sides
from workbench.engine.proof.record import prove_change
from workbench.engine.session import Session

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")

SETTINGS = """\
SECRET_KEY = "for tests only"
INSTALLED_APPS = ["shop"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {{"default": {database!r}}}
"""
PROJECT = {
    "pyproject.toml": '[tool.pytest.ini_options]\nDJANGO_SETTINGS_MODULE = "settings"\npythonpath = ["."]\n',
    "shop/__init__.py": "",
    "shop/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    n = models.IntegerField()\n",
    "shop/stock.py": "from shop.models import Order\n\n\ndef take(n):\n    return Order.objects.create(n=n + 1)\n",
}
TEST = """\
import time
from threading import Barrier, Thread

import pytest
from django.db import connections

from shop import stock
from shop.models import Order


@pytest.mark.django_db(transaction=True)
def test_take():
    barrier = Barrier(2)

    def call():
        barrier.wait()
        stock.take(1)
        connections.close_all()

    threads = [Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.1)
    assert [order.n for order in Order.objects.all()] == [1, 1]
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, object]:
    """What the project's settings say of its database: one test database by name, as most projects have it."""
    if request.param == "sqlite":
        path = str(tmp_path / "db.sqlite3")
        given = {"timeout": 20, "transaction_mode": "IMMEDIATE"}
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": given,
            "TEST": {"NAME": f"{path}.test"},
        }
    server = request.getfixturevalue("postgres")
    name = server.fresh().rpartition("/")[2]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": "tester",
        "HOST": "127.0.0.1",
        "PORT": server.port,
    }


async def test_two_proofs_at_once(
    make_repo: Callable[..., RepoBuilder],
    database: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick(monkeypatch, DJANGO)
    monkeypatch.setattr(sides, "RACY_REPEATS", 4)
    monkeypatch.setattr(sides, "TURNS", 4)
    repo = make_repo({**PROJECT, "settings.py": SETTINGS.format(database=database)})
    repo.write("tests/test_stock.py", TEST)
    repo.write("shop/stock.py", PROJECT["shop/stock.py"].replace("n + 1", "n"))
    sessions = [await Session.open(repo.path, from_arguments(Namespace(jobs=1))) for _ in range(2)]
    proofs = await asyncio.gather(*(prove_change(each.services, fix=["shop/stock.py"]) for each in sessions))
    for session in sessions:
        await session.close()
    assert [proof.status for proof in proofs] == [ProofStatus.PROVEN] * 2, proofs
    assert all("[2, 2] == [1, 1]" in proof.steps[0].reason for proof in proofs)
    assert all("4 of 4 runs" in proof.steps[1].reason for proof in proofs)
