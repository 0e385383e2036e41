"""Pane 3 watches the deploy: the triggers live, the rehearsed way back once one trips, and how it ended, journaled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from workbench_kit.line import text_of

from tests.conftest import RepoBuilder
from tests.scenarios.deployed import COMMAND, Served
from tests.scenarios.project import SHOP, opened
from workbench.analysis.plan.facts import Facts
from workbench.analysis.plan.make import make_plan
from workbench.case.codec import encode
from workbench.case.plan import Rehearsal, Trigger

SLOW = Trigger("p95", "95th percentile, s", "prometheus", "p95", ">", 1.0, 600.0, 2, "roll back", "ann")
POOL = Trigger("pool", "waits for a connection", "prometheus", "pool", ">", 0.0, 300.0, 2, "roll back", "ann")
FAILURES = Trigger("failures", "share of 5xx", "logs", "status:5xx", ">", 0.2, 3.0, 20, "roll back", "ann")


async def test_a_deploy_is_watched_trips_and_is_said_to_be_rolled_back(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    served, log = Served(tmp_path / "access.log"), tmp_path / "access.log"
    with served.running():
        async with opened(make_repo(SHOP), "3") as driver:
            session = driver.session
            assert "no plan to watch by" in driver.shown("monitor")
            made = make_plan(Facts(session.change.tree, "b", "ready", "ann"))
            rehearsed = Rehearsal("rehearsed", "clean", (COMMAND,))
            made = replace(made, triggers=(FAILURES, SLOW, POOL), rollback=rehearsed, period=600.0)
            await session.record("case.question", {"question": "500s", "log_sources": [str(log)]})
            await session.record("plan.made", {"plan": encode(made)})
            await driver.until(lambda: "not watched yet" in driver.shown("monitor"), "the plan")
            await driver.press("7", "enter")
            await driver.until(lambda: "holding  share of 5xx: 0, before" in driver.shown("monitor"), "it holds")
            assert COMMAND.split()[-1] not in driver.shown("monitor")
            served.failing = True
            await driver.until(lambda: "✘ tripped" in driver.shown("monitor"), "it trips")
            await driver.until(lambda: COMMAND.split()[-1] in driver.shown("monitor"), "the way back")
            await driver.sees("roll back: share of 5xx tripped")
            await driver.press("enter")
            await driver.sees("The deploy is being watched")
            await driver.press("b")
            await driver.until(lambda: session.state.monitors, "the end")
            await driver.until(lambda: "rolled back: a person said" in driver.shown("monitor"), "how it ended")
            assert session.state.monitors[0].outcome == "rolled_back"
            assert not session.monitor.running


async def test_a_watch_ends_with_the_program_and_what_it_cannot_read_is_said(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path
) -> None:
    async with opened(make_repo(SHOP), "3") as driver:
        session = driver.session
        made = make_plan(Facts(session.change.tree, "b", "ready", "ann"))
        await session.record("plan.made", {"plan": encode(replace(made, triggers=(FAILURES,)))})
        await driver.until(lambda: "not watched yet" in driver.shown("monitor"), "the plan")
        await driver.press("7", "enter")
        await driver.until(lambda: "there is nothing to watch" in driver.shown("monitor"), "what is missing")
        log, gone = tmp_path / "access.log", tmp_path / "gone.log"
        log.write_text("")
        await session.record("case.question", {"question": "500s", "log_sources": [str(log), str(gone)]})
        await driver.press("enter")
        await driver.until(lambda: "? no data  share of 5xx: before" in driver.shown("monitor"), "no data")
        rows = driver.panel("monitor").source
        assert any("? not seen:" in text_of(row.line.body) for row in rows)
        assert session.monitor.unseen == (f"{gone} is not there: it is waited for",)
        task = session.monitor
    assert not task.running
