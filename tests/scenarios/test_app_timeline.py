"""T: what happened, filtered and starred; a wrong entry is corrected by a new one and stays as it was."""

from __future__ import annotations

from collections.abc import Callable

from workbench_kit.line import text_of
from workbench_kit.panel import TextPanel

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import SHOP, opened


def lines(driver: Driver) -> str:
    return "\n".join(text_of(row.line.body) for row in driver.app.screen.query_one(TextPanel).source)


async def test_filter_star_and_correct(make_repo: Callable[..., RepoBuilder]) -> None:
    async with opened(make_repo(SHOP), "3") as driver:
        await driver.session.note("began at noon [red]x[/]")
        await driver.session.note("rolled the flag back")
        await driver.press("T")
        await driver.sees("rolled the flag back")
        assert "asked: the total is wrong" in lines(driver)
        assert "began at noon [red]x[/]" in lines(driver), "text from outside is text"
        await driver.press("k", "m")
        await driver.until(lambda: "★" in lines(driver), "the star")
        await driver.press("asterisk")
        assert "rolled the flag back" not in lines(driver)
        assert "began at noon" in lines(driver)
        await driver.press("c")
        await driver.type("began at eleven")
        await driver.press("enter")
        await driver.until(lambda: "corrected later: began at eleven" in lines(driver), "the correction")
        await driver.press("asterisk", "f")
        await driver.type("note flag")
        await driver.press("enter")
        assert "rolled the flag back" in lines(driver)
        assert "asked:" not in lines(driver)
        entries = [entry.text for entry in driver.session.state.timeline]
        assert "note: began at noon [red]x[/]" in entries, "nothing is edited away"
        assert "corrected: began at eleven" in entries
