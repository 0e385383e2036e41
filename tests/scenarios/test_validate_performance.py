"""Benchmarks are measured in turns and told by their effect; a test that sends more queries is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from workbench_gates.performance import delta, read_suite

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick
from tests.scenarios.validating import judged
from workbench.api import Output
from workbench.case.enums import GateStatus

SETTINGS = """
[gates.performance]
benchmark = ["{python}", "-c", "import shop; shop.total(list(range(1000)))"]
threshold = 1.5
"""
SLOW = RIGHT.replace("    return sum(prices)", "    import time\n    time.sleep(1.0)\n    return sum(prices)")


async def test_a_change_that_is_slower_fails_and_one_that_is_not_passes(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    assert "sleep" in SLOW
    repo = make_repo({**SHOP, "workbench.toml": SETTINGS})
    repo.write("shop.py", SLOW)
    slower = (await judged(repo, "performance"))["performance"]
    assert slower.status is GateStatus.FAIL, slower.reason
    assert "× base (effect 1.00, 5 rounds in turns)" in slower.reason
    repo.commit("slow")
    repo.write("shop.py", RIGHT)
    quicker = (await judged(repo, "performance"))["performance"]
    assert quicker.status is GateStatus.PASS, quicker.reason
    assert quicker.figures[0].value is not None
    assert quicker.figures[0].value < 1


DJANGO = {
    "manage.py": "",
    "pyproject.toml": '[tool.pytest.ini_options]\nDJANGO_SETTINGS_MODULE = "settings"\npythonpath = ["."]\n',
    "settings.py": 'SECRET_KEY = "x"\nINSTALLED_APPS = ["shop"]\nDEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n'
    'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}\n',
    "shop/__init__.py": "",
    "shop/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    n = models.IntegerField()\n",
    "test_stock.py": "import pytest\nfrom shop.models import Order\nfrom shop.stock import amounts\n\n\n"
    "@pytest.mark.django_db\ndef test_amounts():\n    for n in range(3):\n        Order.objects.create(n=n)\n"
    "    assert amounts() == [0, 1, 2]\n",
}
AT_ONCE = (
    "from shop.models import Order\n\n\ndef amounts():\n    return [each.n for each in Order.objects.order_by('pk')]\n"
)
ONE_BY_ONE = AT_ONCE.replace("each.n for", "Order.objects.get(pk=each.pk).n for")


async def test_a_test_that_sends_more_queries_is_named(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")
    quick(monkeypatch)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p pytest_django.plugin")
    repo = make_repo({**DJANGO, "shop/stock.py": AT_ONCE})
    repo.write("shop/stock.py", ONE_BY_ONE)
    result = (await judged(repo, "performance"))["performance"]
    assert result.status is GateStatus.FAIL, result
    assert result.reason == "test_stock.py::test_amounts sends 7 queries, 4 at base"
    assert [(figure.name, figure.value, figure.n) for figure in result.figures] == [("tests with more queries", 1, 1)]


def test_what_pytest_benchmark_measured_is_read(tmp_path: Path) -> None:
    file = tmp_path / "benchmark.json"
    stats = {"fullname": "test_shop.py::test_total", "stats": {"median": 0.25, "mean": 0.5}}
    file.write_text(json.dumps({"benchmarks": [stats]}))
    ran = Output(("python",), 0, b"", b"unrecognized arguments: --benchmark-only\n", 0.1)
    assert read_suite(str(file), ran) == [{"times": {"test_shop.py::test_total": 0.25}}]
    (said,) = read_suite(str(file), ran)
    assert said == {"problem": "pytest-benchmark said nothing: unrecognized arguments: --benchmark-only"}


def test_the_effect_is_how_often_one_is_above_the_other() -> None:
    assert delta([1, 2, 3], [4, 5, 6]) == 1
    assert delta([1, 2, 3], [1, 2, 3]) == 0
    assert delta([4, 5, 6], [1, 2, 3]) == -1
