"""A proposal that changes models brings the migration; indexes on PostgreSQL come in the concurrent form, apart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick, session_on
from workbench.api import FixRequest, Host, Known, Proposal, Step
from workbench.case.enums import PluginKind
from workbench.engine.plugins import OWN, Plugins, Registered
from workbench.engine.proposals.offering import offer

MODELS = "from django.db import models\n\n\nclass Token(models.Model):\n    key = models.CharField(max_length=40)\n"
FIRST = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    initial = True\n"
    "    dependencies = []\n    operations = [migrations.CreateModel('Token', [\n"
    "        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),\n"
    "        ('key', models.CharField(max_length=40))])]\n"
)
DJANGO = {
    "workbench.toml": '[tests]\nrunner = "pytest"\n',
    "manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_settings')\n",
    "site_settings.py": "SECRET_KEY = 'x'\nINSTALLED_APPS = ['tokens']\nUSE_TZ = True\n"
    "DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'production'}}\n",
    "tokens/__init__.py": "",
    "tokens/models.py": MODELS,
    "tokens/migrations/__init__.py": "",
    "tokens/migrations/0001_initial.py": FIRST,
    "test_red.py": "def test_red():\n    assert 'used_at' in open('tokens/models.py').read()\n",
}
CHANGED = MODELS + (
    "    used_at = models.DateTimeField(null=True)\n\n    class Meta:\n"
    "        indexes = [models.Index(fields=['key'], name='by_key')]\n"
)


class Writes:
    """Implements :class:`workbench.api.Fixer`: writes these files."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def applies(self, request: FixRequest) -> str:
        return ""

    async def plan(self, request: FixRequest, host: Host) -> AsyncIterator[Step]:
        for path, text in self.files.items():
            (Path(request.worktree) / path).write_text(text)
        yield Known(())

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        return Proposal("", "writes", "a column", "any")


def only(monkeypatch: pytest.MonkeyPatch, **fixers: Writes) -> None:
    """These fixers alone."""
    made = tuple(
        Registered(name, PluginKind.FIXER, name, "test", OWN, "1", (), (), lambda fixer=fixer: fixer)
        for name, fixer in fixers.items()
    )
    real = Plugins.of
    monkeypatch.setattr(Plugins, "of", lambda self, kind: made if kind is PluginKind.FIXER else real(self, kind))


async def test_a_change_of_models_brings_its_migration(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    asks = MODELS + "    owner = models.CharField(max_length=9)\n"
    only(monkeypatch, column=Writes({"tokens/models.py": CHANGED}), asks=Writes({"tokens/models.py": asks}))
    repo = make_repo(DJANGO)
    async with session_on(repo) as session:
        offered = await offer(session.services, "test_red.py::test_red", ["column", "asks"])
        by = {each.fixer: each for each in offered.proposals}
        made = by["column"]
        assert made.paths[0].startswith("tokens/migrations/0002_")
        assert made.paths[1:] == ("tokens/migrations/0003_concurrently.py", "tokens/models.py")
        assert f"with its migration: {made.paths[0]}, {made.paths[1]}" in made.note
        first, second, _ = made.diff.split("diff --git ")[1:]
        assert "migrations.AddField(" in first
        assert "Index" not in first
        assert "AddIndexConcurrently(" in second
        assert "atomic = False" in second
        assert made.paths[0].rpartition("/")[2].removesuffix(".py") in second, "it comes after the first"
        assert made.tests[0].outcome == "green"
        assert by["asks"].paths == ("tokens/models.py",)
        assert "its migration was not written: it asks what nobody can answer here" in by["asks"].note
        assert not repo.git("status", "--porcelain")


TABLES = (
    "from sqlalchemy import Column, Index, Integer, MetaData, String, Table\n\nmeta = MetaData()\n"
    "token = Table('token', meta, Column('id', Integer, primary_key=True), Column('key', String(40)){more})\n"
)
ENV = (
    "from sqlalchemy import create_engine\n\nfrom alembic import context\nfrom tables import meta\n\n"
    "engine = create_engine(context.config.get_main_option('sqlalchemy.url'))\nwith engine.connect() as connection:\n"
    "    context.configure(connection=connection, target_metadata=meta)\n    with context.begin_transaction():\n"
    "        context.run_migrations()\n"
)
TEMPLATE = (
    "from alembic import op\nimport sqlalchemy as sa\n\nrevision = ${repr(up_revision)}\n"
    "down_revision = ${repr(down_revision)}\n\n\ndef upgrade() -> None:\n    ${upgrades if upgrades else 'pass'}\n\n\n"
    "def downgrade() -> None:\n    ${downgrades if downgrades else 'pass'}\n"
)
REVISION = (
    "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'one'\ndown_revision = None\n\n\n"
    "def upgrade():\n    op.create_table('token', sa.Column('id', sa.Integer, primary_key=True),\n"
    "                    sa.Column('key', sa.String(40)))\n\n\ndef downgrade():\n    op.drop_table('token')\n"
)
ALEMBIC = {
    "alembic.ini": "[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql://nowhere/production\n",
    "migrations/env.py": ENV,
    "migrations/script.py.mako": TEMPLATE,
    "migrations/versions/one.py": REVISION,
    "tables.py": TABLES.format(more=""),
    "test_red.py": "def test_red():\n    assert 'used_at' in open('tables.py').read()\n",
}
MORE = ", Column('used_at', Integer), Index('by_key', 'key')"


async def test_a_change_of_tables_brings_its_alembic_revision(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    only(monkeypatch, column=Writes({"tables.py": TABLES.format(more=MORE)}))
    repo = make_repo(ALEMBIC)
    async with session_on(repo) as session:
        (made,) = (await offer(session.services, "test_red.py::test_red", ["column"])).proposals
        assert len(made.paths) == 3, made.note
        added = next(part for part in made.diff.split("diff --git ") if "add_column" in part)
        index = next(part for part in made.diff.split("diff --git ") if "create_index" in part)
        assert "create_index" not in added
        assert "+    with op.get_context().autocommit_block():\n+        op.create_index('by_key', 'token', " in index
        assert "postgresql_concurrently=True)" in index
        assert made.tests[0].outcome == "green"
