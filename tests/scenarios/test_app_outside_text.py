"""Text from outside is text: no markup and no escape sequence of it takes effect, wherever it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.scenarios.driver import incident_case
from tests.snapshots import incident
from workbench.analysis.ranking import Ranking
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.model import Check, CheckStatus, Hotspot
from workbench.case.state import Report
from workbench.engine.views import derive

EVIL = "[bold red on white]x[/] \x1b[31mred\x1b]0;title\x07 \u202e [@click=app.quit]y[/]"


async def test_nothing_from_outside_is_obeyed(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        name = "accounts/[bold]\x1b[31mevil\n.py"
        (tmp_path / "auth-service" / name).write_text(f"# {EVIL}\nx = 1\n", encoding="utf-8")
        error = replace(incident.CONFLICT, id="e9", fingerprint="fp-e9", type=EVIL, message=EVIL, of=EVIL)
        finding = replace(
            incident.FINDINGS[0], id="f9", fingerprint="fp-f9", path=name, line=1, end_line=1, message=EVIL
        )
        cause = replace(incident.CAUSES[0], id="h9", statement=EVIL, next_check=EVIL)
        pattern = replace(incident.PATTERNS[0], id="p9", template=EVIL)
        report = Report(EVIL, (finding,), (), (pattern,), (error,), hypotheses=(cause,))
        await driver.session.services.journal.append(
            new_event("case.question", "t", {"question": EVIL, "log_sources": [], "since": None}),
            new_event("analysis.started", "t", {"analyzer": "evil", "tree": ""}, "run"),
            new_event("analysis.reported", "t", {"report": encode(report)}, "run"),
            new_event(
                "analysis.finished", "t", {"check": encode(Check("evil", CheckStatus.FAILED, EVIL, error=EVIL))}, "run"
            ),
        )
        await driver.settle()
        driver.session.views = derive(driver.session.state, Ranking((Hotspot(name, 1.0, caption=EVIL),)))
        driver.app.case_changed()
        await driver.settle()
        for key in ("4", "5", "6", "J", "J", "J", "7", "8", "tab", "tab", "tab", "T", "escape"):
            await driver.press(key)
            assert "\x1b" not in driver.text
            assert "\u202e" not in driver.text
        await driver.press("1", "5")
        assert "[bold red on white]x[/]" in driver.text
        await driver.press("1", "5")
        driver.panel("errors").go("e9")
        await driver.press("m")
        await driver.sees("pinned: [bold")
        assert driver.app.is_running
