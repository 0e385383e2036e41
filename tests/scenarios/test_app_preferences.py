"""What the settings say of theme, keys and notices holds in the screens, and copying leaves a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench_app.preferences import LONG
from workbench_kit.faults import fault
from workbench_kit.keymaps import KEYMAPS, chosen

from tests.scenarios.driver import incident_case


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    (folder / "workbench").mkdir(parents=True)
    return folder / "workbench" / "config.toml"


@pytest.mark.parametrize("name", KEYMAPS)
def test_no_keymap_has_a_key_twice(name: str) -> None:
    chosen(name, {})


async def test_theme_and_keys_of_ones_own(tmp_path: Path, settings: Path) -> None:
    settings.write_text('theme = "light"\n[keys]\n"pane.next_problem" = "P"\n"app.timeline" = "O"\n')
    async with incident_case(tmp_path) as driver:
        assert driver.app.theme == "light"
        before = driver.pane.desk.place
        await driver.press("J")
        assert driver.pane.desk.place == before
        await driver.press("P")
        assert driver.pane.desk.place != before
        assert "P K problem" in driver.text
        await driver.press("question_mark")
        await driver.type("everything that happened")
        await driver.sees("everything that happened")
        line = next(line for line in driver.text.split("\n") if "happened in this case" in line)
        assert "O  " in line
        await driver.press("enter")
        await driver.sees("─ Timeline ")


async def test_a_fault_is_told_in_three_lines_and_esc_takes_it_away(tmp_path: Path, settings: Path) -> None:
    settings.write_text('them = "light"\n')
    async with incident_case(tmp_path, (80, 24)) as driver:
        (notice,) = [each for each in driver.session.notices if "there is no setting them" in each.what]
        assert "the rest holds" in notice.kept
        driver.app.clear_notifications()
        fault(driver.app, "it [b]broke[/b]\nhere.", "all was kept", "try again", timeout=600)
        for line in ("it [b]broke[/b] here", "all was kept", "try again"):
            await driver.sees(line)
        await driver.press("escape")
        await driver.until(lambda: "all was kept" not in driver.text, "it is gone")
        await driver.press("ctrl+c")
        await driver.sees("ctrl+q leaves Workbench; the case is kept")
        assert "[b]" not in driver.text


async def test_without_vi_letters(tmp_path: Path, settings: Path) -> None:
    settings.write_text('keymap = "vscode"\n')
    async with incident_case(tmp_path) as driver:
        await driver.press("5")
        row = driver.panel("errors").cursor
        await driver.press("j")
        assert driver.panel("errors").cursor == row
        await driver.press("down")
        assert driver.panel("errors").cursor == row + 1
        await driver.press("f8")
        assert driver.pane.desk.place.ref
        await driver.press("f1")
        await driver.sees("─ Commands ")


async def test_keys_that_collide_are_said_and_the_own_ones_hold(tmp_path: Path, settings: Path) -> None:
    settings.write_text('[keys]\n"pane.pin" = "J"\n')
    async with incident_case(tmp_path) as driver:
        await driver.sees("J is both")
        assert driver.app.own_keys == {}


async def test_a_bell_for_what_took_long(tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.write_text('notify = "osc9"\n')
    async with incident_case(tmp_path) as driver:
        sent: list[str] = []
        monkeypatch.setattr(driver.app, "tell_terminal", sent.append)

        async def nothing() -> None: ...

        job = driver.session.services.jobs.start("suite\x1b]0;x", nothing())
        await job.wait()
        assert not sent
        job._seconds = LONG
        job._changed(job)
        assert len(sent) == 1
        assert sent[0].startswith("\x1b]9;workbench: suite")
        assert sent[0].count("\x1b") == 1


async def test_what_is_copied_is_in_a_file_too(tmp_path: Path, settings: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "y")
        await driver.sees("copied, and in")
        file = driver.session.services.options.cache / "copied.txt"
        assert file.read_text() == driver.app.clipboard
        assert file.stat().st_mode & 0o77 == 0
