"""Each template against a small project with the defect, and against the same one mended: red, then green."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.analysis.writers import Ask, NothingToWriteError, Written, write_test
from workbench.case.code import Finding
from workbench.case.enums import Severity, Trend
from workbench.case.logs import Frame, LogError

BAD = {
    "shop/__init__.py": "",
    "shop/stock.py": '''"""Stock."""

import time
import urllib.request

SEEN = []


class Store:
    def __init__(self):
        self.left = 1

    def take(self):
        if self.left:
            time.sleep(0.01)
            self.left -= 1
            return True
        raise LookupError("nothing left")


async def take_async(store):
    import asyncio

    if store.left:
        await asyncio.sleep(0)
        store.left -= 1
        return True
    raise LookupError("nothing left")


def fetch(url):
    return urllib.request.urlopen(url)


def uniq(names):
    out = []
    for name in names:
        for other in out:
            if other is name:
                pass
        out.append(name)
    return out


def keep(name):
    SEEN.append(name * 50)
    return name


def price(text):
    return int(text)
''',
    "tests/test_stock.py": '''"""Tests."""

import pytest

from shop import stock


@pytest.fixture
def store():
    return stock.Store()


def test_take(store):
    assert store.take()


def test_fetch(monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda *args, **kwargs: b"")
    assert stock.fetch("http://localhost/") == b""


def test_uniq():
    assert stock.uniq([1]) == [1]


def test_keep():
    assert stock.keep("ada") == "ada"


def test_price():
    assert stock.price("12") == 12
''',
}
LOCKED = """\
    def take(self, lock=__import__("threading").Lock()):
        with lock:
            return self._take()

    def _take(self):
"""
MENDED = (
    ("    def take(self):\n", LOCKED),
    ("urlopen(url)", "urlopen(url, timeout=3)"),
    ("        for other in out:\n            if other is name:\n                pass\n", ""),
    ("    SEEN.append(name * 50)\n", ""),
    ("    return int(text)", "    return int(text or 0)"),
)


def finding(rule: str, path: str, line: int) -> Finding:
    return Finding(f"{rule}:1", path, line, line, rule, "the message", Severity.ERROR, "rules", "fp")


def line_of(text: str, code: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if code in line)


def asked(rule: str, code: str, texts: Mapping[str, str] = BAD, path: str = "shop/stock.py") -> Written:
    line = line_of(texts[path], code)
    return write_test(Ask("f", "the title", path, line, None, finding(rule, path, line)), texts, tuple(texts))


def error(kind: str, message: str, code: str, cause: str = "") -> LogError:
    line = line_of(BAD["shop/stock.py"], code)
    frames = (Frame("shop/stock.py", line, "price", True, code),)
    return LogError("e1", kind, message, Trend.NEW, 3, 0.1, "3 records", frames=frames, cause=cause)


def written() -> list[Written]:
    example = Ask(
        "e1", "ValueError", error=error("ValueError", "invalid literal for int() with base 10: ''", "int(text)")
    )
    return [
        asked("WB101", "if self.left"),
        asked("WB104", "urlopen(url)"),
        asked("WB311", "for name in names"),
        asked("WB312", "SEEN.append"),
        write_test(example, BAD, tuple(BAD)),
    ]


def outcome(folder: Path, texts: Mapping[str, str], tests: list[Written]) -> list[str]:
    """The tests that fail, by their paths."""
    for path, text in {**texts, **{each.path: each.text for each in tests}}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(folder)}
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", *(each.test for each in tests)]
    ended = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, 1), ended.stdout
    return [each.path for each in tests if f"FAILED {each.path}" in ended.stdout]


def test_each_is_red_with_the_defect_and_green_without(tmp_path: Path) -> None:
    tests = written()
    assert [each.template for each in tests] == ["concurrency", "slow", "growth", "memory", "example"]
    assert outcome(tmp_path / "bad", BAD, tests) == [each.path for each in tests]
    text = BAD["shop/stock.py"]
    for old, new in MENDED:
        assert old in text
        text = text.replace(old, new)
    assert outcome(tmp_path / "good", {**BAD, "shop/stock.py": text}, tests) == []


def test_the_blank_is_where_the_choice_is() -> None:
    for made in written():
        first, start, last, end = made.blank
        assert first == last
        assert made.choice
        assert made.text.split("\n")[first][start:end]
        ast.parse(made.text)


def test_a_coroutine_is_gathered() -> None:
    made = asked("WB101", "if store.left")
    assert "asyncio.gather" in made.text
    assert 'assert set(outcomes) <= {"returned", "LookupError"}' in made.text
    assert made.text.split("\n")[made.blank[0]].startswith("ARGUMENTS = ()  # fill in: store")


DJANGO = {
    "manage.py": "import django\n",
    "shop/__init__.py": "",
    "shop/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    n = models.IntegerField()\n",
    "shop/views.py": """from shop.models import Order


def take(order):
    found = Order.objects.get(pk=order.pk)
    if found.n:
        found.n = 0
        found.save()


def names():
    for order in Order.objects.filter(n=1):
        yield Order.objects.get(pk=order.pk)
""",
    "shop/tests.py": """from django.test import TestCase

from shop import views
from shop.models import Order


class TakeTest(TestCase):
    def setUp(self):
        self.order = Order.objects.create(n=1)

    def test_take(self):
        views.take(self.order)

    def test_names(self):
        assert list(views.names())
""",
}


def test_djangos_own_classes_are_used_where_pytest_is_not() -> None:
    made = asked("WB101", "if found.n", DJANGO, "shop/views.py")
    ast.parse(made.text)
    assert made.test == "shop/test_take_at_once.py::TakeAtOnceTest::test_take_at_once"
    assert "class TakeAtOnceTest(TransactionTestCase):" in made.text
    assert "    def setUp(self):\n        self.order = Order.objects.create(n=1)\n" in made.text
    assert "views.take(self.order)" in made.text
    assert "connections.close_all()" in made.text


def test_queries_are_counted_for_one_row_and_for_ten() -> None:
    made = asked("WB204", "yield Order", DJANGO, "shop/views.py")
    ast.parse(made.text)
    assert "Order.objects.create(n=1)  # one more row of Order" in made.text
    assert "list(views.names())" in made.text
    assert "assert len(many) == len(few)" in made.text


def test_a_library_fails_by_its_one_door() -> None:
    texts = {
        "app/api.py": "def pay(client):\n    return client\n",
        "tests/test_api.py": "def test_pay(client):\n    answer = client.post('/pay', json={'sum': 1})\n"
        "    assert answer.status_code == 200\n",
        "conftest.py": "",
    }
    log = LogError(
        "e1",
        "requests.exceptions.ReadTimeout",
        "read timed out",
        Trend.NEW,
        1,
        1.0,
        "1",
        frames=(Frame("app/api.py", 2, "pay", True),),
        endpoints=(("POST /pay", 1),),
    )
    made = write_test(Ask("e1", "ReadTimeout", error=log), texts, tuple(texts))
    assert made.template == "fault"
    assert 'monkeypatch.setattr("requests.sessions.Session.send", fail)' in made.text
    assert "def test_pay_when_requests_fails(client, monkeypatch):" in made.text
    assert "client.post('/pay', json={'sum': 1})" in made.text
    assert "EXPECTED = 503" in made.text


def test_what_is_missing_is_said() -> None:
    with pytest.raises(NothingToWriteError, match="neither an error nor a rule"):
        asked("WB999", "if self.left")
    with pytest.raises(NothingToWriteError, match="is in no Python function"):
        asked("WB101", "SEEN = []")


def test_where_the_evidence_calls_for_no_test_the_playbook_does() -> None:
    line = line_of(BAD["shop/stock.py"], "for name in names")
    ask = Ask("f", "the title", "shop/stock.py", line, None, finding("WB999", "shop/stock.py", line))
    made = write_test(replace(ask, red=("no such", "queries", "growth")), BAD, tuple(BAD))
    assert made.template == "growth", "queries are counted with Django, and this project has none"
    with pytest.raises(NothingToWriteError, match="neither an error nor a rule"):
        write_test(replace(ask, red=("queries",)), BAD, tuple(BAD))
    raced = replace(ask, finding=finding("WB101", "shop/stock.py", line), red=("growth",))
    assert write_test(raced, BAD, tuple(BAD)).template == "concurrency"


def test_a_file_that_is_there_is_left_alone() -> None:
    texts = {**BAD, "tests/test_take_at_once.py": ""}
    assert asked("WB101", "if self.left", texts).path == "tests/test_take_at_once_2.py"
