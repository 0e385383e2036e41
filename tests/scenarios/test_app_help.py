"""Help, palette, timeline, commands: what can be done, what was done."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.driver import incident_case, workbench
from tests.snapshots import incident


async def test_help_runs_what_it_lists(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("question_mark")
        await driver.sees("every key and what it does")
        assert "nobody is asking" in driver.text
        await driver.type("tests proof")
        await driver.press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace")
        await driver.press(*["backspace"] * 5)
        await driver.type("pane 3")
        await driver.press("enter")
        await driver.until(lambda: driver.app.current_mode == "validate", "pane 3")


async def test_a_habit_is_taken_and_what_fits_nothing_is_said(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("question_mark")
        await driver.type("/pane 3")
        await driver.sees("esc close")
        await driver.type(" nowhere")
        await driver.sees("nothing fits /pane 3 nowhere: backspace widens")
        await driver.press("enter")
        assert driver.app.screen.query("Chooser ListView"), "a line that says so is no choice"


async def test_a_long_reason_leaves_room_for_what_it_is_the_reason_of(tmp_path: Path) -> None:
    async with incident_case(tmp_path, size=(80, 24)) as driver:
        await driver.press("2", "question_mark")
        await driver.type("commit what")
        await driver.sees("commit what is")
        assert "accept what is" in driver.text


async def test_help_moves_the_list_that_had_the_focus(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "question_mark")
        await driver.type("to the last line")
        await driver.press("enter")
        await driver.until(lambda: driver.panel("errors").cursor == 3, "the last line")


async def test_the_palette_offers_only_what_can_be_done_now(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("colon")
        assert "the next theme" in driver.text or "find a command by name" in driver.text
        assert "nobody is asking" not in driver.text
        await driver.type("next theme")
        await driver.press("enter")
        await driver.until(lambda: driver.app.theme == "light", "the light theme")


async def test_a_heading_is_no_choice(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("question_mark")
        await driver.press("up")
        assert driver.app.screen.query_one("Chooser ListView").current.id == "app.help"
        await driver.press("escape")
        assert driver.focused == "errors"


async def test_commands_that_ran_and_what_needs_a_case(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("at")
        await driver.sees("Commands we ran")
        await driver.press("escape")
    async with workbench(tmp_path / "nowhere", incident.arguments(tmp_path), (100, 30)) as driver:
        await driver.sees("does not exist")
        await driver.pilot.click("Header", offset=(30, 0))
        await driver.sees("no case is open yet")
