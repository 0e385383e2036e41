"""Code swap: what is saved in a function's body runs in tests that were collected before; else a run is as it was."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from workbench_fix.words import pace_lines

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from workbench.case.enums import RunStatus, TestOutcome
from workbench.engine.live import LiveTests
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

SHOP = '''"""A shop."""

import functools
import os


def doubled(function):
    @functools.wraps(function)
    def twice(*args):
        return 2 * function(*args)

    return twice


def rate():
    return 0.5


VAT = rate()


@doubled
def price(net, tax=VAT):
    """With tax."""
    return net + net * tax


class Till:
    def paid(self):
        return sum(price(net) for net in (2, 4))
'''
TESTS = """import pathlib

import pytest

import shop


@pytest.fixture
def till():
    return shop.Till()


def test_paid(till):
    print('looking')
    pathlib.Path(shop.os.environ['SAID']).write_text(str(shop.os.getppid()))
    assert till.paid() == 18


@pytest.mark.parametrize('net', [2])
def test_price(net):
    assert shop.price(net) == 6
"""
FILES = {
    "shop.py": SHOP,
    "test_shop.py": TESTS,
    "test_other.py": "def test_other():\n    assert True\n",
    "rates.txt": "1",
    ".gitignore": "__pycache__/\n",
}
PAID = "test_shop.py::test_paid"


class Shop:
    """A session whose tests are collected ahead; ``parent`` is the process that the latest run was forked off."""

    def __init__(self, repo: RepoBuilder, session: Session, said: Path) -> None:
        self.repo, self.session, self._said = repo, session, said
        self.tests: LiveTests = session.tests

    async def run(self, *tests: str) -> dict[str, TestOutcome]:
        await self.tests.start(tests or (PAID,)).wait()
        assert self.tests.last is not None
        return {result.id: result.outcome for result in self.tests.last.results}

    async def collect(self) -> str:
        """Why nothing is collected, or nothing."""
        await self.tests.ahead.start().wait()
        return self.tests.warm.unswapped

    @property
    def parent(self) -> int:
        return int(self._said.read_text())


@asynccontextmanager
async def shop_of(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: str
) -> AsyncIterator[Shop]:
    quick(monkeypatch)
    monkeypatch.setattr("workbench.engine.ahead.REST", 0.0)
    monkeypatch.setenv("SAID", str(tmp_path / "said"))
    repo = make_repo({**FILES, **more})
    given = Namespace(store=str(tmp_path / "data"), jobs=2, trust=True)
    session = await Session.open(repo.path, from_arguments(given))
    try:
        await session.tests.start().wait()
        assert (session.tests.board.passed, session.tests.problem) == (3, "")
        yield Shop(repo, session, tmp_path / "said")
    finally:
        await session.close()


async def test_saved_bodies_run_in_tests_that_were_collected_before(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop_of(make_repo, tmp_path, monkeypatch) as shop:
        assert await shop.collect() == ""
        assert await shop.run() == {PAID: TestOutcome.PASSED}
        assert shop.tests.warm.swapped
        template = shop.parent

        longer = SHOP.replace("import os\n", "import os\n\n# a line more\n")
        shop.repo.write("shop.py", longer.replace("return net +", "assert net > 2, 'too little'\n    return net +"))
        run = await shop.run(PAID, "test_shop.py::test_price", "test_other.py")
        assert sorted(run.values()) == [TestOutcome.FAILED, TestOutcome.FAILED, TestOutcome.PASSED]
        assert (shop.tests.warm.swapped, shop.parent) == (True, template)
        assert shop.tests.last is not None
        failed = next(result for result in shop.tests.last.results if result.id == PAID)
        assert failed.message == "AssertionError: too little"
        assert "shop.py:27: in price\n    assert net > 2, 'too little'" in failed.traceback
        assert "looking" in failed.output

        shop.repo.write(
            "test_shop.py", TESTS.replace("== 18", "== 9 + 0").replace("import pathlib", "import pathlib\n")
        )
        shop.repo.write("shop.py", SHOP)
        assert await shop.run() == {PAID: TestOutcome.FAILED}
        assert shop.tests.last.results[0].message.startswith("assert 18.0 == (9 + 0)"), "rewritten as pytest does"
        assert shop.tests.warm.swapped
        assert shop.tests.last.results[0].line == 17

        shop.tests.within = (PAID,)
        shop.tests.watch(True)
        shop.repo.write("test_shop.py", TESTS)
        shop.repo.write("shop.py", SHOP.replace("sum(price(net)", "sum(1 + price(net)"))
        shop.tests.saved(["shop.py", "test_shop.py"])
        await shop.session.idle()
        assert (shop.tests.why, shop.tests.outstanding) == ("the tests in hand", (PAID,))
        assert (shop.tests.warm.swapped, shop.parent) == (True, template)
        python = await shop.tests.python.get()
        assert (await shop.tests.reach.of(shop.tests.last.tree, python.environment, ())).untraced == ()
        assert dict(pace_lines(shop.tests))["how"].text == "code swapped"

        shop.tests.within = ()
        shop.repo.write("shop.py", SHOP)
        shop.tests.saved(["shop.py"])
        await shop.session.idle()
        assert shop.tests.outstanding == ()
        assert dict(pace_lines(shop.tests))["how"].text == "code swapped", "of what it called for"
    with pytest.raises(ProcessLookupError):
        os.kill(template, 0)


REFUSED = {
    "ran while tests": ("shop.py", SHOP.replace("return 0.5", "return 0.25"), TestOutcome.FAILED),
    "outside of functions": ("shop.py", SHOP.replace("VAT = rate()", "VAT = rate() * 2"), TestOutcome.FAILED),
    "another signature": ("shop.py", SHOP.replace("def paid(self)", "def paid(*all_of_it)"), TestOutcome.PASSED),
    "signature or docstring": ("shop.py", SHOP.replace("With tax", "Taxed"), TestOutcome.PASSED),
    "shop.py:doubled ran": ("shop.py", SHOP.replace("return twice", "return function"), TestOutcome.FAILED),
    "Till differs": ("shop.py", SHOP.replace("def paid", "cash = 1\n\n    def paid"), TestOutcome.PASSED),
    "rates.txt is no": ("rates.txt", "2", TestOutcome.PASSED),
    "conftest.py is no": ("conftest.py", "import shop\n\nshop.price = lambda net: 1\n", TestOutcome.FAILED),
    "invalid syntax": ("shop.py", SHOP + "\ndef (:\n", TestOutcome.COLLECTION_ERROR),
}


async def test_what_cannot_be_swapped_is_run_as_ever(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop_of(make_repo, tmp_path, monkeypatch) as shop:
        assert await shop.collect() == ""
        for why, (path, text, outcome) in REFUSED.items():
            shop.repo.write(path, text)
            run = await shop.run()
            assert (shop.tests.warm.swapped, outcome in run.values()) == (False, True), why
            assert why in shop.tests.warm.unswapped
            if path in FILES:
                shop.repo.write(path, FILES[path])
            else:
                (shop.repo.path / path).unlink()
        shop.repo.write("test_shop.py", TESTS + "\n\ndef test_new():\n    assert False\n")
        assert await shop.run("test_shop.py::test_new") == {"test_shop.py::test_new": TestOutcome.FAILED}
        assert shop.tests.warm.unswapped.startswith("not collected")
        assert await shop.collect() == ""
        assert await shop.run("test_shop.py::test_new") == {"test_shop.py::test_new": TestOutcome.FAILED}
        assert shop.tests.warm.swapped, "it was collected anew"

        async def broken(*_: object) -> tuple[int]:
            return (0,)

        monkeypatch.setattr("workbench.engine.runs._changed", broken)
        assert await shop.run("test_other.py") == {"test_other.py::test_other": TestOutcome.PASSED}
        assert shop.tests.warm.unswapped == "its process has ended", "and answered nothing: nobody waits for it"


async def test_nothing_is_collected_ahead_where_the_settings_say_so(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop_of(make_repo, tmp_path, monkeypatch, **{"workbench.toml": "[tests]\nswap = false\n"}) as shop:
        assert (await shop.collect(), shop.tests.warm.tree) == ("", "")


SHARING = {
    "import threading, time\n\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n": "threads",
    "import socket\n\nPAIR = socket.socketpair()\n": "holds a connection open",
    "import tempfile\n\nPLACE = tempfile.mkdtemp()\n": "temporary files are made",
    "import subprocess\n\nsubprocess.run(['true'], check=True)\n": "what runs while tests are collected is not known",
    "OPEN = open('rates.txt')\n": "a file is open",
    "import sys\n\nSLOW = '--slow' in sys.argv\n": "a conftest.py looks at which tests are to run",
    "import gc\n\ngc.freeze()\n": "by gc.freeze",
    "import nothing_of_this_name\n": "its process has ended",
}


async def test_tests_that_share_what_is_outside_are_not_collected_ahead(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop_of(make_repo, tmp_path, monkeypatch) as shop:
        for conftest, why in SHARING.items():
            shop.repo.write("conftest.py", conftest)
            assert why in await shop.collect()
        kept = "import pathlib\n\nplace = pathlib.Path('.hypothesis/constants')\nplace.mkdir(parents=True)\n"
        shop.repo.write("conftest.py", kept + "(place / 'one').write_text('1')\n")
        assert await shop.collect() == ""
        shop.tests.warm.forget()
        monkeypatch.setattr("workbench.engine.ahead.REST", 60.0)
        shop.repo.write("conftest.py", next(iter(SHARING)))
        assert "threads" in await shop.collect()
        (shop.repo.path / "conftest.py").unlink()
        assert "threads" in await shop.collect(), "it is not tried again at once"
        assert await shop.run() == {PAID: TestOutcome.PASSED}
        assert shop.tests.last is not None
        assert shop.tests.last.status is RunStatus.PASSED
