"""Django's test databases are migrated once, and every run has a copy of its own, until migrations change."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import DJANGO, quick
from workbench.case.enums import RunStatus, TestOutcome
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")

MIGRATION = """\
import os
import pathlib

from django.db import migrations, models


def fill(apps, editor):
    with pathlib.Path(os.environ["SAID"]).open("a") as said:
        said.write("migrated\\n")
    apps.get_model("shop", "Order").objects.create(n=1)


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())]),
        migrations.RunPython(fill),
    ]
"""
LEAVES = """

@pytest.mark.django_db(transaction=True)
def test_that_leaves_rows_behind():
    Order.objects.create(n=2)
    os._exit(0)
"""
PROJECT = {
    "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = settings\npythonpath = .\n",
    "shop/__init__.py": "",
    "shop/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    n = models.IntegerField()\n",
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": MIGRATION,
    "test_shop.py": "import os\n\nimport pytest\nfrom shop.models import Order\n\n\n"
    "@pytest.mark.django_db\ndef test_as_it_was_migrated():\n"
    "    assert [order.n for order in Order.objects.all()] == [1]\n",
}
SETTINGS = """\
SECRET_KEY = "for tests only"
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {{"default": {database!r}}}
"""


class Shop:
    """A session of the project; ``said`` is where its migration says that it ran."""

    def __init__(self, repo: RepoBuilder, session: Session, said: Path) -> None:
        self.repo, self.session, self.said = repo, session, said

    async def run(self) -> TestOutcome:
        """Run all; what became of the first test."""
        await self.session.tests.start().wait()
        last = self.session.tests.last
        assert last is not None, self.session.tests.problem
        assert last.status in (RunStatus.PASSED, RunStatus.ERROR), [last.message, *last.results]
        outcomes = {each.id.rpartition("::")[2]: each.outcome for each in last.results}
        assert "test_as_it_was_migrated" in outcomes, last.message
        return outcomes["test_as_it_was_migrated"]

    @property
    def migrated(self) -> int:
        return len(self.said.read_text().splitlines()) if self.said.exists() else 0


@asynccontextmanager
async def shop(
    repo: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str = "data"
) -> AsyncIterator[Shop]:
    said = tmp_path / "said"
    monkeypatch.setenv("SAID", str(said))
    quick(monkeypatch, DJANGO)
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / name), jobs=1, trust=True)))
    try:
        yield Shop(repo, session, said)
    finally:
        await session.close()


async def databases(server: Any) -> set[str]:
    """Those of our making that the server has."""
    psycopg = pytest.importorskip("psycopg")
    async with await psycopg.AsyncConnection.connect(server.url()) as connection:
        rows = await (await connection.execute("SELECT datname FROM pg_database")).fetchall()
    return {name for (name,) in rows if name.startswith(("test_", "workbench_"))}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_it_is_migrated_once_and_each_run_begins_as_it_was_then(
    kind: str,
    make_repo: Callable[..., RepoBuilder],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    server = request.getfixturevalue("postgres") if kind == "postgresql" else None
    given: dict[str, object] = {"ENGINE": "django.db.backends.sqlite3", "NAME": "production.sqlite3"}
    if server is not None:
        given = {"ENGINE": "django.db.backends.postgresql", "USER": "tester", "HOST": "127.0.0.1"}
        given |= {"PORT": server.port, "NAME": server.fresh().rpartition("/")[2]}
    before = await databases(server) if server is not None else set()
    repo = make_repo({**PROJECT, "settings.py": SETTINGS.format(database=given)})
    async with shop(repo, tmp_path, monkeypatch) as project:
        assert await project.run() is TestOutcome.PASSED

        repo.write("test_shop.py", PROJECT["test_shop.py"] + LEAVES)
        assert await project.run() is TestOutcome.PASSED
        assert project.session.tests.problem, "the process died"
        assert project.migrated == 1, "the second began with a copy"
        repo.write("test_shop.py", PROJECT["test_shop.py"])
        assert await project.run() is TestOutcome.PASSED, "what a run left behind is not in the next one's"
        assert project.migrated == 1

        repo.write("shop/migrations/0001_initial.py", MIGRATION + "\n")
        assert await project.run() is TestOutcome.PASSED
        assert project.migrated == 2, "migrations changed"
        if server is not None:
            assert len(await databases(server) - before) == 1, "that of the migrations as they were is gone"
    assert not list(tmp_path.rglob("databases/*/*")), "nor are copies left"
    if server is not None:
        assert await databases(server) == before, "dropped at the end"


MANAGE = {
    "manage.py": "import os\nimport sys\n\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
    "from django.core.management import execute_from_command_line\n\nexecute_from_command_line(sys.argv)\n",
    "shop/tests.py": "from django.test import TestCase\n\nfrom shop.models import Order\n\n\n"
    "class Shop(TestCase):\n    def test_as_it_was_migrated(self):\n"
    "        assert [order.n for order in Order.objects.all()] == [1]\n",
}


async def test_two_sessions_at_once_with_djangos_own_test_command(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"ENGINE": "django.db.backends.sqlite3", "NAME": "production.sqlite3"}
    files = {name: text for name, text in PROJECT.items() if name.startswith("shop/")}
    repo = make_repo({**files, **MANAGE, "settings.py": SETTINGS.format(database=given)})
    async with shop(repo, tmp_path, monkeypatch) as one, shop(repo, tmp_path, monkeypatch, "other") as two:
        assert await asyncio.gather(one.run(), two.run()) == [TestOutcome.PASSED] * 2
        known = one.migrated
        assert await asyncio.gather(one.run(), two.run()) == [TestOutcome.PASSED] * 2
        assert one.migrated == known
    assert repo.git("status", "--porcelain") == b""
