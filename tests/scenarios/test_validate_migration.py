"""Migrations are tried on a filled copy: drift, what going back loses, old code on the new schema, and who waits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from tests.scenarios.validating import judged
from workbench.analysis.plan.facts import Facts
from workbench.analysis.plan.make import make_plan
from workbench.analysis.plan.migrations import migrations_of
from workbench.case.enums import GateStatus
from workbench.case.model import GateResult

pytest.importorskip("django", reason="the extra `demo` is not installed")

SETTINGS = """
import os
from urllib.parse import urlsplit
SECRET_KEY = "x"
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
url = urlsplit(os.environ.get("DATABASE_URL", ""))
if url.scheme:
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
                             "HOST": url.hostname, "PORT": url.port}}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
"""
MODELS = """from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=40, unique=True)


class Order(models.Model):
    customer = models.ForeignKey(Customer, models.CASCADE)
    text = models.CharField(max_length=80)
"""
FIRST = """from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Customer", [("id", models.BigAutoField(auto_created=True, primary_key=True,
            serialize=False, verbose_name="ID")), ("name", models.CharField(max_length=40, unique=True))]),
        migrations.CreateModel("Order", [("id", models.BigAutoField(auto_created=True, primary_key=True,
            serialize=False, verbose_name="ID")), ("text", models.CharField(max_length=80)),
            ("customer", models.ForeignKey("shop.Customer", models.CASCADE))]),
    ]
"""
SECOND = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("Order", "state", models.CharField(db_default="new", max_length=8)),
    ]
"""
INDEX = '        migrations.AddIndex("Order", models.Index(fields=["text"], name="by_text")),\n    ]\n'
CONCURRENT = (
    SECOND.replace("migrations.Migration):", "migrations.Migration):\n    atomic = False", 1)
    .replace("    ]\n", INDEX.replace("migrations.AddIndex", "AddIndexConcurrently"))
    .replace("from django.db", "from django.contrib.postgres.operations import AddIndexConcurrently\nfrom django.db", 1)
)
FIELD = '    state = models.CharField(db_default="new", max_length=8)\n'
META = '\n    class Meta:\n        indexes = [models.Index(fields=["text"], name="by_text")]\n'
MANAGE = """import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
"""
ROWS = "[gates.migration]\nrows = { shop_order = %d, shop_customer = 100 }\nthreshold = 30\n"
TEST = """from django.test import TestCase

from shop.models import Customer, Order


class Orders(TestCase):
    def test_an_order(self):
        Order.objects.create(customer=Customer.objects.create(name="ada"), text="tea")
        self.assertEqual(Order.objects.count(), 1)
"""


@pytest.fixture
def shop(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    quick(monkeypatch)
    files = {"settings.py": SETTINGS, "manage.py": MANAGE, "shop/models.py": MODELS, "shop/migrations/__init__.py": ""}
    return make_repo({**files, "shop/__init__.py": "", "shop/migrations/0001_initial.py": FIRST, "shop/tests.py": TEST})


async def test_a_migration_is_tried_and_its_row_counts_must_be_known(shop: RepoBuilder) -> None:
    shop.write("shop/models.py", MODELS + FIELD)
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.FAIL, result.reason
    assert "the models differ from the migrations, one is missing" in result.reason
    shop.write("shop/migrations/0002_state.py", SECOND)
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.INCONCLUSIVE, result.reason
    assert "how many rows shop_order has in production is not known" in result.reason
    shop.write("workbench.toml", ROWS % 5000)
    shop.write("shop/migrations/0002_state.py", SECOND.replace("db_default", "default"))
    shop.write("shop/models.py", MODELS + FIELD.replace("db_default", "default"))
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.FAIL, result.reason
    assert "base's code does not work on the new schema" in result.reason, "it does not know the column"
    shop.write("shop/models.py", MODELS + FIELD)
    shop.write("shop/migrations/0002_state.py", SECOND)
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.PASS, result.reason
    assert "on 5000 rows" in result.reason
    assert any("ADD COLUMN" in each.text or "CREATE TABLE" in each.text for each in result.evidence), "its SQL is shown"
    assert any("going back loses shop.Order.state" in each.text for each in result.evidence)
    figures = {figure.name: figure for figure in result.figures}
    assert figures["longest read stall"].n
    (step,) = [each for each in make_plan(planned(result)).steps if each.kind == "before"]
    assert (step.seconds, step.gate) == (figures["forward"].value, "migration"), "the plan says how long it took"


def planned(result: GateResult) -> Facts:
    """What a plan is made from after the gate."""
    text = {"shop/migrations/0002_state.py": SECOND}
    migrations = migrations_of(text, ["shop/migrations/0001_initial.py"])
    return Facts(result.tree, "b", "ready", "ann", migrations=migrations, gates={"migration": result})


async def test_an_index_built_in_the_transaction_stalls_reads_and_a_concurrent_one_does_not(
    shop: RepoBuilder, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    shop.write("workbench.toml", ROWS % 300_000)
    shop.write("shop/models.py", MODELS + FIELD + META)
    stalls = []
    for text in (SECOND.replace("    ]\n", INDEX), CONCURRENT):
        shop.write("shop/migrations/0002_state.py", text)
        result = (await judged(shop, "migration"))["migration"]
        assert result.status is GateStatus.PASS, result.reason
        stalls.append(next(figure.value for figure in result.figures if figure.name == "longest read stall"))
    assert stalls[0] is not None
    assert stalls[1] is not None
    assert stalls[0] > 2 * stalls[1], stalls
