"""NO_COLOR sends no colour, sixteen colours are the terminal's own, and the themes are changed by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenarios.driver import incident_case, workbench
from tests.snapshots import incident

COLOURED = re.compile(r"\x1b\[[\d;]*\b(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)[\d;]*m")


def sent(driver: object) -> str:
    """What is sent to the terminal to paint the whole screen."""
    app = driver.app
    update = app.screen._compositor.render_full_update()
    return str(update.render_segments(app.console))


async def test_no_color_sends_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    repo, case = await incident.write_case(tmp_path)
    async with workbench(repo, incident.arguments(tmp_path, case), (120, 36), theme="") as driver:
        await driver.sees("TokenRefreshConflict")
        await driver.settle()
        assert driver.app.theme == "terminal"
        assert not COLOURED.search(sent(driver))
        assert "\x1b[7m" in sent(driver) or ";7" in sent(driver), "the cursor is shown by reversing"


async def test_every_theme_paints(tmp_path: Path) -> None:
    async with incident_case(tmp_path, (100, 30)) as driver:
        names = []
        for _ in range(4):
            await driver.press("colon")
            await driver.type("next theme")
            await driver.press("enter")
            await driver.settle()
            names.append(driver.app.theme)
            assert "TokenRefreshConflict" in driver.text
        assert names == ["light", "high-contrast", "terminal", "dark"]


async def test_sixteen_colours_are_the_terminals_own(tmp_path: Path) -> None:
    async with incident_case(tmp_path, (100, 30)) as driver:
        driver.app.theme = "terminal"
        await driver.settle()
        assert "38;2;" not in sent(driver)
        assert "48;2;" not in sent(driver)
