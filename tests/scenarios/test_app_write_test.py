"""From an error in pane 1 to a red test in pane 2: written, shown, chosen, saved, run, taken back."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

import pytest
from textual.widgets import TextArea
from workbench_kit.line import text_of
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver, workbench
from tests.scenarios.project import quick
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

SHOP = {
    "conftest.py": "",
    "shop/__init__.py": "",
    "shop/price.py": '"""Prices."""\n\n\ndef price(text):\n    return int(text)\n',
    "tests/test_price.py": 'from shop import price\n\n\ndef test_price():\n    assert price.price("12") == 12\n',
}
FINE = "".join(f"2026-11-12 13:{minute:02}:00,000 INFO shop: sold\n" for minute in range(60))
FAILED = "".join(
    f"""\
2026-11-12 14:02:{second:02},001 ERROR shop: no price
Traceback (most recent call last):
  File "/srv/app/shop/price.py", line 5, in price
    return int(text)
ValueError: invalid literal for int() with base 10: '12,50'
"""
    for second in range(10, 20)
)
PATH = "tests/test_price_without_value_error.py"


async def asked(repo: RepoBuilder) -> Namespace:
    """A case on ``repo`` and its log, with the options that open it."""
    log = repo.path.parent / "shop.log"
    log.write_text(FINE + FAILED)
    given = {"store": str(repo.path.parent / "data"), "jobs": 1, "trust": True}
    session = await Session.open(repo.path, from_arguments(Namespace(**given)))
    await session.investigate(Question("prices fail", (str(log),)))
    case = session.state.id
    await session.close()
    return Namespace(**given, case=case)


async def in_pane_1(driver: Driver) -> None:
    await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
    await driver.settle()
    await driver.press("5")


async def test_the_test_of_an_error_is_written_saved_run_and_taken_back(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(SHOP)
    async with workbench(repo.path, await asked(repo), (160, 48)) as driver:
        await in_pane_1(driver)
        await driver.press("t")
        await driver.sees("Write the test")
        area = driver.app.screen.query_one(TextArea)
        assert area.selected_text == "'12,50'", "the value of the log is the person's to choose"
        assert f"│ {PATH}" in driver.text or PATH in driver.text
        await driver.press("escape")
        await driver.settle()
        assert not (repo.path / PATH).exists(), "dropped"

        await driver.press("t")
        await driver.sees("Write the test")
        await driver.type("'12.50'")
        assert "VALUE = '12.50'  # the value of the log" in driver.app.screen.query_one(TextArea).text
        await driver.press("ctrl+o")
        await driver.until(lambda: len(driver.session.tests.board) and not driver.session.tests.running, "the run")
        await driver.settle()
        assert (repo.path / PATH).read_text().count("12.50") == 1
        (bad,) = driver.session.tests.outstanding
        assert bad == f"{PATH}::test_price_without_value_error"
        assert "ValueError" in driver.shown("tests") + driver.shown("output")
        await links_lead_on(driver)
        await driver.press("z")
        await driver.until(lambda: not (repo.path / PATH).exists(), "taken back")


async def links_lead_on(driver: Driver) -> None:
    """From the failing test's output to the same error in the log, and to the code of its traceback."""
    await driver.press("J")
    await driver.sees("≡ in the log: ValueError ×10")  # once the panel has room for it
    output = driver.panel("output")
    output.focus()
    for found, seen in (("in the log", "14:02:10,001 ERROR shop: no price"), ("shop/price.py:5", "def price(text):")):
        at = next(at for at, row in enumerate(output.source) if found in text_of(row.line.body))
        output.move_to(at)
        await driver.press("enter")
        await driver.sees(seen)
        await driver.press("escape")
        assert driver.focused == "output"


async def test_what_no_test_can_be_written_from_says_why(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(SHOP)
    given = await asked(repo)
    (repo.path / "shop" / "price.py").write_text("def other():\n    return 1\n")
    async with workbench(repo.path, given, (100, 30)) as driver:
        await in_pane_1(driver)
        await driver.press("t")
        await driver.sees("has no function price any more")
        await driver.press("9")
        assert driver.pane.why_not("investigate.test") in ("", "select a cause, an error or a finding first")
