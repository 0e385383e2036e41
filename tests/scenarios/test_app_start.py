"""The start screen: filled fields, an empty question, and what cannot be opened."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from textual.widgets import Input
from workbench_kit.header import UNASKED
from workbench_kit.pane import Pane

from tests.scenarios.driver import workbench
from tests.snapshots import incident
from workbench.case.code import UNASKED as CORES
from workbench.engine.session import Session

SIZE = (120, 36)


async def test_an_empty_question_asks_what_is_going_wrong(tmp_path: Path, make_repo) -> None:
    repo = make_repo({"shop/cart.py": "def total(items):\n    return sum(items) / len(items)\n"})
    async with workbench(repo.path, incident.arguments(tmp_path), SIZE) as driver:
        await driver.sees("Question")
        assert driver.focused == "question"
        await driver.until(lambda: driver.app.desk is not None, "the case")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.until(lambda: driver.session.state.question, "the question")
        assert driver.session.state.question == UNASKED == CORES, "and the core knows it for ours"
        await driver.sees("Checks")
        assert driver.focused == "errors"


async def test_logs_that_stand_there_are_filled_in_and_read_when_they_are_kept(
    tmp_path: Path,
    make_repo,
    monkeypatch,
) -> None:
    repo = make_repo({"shop/cart.py": "def total(items):\n    return sum(items) / len(items)\n"})
    repo.write("app.log", "2026-05-12 14:00:01 ERROR shop: no total\n")
    monkeypatch.chdir(repo.path)
    async with workbench(repo.path, incident.arguments(tmp_path), SIZE) as driver:
        await driver.until(lambda: driver.app.desk is not None, "the case")
        await driver.sees("1 found, none read yet")
        assert driver.app.screen.query_one("#logs", Input).value == "app.log"
        assert not driver.session.state.log_sources
        await driver.press("enter")
        await driver.until(lambda: "logs" in driver.session.state.finished, "the logs")
        assert driver.session.state.log_sources == (str(repo.path / "app.log"),)
        await driver.sees("no total")


async def test_who_is_quicker_than_the_engine_waits_for_it(tmp_path: Path, make_repo, monkeypatch) -> None:
    pressed, really = asyncio.Event(), Session.open

    async def later(*given: Any) -> Session:
        await pressed.wait()
        return await really(*given)

    monkeypatch.setattr(Session, "open", later)
    repo = make_repo({"shop/cart.py": "def total(items):\n    return sum(items) / len(items)\n"})
    options = incident.arguments(tmp_path)
    options.question = "the total is wrong"
    async with workbench(repo.path, options, SIZE) as driver:
        assert driver.app.desk is None
        await driver.pilot.press("enter")
        pressed.set()
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.until(lambda: "index" in driver.session.state.finished, "the index")
        await driver.settle()
        assert driver.session.state.question == "the total is wrong"
        assert len(list((tmp_path / "data").rglob("*.sqlite"))) - 1 == 1, "one case, and the index of cases"


async def test_numbers_in_a_question_are_text_and_logs_are_parted_as_a_shell_does(tmp_path: Path, make_repo) -> None:
    repo = make_repo({"a.py": "x = 1\n"})
    options = incident.arguments(tmp_path)
    options.log = ["production.log"]
    async with workbench(repo.path, options, SIZE) as driver:
        await driver.until(lambda: driver.app.desk is not None, "the case")
        await driver.press("1", "2", "q", "question_mark")
        assert driver.app.screen.query_one("#question", Input).value == "12q?"
        driver.app.screen.query_one("#logs", Input).value = "'two words.log' production.log"
        await driver.press("enter")
        await driver.until(lambda: driver.app.desk and driver.session.state.question, "the question")
        logs = tuple(str(Path.cwd() / name) for name in ("two words.log", "production.log"))
        assert driver.session.state.log_sources == logs, "the same files from wherever the case is gone on with"


async def test_what_cannot_be_opened_says_why_and_another_can_be_given(tmp_path: Path, make_repo) -> None:
    async with workbench(tmp_path / "nowhere", incident.arguments(tmp_path), SIZE) as driver:
        await driver.sees("does not exist")
        assert driver.app.desk is None
        await driver.press("escape")
        driver.app.screen.query_one("#repository", Input).value = str(make_repo({"a.py": "x = 1\n"}).path)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")


async def test_a_recent_case_is_gone_on_with(tmp_path: Path) -> None:
    repo, case = await incident.write_case(tmp_path)
    async with workbench(repo, incident.arguments(tmp_path), SIZE) as driver:
        await driver.sees("Recent cases")
        driver.app.screen.query_one("#recent").focus()
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        assert driver.session.state.id == case
        await driver.sees("TokenRefreshConflict")
