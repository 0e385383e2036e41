"""From the palette: a report is read and written to a file, the phases are put right, the case is exported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from workbench_kit.line import text_of
from workbench_kit.panel import TextPanel
from workbench_kit.phases import parsed

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import SHOP, opened
from workbench.engine.store.exchange import read


def lines(driver: Driver) -> str:
    return "\n".join(text_of(row.line.body) for row in driver.app.screen.query_one(TextPanel).source)


async def by_palette(driver: Driver, words: str) -> None:
    await driver.press("colon")
    await driver.type(words)
    await driver.press("enter")


async def keep(driver: Driver, name: str) -> None:
    """Type over what is proposed."""
    await driver.press("ctrl+u")
    await driver.type(name)
    await driver.press("enter")


async def test_a_report_is_read_and_written_where_the_person_says(
    make_repo: Callable[..., RepoBuilder], own_home: Path
) -> None:
    async with opened(make_repo(SHOP), "3") as driver:
        await driver.session.note("action: add an alert \x1b[31mnow")
        await by_palette(driver, "report")
        await driver.sees("conditions, actions, needs")
        await driver.type("postmortem")
        await driver.press("enter")
        await driver.sees("Contributing factors")
        assert "asked: the total is wrong" in lines(driver)
        assert "share of requests: not measured" in lines(driver)
        await driver.press("w")
        await driver.sees("Write to")
        await keep(driver, "~/postmortem.doc")
        await driver.sees("the file's name says the format")
        await driver.press("w")
        await keep(driver, "~/postmortem.md")
        await driver.until((own_home / "postmortem.md").exists, "the file")
        await driver.sees("written: ")
        written = (own_home / "postmortem.md").read_text()
        assert "## Action items" in written
        assert "add an alert" in written
        assert "\x1b" not in written
        await driver.press("w")
        await keep(driver, "~/postmortem.md")
        await driver.sees("nothing was overwritten")
        assert (own_home / "postmortem.md").read_text() == written


async def test_a_phase_is_put_right_by_a_new_entry(make_repo: Callable[..., RepoBuilder]) -> None:
    async with opened(make_repo(SHOP), "3") as driver:
        await driver.press("T", "p")
        await driver.sees("not recorded")
        assert "detected" in lines(driver)
        assert "the question was asked" in lines(driver)
        asked = driver.session.state.timeline[0].at
        await driver.press("c")
        await driver.sees("impact start: when")
        await keep(driver, "soon")
        await driver.sees("a time is a date and a clock")
        await driver.press("c")
        earlier = asked - timedelta(hours=1)
        await keep(driver, f"{earlier:%Y-%m-%d %H:%M:%S} the shop called")
        await driver.until(lambda: "set by" in lines(driver), "the time of the impact")
        assert f"{earlier:%Y-%m-%d %H:%M:%S} UTC" in lines(driver)
        assert "the shop called" in lines(driver)
        assert "after impact start" in lines(driver)
        assert any("impact start" in entry.text for entry in driver.session.state.timeline)


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ("2026-05-12 03:10 paged", "2026-05-12T03:10:00+00:00", "paged"),
        ("2026-05-12T05:10:30+02:00", "2026-05-12T03:10:30+00:00", ""),
        ("2026-05-12 03:10:07  by phone, at night", "2026-05-12T03:10:07+00:00", "by phone, at night"),
    ],
)
def test_times_of_phases(text: str, at: str, reason: str) -> None:
    assert parsed(text, datetime(2026, 6, 1, tzinfo=UTC)) == (datetime.fromisoformat(at), reason)


@pytest.mark.parametrize("text", ["", "noon", "2026-05-12", "2026-13-40 00:00", "2026-06-02 00:00 tomorrow"])
def test_what_is_no_time_of_a_phase(text: str) -> None:
    with pytest.raises(ValueError, match=r"a time is|still to come"):
        parsed(text, datetime(2026, 6, 1, tzinfo=UTC))


async def test_the_case_is_exported(make_repo: Callable[..., RepoBuilder], own_home: Path) -> None:
    async with opened(make_repo(SHOP), "3") as driver:
        await driver.session.note("the password=hunter2 was in the log")
        await by_palette(driver, "export")
        await driver.sees("Export the case")
        await keep(driver, "~/case.jsonl")
        await driver.until((own_home / "case.jsonl").exists, "the file")
        await driver.sees("written: ")
        carried = read((own_home / "case.jsonl").read_text().splitlines())
        assert carried.case == driver.session.state.id
        assert any("password=***" in str(event.data) for event in carried.events)
        assert b"hunter2" not in (own_home / "case.jsonl").read_bytes()
