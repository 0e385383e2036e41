"""Keys that come in one packet, as over a slow line: each goes where those before it lead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver, incident_case, workbench
from tests.snapshots import incident


async def test_a_search_typed_or_pasted_ahead_is_in_the_field_and_no_command(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("7")
        await driver.burst("/Integrity")
        assert "Integrity" in driver.shown("log")
        await driver.burst("X")
        assert "IntegrityX" in driver.shown("log")
        await driver.burst("\x1b6")
        assert driver.focused == "files"

        await driver.burst("7")
        driver.app.post_message(events.Key("slash", "/"))
        driver.app.post_message(events.Paste("Pasted"))
        await driver.until(lambda: "Pasted" in driver.shown("log"), "what was pasted")
        await driver.burst("\x1b")

        driver.app.post_message(events.Key("question_mark", "?"))
        driver.app.post_message(events.Key("ctrl+q", None))
        await driver.sees("Leave?")  # leaving waits for no other key


async def test_a_key_is_painted_although_the_next_paint_is_far_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("6")
        screen, seen = driver.app.screen, list[object]()
        monkeypatch.setattr("workbench_kit.pacing.CALM", 3600.0)
        paint = screen._compositor_refresh
        monkeypatch.setattr(screen, "_compositor_refresh", lambda: (seen.append(1), paint()))
        driver.app.post_message(events.Key("j", "j"))
        await driver.until(lambda: bool(seen), "the key's paint")


FORM = "why\tx/repo\ta.log\tbug\t now"


@asynccontextmanager
async def started(tmp_path: Path, make_repo: Callable[..., RepoBuilder]) -> AsyncIterator[Driver]:
    """The start screen of a small repository."""
    repo = make_repo()
    repo.write("a.py")
    repo.commit("One")
    async with workbench(repo.path, incident.arguments(tmp_path), (100, 30)) as driver:
        await driver.until(lambda: driver.app.desk is not None, "the case")
        yield driver


async def test_fields_of_a_form_are_filled_one_after_the_other(
    tmp_path: Path, make_repo: Callable[..., RepoBuilder]
) -> None:
    async with started(tmp_path, make_repo) as driver:
        await driver.burst(FORM)
        fields = [driver.app.screen.query_one(f"#{name}", Input).value for name in ("repository", "logs", "playbook")]
        assert (fields[0][-6:], *fields[1:]) == ("x/repo", "a.log", "bug")
        assert "why now" in driver.text


async def test_keys_that_have_not_acted_when_the_program_ends_are_dropped(
    tmp_path: Path, make_repo: Callable[..., RepoBuilder]
) -> None:
    async with started(tmp_path, make_repo) as driver:
        driver.post(FORM)
        for _ in range(60):  # turns of the loop, in which some of the keys act
            await asyncio.sleep(0)
