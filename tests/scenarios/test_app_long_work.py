"""Work that takes long says how far it is and for how long, in every pane, and can be stopped there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from workbench_kit.running import Running

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver, incident_case, workbench
from tests.snapshots import incident
from workbench.case.enums import CheckStatus
from workbench.engine.jobs import Job
from workbench.engine.options import Options
from workbench.engine.session import Session

MINUTE = 61.0


def begin(driver: Driver, name: str, seconds: float) -> Job:
    """Work that began ``seconds`` ago, is 3 of 12 far, and ends only when it is stopped."""

    async def work(job: Job) -> None:
        job.progress(3, 12)
        await asyncio.Event().wait()

    job = driver.session.services.jobs.start(name, work)
    job._clock -= seconds
    return job


def listed(driver: Driver) -> Running:
    """The list of what runs."""
    assert isinstance(driver.app.screen, Running)
    return driver.app.screen


@pytest.mark.parametrize("pane", ["1", "2", "3"])
async def test_it_is_shown_with_its_time_and_stopped_from_a_list(tmp_path: Path, pane: str) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press(pane)
        await driver.settle()
        assert "nothing runs" in driver.pane.why_not("run.stop")
        first, second = begin(driver, "needed hunks", MINUTE), begin(driver, "bisect", 5.0)
        driver.pane._tick()
        await driver.until(lambda: lasted(driver, "◐ needed hunks") >= MINUTE, "the time")
        assert "+1 S stops" in driver.text
        await driver.pilot.press("S")
        await driver.until(lambda: isinstance(driver.app.screen, Running), "the list")
        await driver.sees("bisect 3/12")
        await driver.sees("everything")
        await driver.pilot.press("down", "enter")
        await second.wait()
        assert second.status is CheckStatus.CANCELLED
        assert first.running
        await driver.pilot.press("S")
        await driver.until(lambda: isinstance(driver.app.screen, Running), "the list")
        first._clock -= MINUTE
        listed(driver)._look()
        await driver.until(lambda: lasted(driver, "needed hunks") >= 2 * MINUTE, "the time there")
        await driver.pilot.press("enter")
        await first.wait()
        assert first.status is CheckStatus.CANCELLED
        await driver.settle()


def lasted(driver: Driver, name: str) -> int:
    """The seconds that stand beside ``name``, 3 of 12 far; 0 while they do not."""
    found = re.search(rf"{name} 3/12 +(\d+):(\d\d)", driver.text)
    return 60 * int(found[1]) + int(found[2]) if found else 0


async def test_the_list_stays_and_says_when_all_has_ended(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        job = begin(driver, "index", 3.0)
        await driver.pilot.press("S")
        await driver.until(lambda: isinstance(driver.app.screen, Running), "the list")
        driver.session.services.jobs.cancel(job)
        await job.wait()
        listed(driver)._look()
        await driver.sees("nothing runs now")
        await driver.press("enter", "escape")
        assert not isinstance(driver.app.screen, Running)


async def test_opening_says_for_how_long_and_how_to_leave(
    tmp_path: Path, make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo({"a.py": ""})
    opened, go_on = Session.open, asyncio.Event()

    async def slowly(path: str | Path, options: Options) -> Session:
        await go_on.wait()
        return await opened(path, options)

    monkeypatch.setattr(Session, "open", slowly)
    async with workbench(repo.path, incident.arguments(tmp_path), (100, 30)) as driver:
        await driver.sees("opening … 0:01   ctrl+q leaves")
        go_on.set()
        await driver.until(lambda: driver.app.desk is not None, "the case")
        await driver.sees("⏎ investigate")
        assert "ctrl+q leaves" not in driver.text
