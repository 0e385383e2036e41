"""Pane 2: fixers are asked by a key; a proposal is reviewed, taken in part, taken back, or rejected with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.fixers import installed
from tests.scenarios.project import RIGHT, SHOP, opened, quick


async def test_a_proposal_is_reviewed_hunk_by_hunk_and_taken(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    installed(monkeypatch, "loud", "cheat")
    repo = make_repo(SHOP)
    async with opened(repo) as driver:
        assert "no test fails" in driver.pane.why_not("fix.propose")
        await driver.press("a")
        await driver.press("8", "r")
        live = driver.session.proposals
        await driver.until(lambda: len(live.all) == 2 and not live.asked, "two proposals")
        await driver.press(".", "g")
        await driver.still()
        shown = driver.shown("proposals")
        assert "by loud" in shown
        assert "✔ test" in shown
        assert "✔ suite" in shown
        assert "▲ left out unless chosen: assert" in shown
        assert "Proposal by loud" in driver.shown("change")
        assert "return sum(prices)" in driver.shown("change")

        await driver.press("j")
        assert "Proposal by cheat" in driver.shown("change"), "moving in the list changes the middle"
        await driver.press("space")
        assert (repo.path / "test_shop.py").read_text() == SHOP["test_shop.py"], "nothing of it is taken unasked"

        await driver.press("k", "6")
        panel = driver.panel("change")
        assert panel.go("notes.txt")
        await driver.press("x")
        await driver.press("8", "space")
        await driver.until(lambda: (repo.path / "shop.py").read_text() != SHOP["shop.py"], "taken")
        await driver.settle()
        assert not (repo.path / "notes.txt").exists(), "what was left out is left out"
        await driver.press("4")
        assert "1 file" in driver.shown("change"), "the change on the working tree again"
        await driver.press("z")
        await driver.until(lambda: (repo.path / "shop.py").read_text() == SHOP["shop.py"], "taken back")

        await minimal(driver, repo)
        await rejected(driver)


async def minimal(driver: Driver, repo: RepoBuilder) -> None:
    """What the test needs of the proposal is looked for, taken alone, and taken back."""
    await driver.press("8")
    driver.pane.do_fix_needed()
    live = driver.session.proposals
    await driver.until(lambda: any(each.needed for each in live.all) and not live.asked, "what is needed")
    await driver.settle()
    assert "needed: shop.py:5" in driver.shown("proposals")
    assert driver.panel("change").caption == "8 space applies 2 of 5 lines", "the rest is left out, to be seen"
    await driver.press("space")
    await driver.until(lambda: (repo.path / "shop.py").read_text() == RIGHT, "the minimal patch")
    await driver.settle()
    await driver.press("4", "z")
    await driver.until(lambda: (repo.path / "shop.py").read_text() == SHOP["shop.py"], "taken back")


async def rejected(driver: Driver) -> None:
    """It is rejected with a reason, which its fixer is told."""
    await driver.press("8", "x")
    await driver.sees("Why not? loud is told")
    await driver.type("too loud")
    await driver.press("enter")
    assert "rejected" in driver.shown("proposals")
    state = driver.session.state
    assert [each.rejected for each in state.proposals.values() if each.fixer == "loud"] == [
        ("left out: notes.txt:1", "left out: notes.txt:1, shop.py:1", "too loud")
    ]
