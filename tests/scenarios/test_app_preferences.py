"""What the settings say of theme, keys and notices holds in the screens, and copying leaves a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench_app.preferences import LONG
from workbench_kit.keymaps import KEYMAPS, chosen
from workbench_kit.pane import Pane

from tests.scenarios.driver import incident_case, workbench
from tests.snapshots import incident


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


async def test_a_mistake_in_the_settings_is_told_in_three_parts_and_esc_takes_it_away(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "workbench.toml").write_text('[tests]\nrunnner = "pytest"\n')
    options = incident.arguments(tmp_path)
    options.question, options.ask = "what is wrong", True
    async with workbench(tmp_path / "repo", options, (80, 24)) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.sees("workbench.toml:2: there is no setting")
        assert "the rest holds" in driver.text
        assert "mend that line" in driver.text
        await driver.press("escape")
        await driver.until(lambda: "mend that line" not in driver.text, "it is gone")


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
