"""What an agent wants to do waits behind a badge; it takes no focus and is answered by keys that mean nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import SHOP, opened
from tests.scenarios.test_fix_agents import configure, described, transcript
from tests.scenarios.test_fix_proposals import TEST


async def ask(driver: Driver) -> None:
    """Have the agent ask for leave, with the focus elsewhere."""
    driver.session.proposals.ask(TEST, ["polite"])
    await driver.until(lambda: driver.session.services.questions.waiting, "a question")
    await driver.until(lambda: "? 1 asking" in driver.text, "the badge")


async def test_a_request_waits_in_the_badge_until_it_is_answered(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    configure(repo, monkeypatch, polite=described("polite"))
    async with opened(repo) as driver:
        await driver.press("4")
        assert driver.app.why_not("app.answer") == "nobody is asking"
        await ask(driver)
        assert driver.focused == "tests", "it takes no focus"
        assert len(driver.app.screen_stack) == 1
        await driver.pilot.press("o", "s", "d", "n")
        assert driver.session.services.questions.waiting, "no stray key answers it"
        await driver.pilot.press("ctrl+g")
        await driver.until(lambda: "polite asks: Edit shop.py" in driver.text, "the dialog")
        assert "path: shop.py" in driver.text
        for said in ("o once", "s always", "d deny", "n no and stop", "esc later"):
            assert said in driver.text
        await driver.pilot.press("enter", "escape")
        await driver.pilot.pause()
        assert driver.session.services.questions.waiting, "neither Enter nor Esc answers"
        await driver.pilot.press("ctrl+g")
        await driver.until(lambda: "polite asks" in driver.text, "again")
        await driver.pilot.press("o")
        await driver.until(lambda: driver.session.proposals.all, "a proposal")
        await driver.settle()
        assert "asking" not in driver.text
        assert [each.outcome for each in driver.session.proposals.all[0].tests] == ["green"] * 3
        assert "workbench: Edit shop.py: once" in await transcript(driver.session)

        await ask(driver)
        driver.session.proposals.stop()
        await driver.settle()
        assert not driver.session.services.questions.waiting, "who stops waiting takes the question back"
        assert "asking" not in driver.text

        await ask(driver)
        await driver.pilot.press("ctrl+g")
        await driver.until(lambda: "polite asks" in driver.text, "once more")
        await driver.pilot.press("n")
        await driver.settle()
        assert any("stopped when it asked" in line for line in driver.session.proposals.said)


async def test_an_agent_of_the_protocols_own_library_is_understood(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    command = [sys.executable, str(Path(__file__).parents[1] / "agent_sdk.py")]
    configure(repo, monkeypatch, sdk=f'name = "sdk"\nprotocol = "acp"\ncommand = {command!r}\n')
    async with opened(repo) as driver:
        driver.session.proposals.ask(TEST, ["sdk"])
        await driver.until(lambda: driver.session.services.questions.waiting or driver.session.proposals.said, "leave")
        await driver.pilot.press("ctrl+g")
        await driver.until(lambda: "sdk asks: Edit shop.py" in driver.text, "the dialog")
        await driver.pilot.press("s")
        await driver.settle()
        (made,) = driver.session.proposals.all
        assert [each.outcome for each in made.tests] == ["green"] * 3
        assert "it says, and nobody checked: Summed all." in made.note
