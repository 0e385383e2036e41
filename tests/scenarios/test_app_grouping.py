"""People say that two errors are one, or that one is two; it is journaled and can be taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.scenarios.driver import Driver, incident_case
from tests.snapshots import incident
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.logs import Variant
from workbench.case.model import Check, CheckStatus
from workbench.case.state import Report


async def command(driver: Driver, name: str) -> None:
    """Run a command of the palette by its name."""
    await driver.press("colon")
    await driver.type(name)
    await driver.press("enter")


def types(driver: Driver) -> list[str]:
    return [error.type for error in driver.session.views.errors]


async def test_errors_are_merged_split_and_left_as_they_were_found(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        two = (Variant("raised in refresh", 30), Variant("raised in login", 12))
        error = replace(incident.CONFLICT, id="e9", fingerprint="fp-e9", type="TwoThings", variants=two)
        await driver.session.services.journal.append(
            new_event("analysis.started", "t", {"analyzer": "more", "tree": ""}, "run"),
            new_event("analysis.reported", "t", {"report": encode(Report("more", errors=(error,)))}, "run"),
            new_event("analysis.finished", "t", {"check": encode(Check("more", CheckStatus.DONE, ""))}, "run"),
        )
        await driver.settle()
        await driver.press("5")
        driver.panel("errors").action_sort()
        assert driver.panel("errors").go("e9")
        await driver.settle()
        assert "2 variants" in driver.shown("why")
        await command(driver, "split an error")
        await driver.sees("Which variant of TwoThings")
        await driver.press("down", "enter")
        await driver.until(lambda: types(driver).count("TwoThings") == 2, "the split error")
        await driver.settle()
        driver.panel("errors").go(next(each.id for each in driver.session.views.errors if each.id.startswith("e9")))
        await driver.settle()
        assert "told apart by" in driver.shown("why")
        await driver.press("z")
        await driver.until(lambda: types(driver).count("TwoThings") == 1, "the undo")
        driver.panel("errors").go("e2")
        await driver.settle()
        before = len(types(driver))
        await command(driver, "merge errors")
        await driver.sees("Merge DatabaseTimeout with")
        await driver.type("TwoThings")
        await driver.press("enter")
        await driver.until(lambda: len(types(driver)) == before - 1, "the merged error")
        await driver.settle()
        driver.panel("errors").go("e2")
        await driver.settle()
        assert "put together by" in driver.shown("why")
        await command(driver, "regroup an error")
        await driver.until(lambda: len(types(driver)) == before, "the errors as they were found")
