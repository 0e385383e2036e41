"""Why a file ranks where it does, and a function in it: each reason by name, its weight, and what it cites, opened."""

from __future__ import annotations

from pathlib import Path

from workbench_investigate.pane import InvestigatePane
from workbench_kit.commit_diff import CommitDiff
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver, workbench
from tests.snapshots import incident

CART = "def checkout(items):\n    return total(items)\n\n\ndef total(items):\n    return sum(items)\n"
OTHER = "def letter(name):\n    return name\n"


async def asked(driver: Driver, question: str) -> None:
    await driver.until(lambda: driver.app.desk is not None, "the case")
    await driver.type(question)
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
    await driver.until(lambda: driver.session.views.ranking.files, "a ranking")
    await driver.settle()


def go_to(driver: Driver, text: str) -> None:
    """Put the cursor of Why on the first row that holds ``text``."""
    why = driver.panel("why")
    why.move_to(next(at for at, row in enumerate(why.source) if text in "".join(piece for piece, _ in row.line.body)))


async def test_each_reason_of_a_file_and_its_functions_opens_what_it_cites(tmp_path: Path, make_repo) -> None:
    repo: RepoBuilder = make_repo({"shop/cart.py": CART, "shop/post.py": OTHER})
    repo.write("shop/cart.py", CART.replace("sum(items)", "round(sum(items))"))
    rounded = repo.commit("Round the checkout total")
    async with workbench(repo.path, incident.arguments(tmp_path), (80, 23)) as driver:
        await asked(driver, "checkout total is wrong")
        await driver.press("6")
        await driver.sees("thin question: paste the error message or traceback, or point at logs")
        assert driver.panel("files").go("shop/"), "a folder stands for the hottest file in it"
        await driver.settle()
        await driver.press("8")
        await driver.sees("shop/cart.py")
        shown = " ".join(driver.shown("why").split())
        for said in ("1.00 title: title words", "1.00 text: words", "history: commit", "file: stands in shop/cart.py"):
            assert said in shown, shown
        assert shown.index("history:") < shown.index("□ checkout :1") < shown.index("□ total :5")
        spots = driver.session.views.ranking
        assert f"{spots.files[0].score:.2f}" in shown
        assert f"{spots.symbols[0].score:.2f}" in shown
        go_to(driver, "□ total")
        await driver.press("enter")
        assert (driver.focused, driver.panel("code").line) == ("code", 5)
        await driver.press("escape")
        assert driver.focused == "why"
        go_to(driver, "history")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, CommitDiff), "the commit")
        await driver.sees("round(sum(items))")
        assert rounded[:8] in driver.text
        await driver.press("escape")
        assert isinstance(driver.pane, InvestigatePane)
