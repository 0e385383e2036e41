"""Logs that are none: missing, empty, a folder, a link to itself, one line of ten megabytes. Each is said on screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver, workbench
from tests.snapshots import incident
from workbench.case.enums import CheckStatus

ERRORS = (
    "2026-05-12 14:00:00 ERROR boom\nTraceback (most recent call last):\n"
    '  File "/srv/a.py", line 2, in total\n    return sum(prices)\nTypeError: no\n'
)
HUGE = 10_000_000


async def read(driver: Driver) -> str:
    """The whole screen once everything was read."""
    await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
    await driver.until(lambda: "logs" in driver.session.state.finished, "the logs")
    await driver.still()
    return " ".join(driver.text.split())


async def test_what_holds_no_record_is_said_and_stops_nothing(
    tmp_path: Path, make_repo: Callable[..., RepoBuilder]
) -> None:
    repo = make_repo({"a.py": "def total(prices):\n    return sum(prices)\n"})
    (tmp_path / "empty.log").touch()
    (tmp_path / "void").mkdir()
    (tmp_path / "self.log").symlink_to("self.log")
    names = ("missing.log", "empty.log", "void", "self.log")
    options = incident.arguments(tmp_path)
    options.question, options.ask = "the total is wrong", True
    options.log = [str(tmp_path / name) for name in names]
    async with workbench(repo.path, options, (160, 48)) as driver:
        await read(driver)
        check = driver.session.state.finished["logs"].check
        assert check.status is CheckStatus.DONE
        for said in ("no such file", "no log file in it", "symbolic links"):
            assert said in check.summary or said in str(driver.session.views.sources), said
        await driver.press("5")
        assert "no log was read" in driver.shown("errors")
        assert driver.session.state.finished["index"].check.status is CheckStatus.DONE


async def test_a_folder_is_read_and_a_line_without_end_is_cut_and_said(
    tmp_path: Path, make_repo: Callable[..., RepoBuilder]
) -> None:
    repo = make_repo({"a.py": "def total(prices):\n    return sum(prices)\n"})
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "app.log").write_text(ERRORS * 3)
    (folder / "loop").symlink_to(".")
    (folder / "one.log").write_bytes(b"2026-05-12 14:00:01 ERROR " + b"x" * HUGE)
    options = incident.arguments(tmp_path)
    options.question, options.ask, options.log = "the total is wrong", True, [str(folder)]
    async with workbench(repo.path, options, (160, 48)) as driver:
        await read(driver)
        (error,) = [error for error in driver.session.views.errors if error.type == "TypeError"]
        assert error.count == 3, "the link to the folder itself does not count it twice"
        (source,) = driver.session.views.sources
        assert "1 line was longer than is read and was cut" in source.notes
        assert "TypeError" in driver.shown("errors")
        await driver.press("7", "G")
        assert "xxxx" in driver.shown("log")
        await driver.press("enter")
        await driver.settle()
        assert driver.app.is_running
