"""A short question on a real repository: thin is said and asked about; `C` widens to callers and callees, and again."""

from __future__ import annotations

from pathlib import Path

from workbench_investigate.pane import InvestigatePane
from workbench_kit.desk import Place
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver, workbench
from tests.snapshots import incident

SHOP = {
    "shop/views.py": "from flask import Flask\n\nfrom shop.cart import checkout\n\napp = Flask(__name__)\n\n\n"
    "@app.route('/checkout')\ndef pay():\n    return checkout([1])\n",
    "shop/cart.py": "from shop.prices import total\n\n\ndef checkout(items):\n    return total(items)\n",
    "shop/prices.py": "def total(items):\n    return rounded(sum(items))\n\n\n"
    "def rounded(number):\n    return round(number, 2)\n",
}


async def asked(driver: Driver, question: str) -> None:
    await driver.until(lambda: driver.app.desk is not None, "the case")
    await driver.type(question)
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
    await driver.until(lambda: driver.session.views.ranking.files, "a ranking")
    await driver.settle()


async def test_from_a_thin_question_by_one_key_to_callers_and_callees(tmp_path: Path, make_repo) -> None:
    repo: RepoBuilder = make_repo(SHOP)
    async with workbench(repo.path, incident.arguments(tmp_path), (160, 48)) as driver:
        await asked(driver, "checkout total is wrong")
        await driver.sees("thin question: □ words alone")
        await driver.sees("these ranks rest on words alone")
        assert isinstance(driver.pane, InvestigatePane)
        driver.pane.open_place(Place("shop/cart.py", 4))
        await driver.settle()
        await driver.press("C")
        await driver.sees("▲ called by 1")
        shown = driver.shown("flow")
        assert ["pay" in shown, "checkout" in shown, "total" in shown] == [True, True, True]
        assert driver.focused == "flow"
        await driver.press("j", "j", "C")
        await driver.sees("rounded")
        assert "checkout" in driver.shown("flow")
        await driver.press("C")
        await driver.until(lambda: "Calls" not in driver.shown("flow"), "the flow again")
        await driver.press("escape")
        assert driver.focused == "code"


async def test_the_map_is_copied_as_mermaid(tmp_path: Path, make_repo) -> None:
    repo: RepoBuilder = make_repo(SHOP)
    async with workbench(repo.path, incident.arguments(tmp_path), (160, 48)) as driver:
        await asked(driver, "checkout total is wrong")
        await driver.press("colon")
        await driver.type("copy the map")
        await driver.press("enter")
        await driver.until(lambda: driver.app.clipboard.startswith("flowchart LR"), "the map")
        assert "/checkout" in driver.app.clipboard
        assert " --> " in driver.app.clipboard
