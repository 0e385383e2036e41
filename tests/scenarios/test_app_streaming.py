"""While results arrive the row under the cursor stays where it is, and resizing harms nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.scenarios.driver import incident_case
from tests.snapshots import incident
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.model import Check, CheckStatus, Finding, Severity
from workbench.case.state import Report
from workbench.engine.store.owners import owner


def findings(batch: int) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            f"s{batch}-{at}",
            "accounts/tokens.py",
            at + 1,
            at + 1,
            "WB",
            f"finding {batch}.{at}",
            Severity.ERROR,
            "stream",
            f"{batch}.{at}",
        )
        for at in range(30)
    )


async def test_the_row_under_the_cursor_never_moves(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "j")
        errors = driver.panel("errors")
        before = (errors.cursor, errors.row_key(errors.cursor), errors.region.y, errors.scroll_offset)
        causes = tuple(replace(incident.CAUSES[0], id=f"late-{at}") for at in range(9))
        stronger = replace(incident.CONFLICT, id="e9", fingerprint="fp-e9", type="AaNewerError", count=90)
        run = "late"
        events = [
            new_event("analysis.started", "t", {"analyzer": "late", "tree": "", "owner": owner()}, run),
            new_event(
                "analysis.reported", "t", {"report": encode(Report("late", errors=(stronger,), hypotheses=causes))}, run
            ),
            new_event("analysis.finished", "t", {"check": encode(Check("late", CheckStatus.DONE, "late"))}, run),
        ]
        for event in events:
            await driver.session.services.journal.append(event)
            await driver.settle()
            now = (errors.cursor, errors.row_key(errors.cursor), errors.region.y, errors.scroll_offset)
            assert now == before
        await driver.until(lambda: "1 newer" in driver.shown("errors"), "1 newer")
        assert errors.row_key(errors.row_count() - 1) == "e9"
        await driver.press("full_stop")
        assert errors.row_key(0) == "e9"
        assert errors.row_key(errors.cursor) == "e2"


async def test_resizing_while_results_arrive(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        started = {"analyzer": "stream", "tree": "", "owner": owner()}
        await driver.session.services.journal.append(new_event("analysis.started", "t", started, "run"))
        for batch, size in enumerate([(80, 24), (100, 30), (50, 12), (120, 40), (160, 48), (60, 15)]):
            report = encode(Report(findings=findings(batch)))
            await driver.session.services.journal.append(new_event("analysis.reported", "t", {"report": report}, "run"))
            await driver.pilot.resize_terminal(*size)
            await driver.settle()
            lines = driver.text.split("\n")
            assert len(lines[0]) <= size[0]
        findings_panel = driver.panel("findings")
        await driver.until(lambda: findings_panel.row_count() == 4 + 6 * 30, "every finding")
        await driver.pilot.resize_terminal(160, 48)
        await driver.settle()
        assert "6 Files" in driver.text
