"""Projects that do not use pytest: unittest alone in a Python without pytest, and Django's own test command."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestRun
from workbench.engine.options import from_arguments
from workbench.engine.runs import run_tests
from workbench.engine.session import Session

CART = {
    "shop/__init__.py": "",
    "shop/cart.py": "def total(prices):\n    return sum(prices[1:])\n",
    "tests/__init__.py": "",
    "tests/test_bad.py": "import unittest\nimport nothing_of_that_name\n",
    "tests/test_cart.py": """import unittest

from shop.cart import total


class Cart(unittest.TestCase):
    def test_total(self):
        print("looking")
        self.assertEqual(total([1, 2]), 3)

    def test_none(self):
        self.assertEqual(total([]), 0)

    def test_each(self):
        for n in (1, 2):
            with self.subTest(n=n):
                self.assertEqual(n, 1)

    @unittest.skip("later")
    def test_later(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.fail()


class Closed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError("no door")

    def test_inside(self):
        pass
""",
}

ODD = {
    "test_odd.py": """import doctest
import unittest
from unittest import mock


def double(n):
    '''
    >>> double(2)
    5
    '''
    return n * 2


def half(n):
    '''
    >>> half(2)
    1.0
    '''
    return n / 2


def no(*_, **__):
    raise OSError("patched")


class Odd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clock = mock.patch("time.perf_counter")
        cls.clock.start()

    @classmethod
    def tearDownClass(cls):
        cls.clock.stop()

    def setUp(self):
        for name in ("os.getpid", "os.write", "os.path.realpath", "json.dumps", "traceback.format_exception"):
            patch = mock.patch(name, no)
            patch.start()
            self.addCleanup(patch.stop)

    def test_red(self):
        self.fail("red")


def load_tests(loader, tests, pattern):
    return unittest.TestSuite([tests, doctest.DocTestSuite(), unittest.FunctionTestCase(double)])
""",
}

DJANGO = {
    "manage.py": "import os\nimport sys\n\nos.environ['DJANGO_SETTINGS_MODULE'] = 'site_settings'\n"
    "from django.core.management import execute_from_command_line\n\nexecute_from_command_line(sys.argv)\n",
    "site_settings.py": "SECRET_KEY = 'x'\nUSE_TZ = True\nINSTALLED_APPS = ['django.contrib.contenttypes', 'notes']\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'production.sqlite3'}}\n",
    "notes/__init__.py": "",
    "notes/tests.py": """import doctest

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TestCase


class Notes(TestCase):
    def test_database(self):
        assert ContentType.objects.count() >= 1
        assert str(connection.settings_dict["NAME"]).endswith("own-default.sqlite3")

    def test_wrong(self):
        self.assertEqual(1 + 1, 3)


def load_tests(loader, tests, pattern):
    tests.addTests(doctest.DocTestSuite("notes.texts"))
    return tests
""",
    "notes/texts.py": "def one():\n    '''\n    >>> 1\n    2\n    '''\n\n\ndef two():\n"
    "    '''\n    >>> 2\n    2\n    '''\n",
}


async def ran(repo: RepoBuilder, *tests: str) -> TestRun:
    """Run tests as the command line does."""
    options = from_arguments(Namespace(store=str(repo.path.parent / "data"), jobs=1, trust=True))
    session = await Session.open(repo.path, options)
    try:
        return await run_tests(session.services, tests)
    finally:
        await session.close()


def bare_python(folder: Path) -> Path:
    """A Python that sees no installed package, and so no pytest."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    path.chmod(0o755)
    return path


async def test_unittest_alone(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_PYTHON", str(bare_python(tmp_path)))
    repo = make_repo(CART)
    run = await ran(repo)
    found = {result.id: result for result in run.results}
    file = "tests/test_cart.py"
    assert {test: result.outcome for test, result in found.items()} == {
        "tests/test_bad.py": TestOutcome.COLLECTION_ERROR,
        f"{file}::Cart::test_total": TestOutcome.FAILED,
        f"{file}::Cart::test_none": TestOutcome.PASSED,
        f"{file}::Cart::test_each": TestOutcome.FAILED,
        f"{file}::Cart::test_later": TestOutcome.SKIPPED,
        f"{file}::Cart::test_known": TestOutcome.XFAILED,
        f"{file}::Closed::setUpClass": TestOutcome.ERROR,
        f"{file}::Closed::test_inside": TestOutcome.NOT_RUN,
    }
    assert run.status is RunStatus.FAILED
    wrong = found[f"{file}::Cart::test_total"]
    assert (wrong.message, wrong.path, wrong.line) == ("AssertionError: 2 != 3", file, 9)
    assert "looking" in wrong.output
    assert "unittest/case.py" not in wrong.traceback, "the test's own frames"
    assert "No module named 'nothing_of_that_name'" in found["tests/test_bad.py"].message
    assert found[f"{file}::Cart::test_each"].message == "(n=2) AssertionError: 2 != 1"

    one = await ran(repo, f"{file}::Cart::test_none")
    assert [(result.id, result.outcome) for result in one.results] == [(f"{file}::Cart::test_none", TestOutcome.PASSED)]
    assert one.status is RunStatus.PASSED
    assert not list(repo.path.rglob("__pycache__")), "nothing is written into the user's tree"


async def test_unittests_that_are_no_methods_or_put_others_in_the_place_of_the_systems_functions(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_PYTHON", str(bare_python(tmp_path)))
    repo = make_repo(ODD)
    run = await ran(repo)
    assert {result.id: result.outcome for result in run.results} == {
        "test_odd.py::Odd::test_red": TestOutcome.FAILED,
        "test_odd.py::DocTestCase::test_odd.double": TestOutcome.FAILED,
        "test_odd.py::DocTestCase::test_odd.half": TestOutcome.PASSED,
        "test_odd.py::FunctionTestCase::double": TestOutcome.FAILED,
    }, run.message
    one = await ran(repo, "test_odd.py::DocTestCase::test_odd.half")
    assert (one.status, len(one.results)) == (RunStatus.PASSED, 1)


async def test_the_test_command_of_django(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_PYTHON", sys.executable)
    repo = make_repo(DJANGO)
    run = await ran(repo)
    assert {result.id: result.outcome for result in run.results} == {
        "notes/tests.py::Notes::test_database": TestOutcome.PASSED,
        "notes/tests.py::Notes::test_wrong": TestOutcome.FAILED,
        "notes/texts.py::DocTestCase::notes.texts.one": TestOutcome.FAILED,
        "notes/texts.py::DocTestCase::notes.texts.two": TestOutcome.PASSED,
    }, run.message
    one = await ran(repo, "notes/tests.py::Notes::test_database")
    assert (one.status, len(one.results)) == (RunStatus.PASSED, 1)
    assert repo.git("status", "--porcelain") == b""
