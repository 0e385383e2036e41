"""Pane 3 shows the plan; Enter on a trigger changes it, journaled; what is no number is refused."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import RepoBuilder
from tests.scenarios.project import SHOP, opened
from workbench.analysis.plan.facts import Facts
from workbench.analysis.plan.make import make_plan
from workbench.case.codec import encode


async def test_the_plan_is_shown_and_edited(make_repo: Callable[..., RepoBuilder]) -> None:
    async with opened(make_repo(SHOP), "3") as driver:
        made = make_plan(Facts(driver.session.change.tree, "b", "ready", "ann"))
        await driver.session.record("plan.made", {"plan": encode(made)})
        await driver.until(lambda: "Roll back when" in driver.shown("plan"), "the plan")
        assert "– not rehearsed" in driver.shown("plan")
        await driver.press("6")
        panel = driver.panel("plan")
        panel.move_to(next(at for at, row in enumerate(panel.source) if row.ref == "failures"))
        await driver.press("enter")
        await driver.sees("Change one of: threshold")
        await driver.press("ctrl+u")
        await driver.type("threshold = lots")
        await driver.press("enter")
        assert driver.session.state.plan_edits == ()
        await driver.press("enter")
        await driver.press("ctrl+u")
        await driver.type("threshold = 0.05")
        await driver.press("enter")
        await driver.until(lambda: driver.session.state.plan_edits, "the edit")
        await driver.until(lambda: "> 0.05" in driver.shown("plan"), "the new threshold")
