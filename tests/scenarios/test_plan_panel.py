"""Pane 3 shows the plan; Enter on a step or a trigger changes it, journaled; on a number it leads to the gate."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import RepoBuilder
from tests.scenarios.project import SHOP, opened
from workbench.analysis.plan.facts import Facts
from workbench.analysis.plan.make import make_plan
from workbench.case.codec import encode
from workbench.case.enums import GateStatus
from workbench.case.model import Figure, GateResult


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


async def test_a_number_leads_to_its_gate_and_steps_come_and_go(
    make_repo: Callable[..., RepoBuilder],
) -> None:
    async with opened(make_repo(SHOP), "3") as driver:
        tree = driver.session.change.tree
        load = GateResult("load", "load", GateStatus.PASS, "fine", tree, "", (Figure("p95", 0.2, "s"),), examined=300)
        await driver.session.record("gate.finished", {"gate": encode(load)})
        made = make_plan(Facts(tree, "b", "ready", "ann", gates={"load": load}))
        await driver.session.record("plan.made", {"plan": encode(made)})
        await driver.until(lambda: "Roll back when" in driver.shown("plan"), "the plan")
        await driver.press("6")

        async def on(ref: str) -> None:
            panel = driver.panel("plan")
            panel.move_to(next(at for at, row in enumerate(panel.source) if row.ref == ref))
            await driver.press("enter")

        async def say(text: str) -> None:
            await driver.press("ctrl+u")
            await driver.type(text)
            await driver.press("enter")

        await on("gate:load")
        assert driver.focused == "gates"
        assert driver.pane.selected_gate() == "load"
        await driver.press("escape")
        assert driver.focused == "plan"
        await on("canary")
        await say("add = tell support")
        await driver.until(lambda: "2  tell support" in driver.shown("plan"), "the step")
        assert f"added by {driver.session.services.options.actor}" in driver.shown("plan")
        await on("deploy")
        await say("drop")
        await driver.until(lambda: "left out: rolling restart" in driver.shown("plan"), "what was left out")
        await on("deploy")
        await driver.until(lambda: "3  rolling restart" in driver.shown("plan"), "it is in again")
