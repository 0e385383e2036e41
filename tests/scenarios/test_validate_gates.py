"""Pane 3: not ready before the fix is right, ready after; an edit makes results stale; a waiver needs a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import RIGHT, SHOP, only, opened, quick
from workbench.case.enums import GateStatus, Verdict

TEST = "from shop import label, total\n\n\ndef test_label():\n    assert label(1) == '1 EUR'\n\n\n"
NEW = TEST + "def test_total():\n    assert total([1, 2]) == 3\n"
WRONG = SHOP["shop.py"].replace("prices[1:]", "prices").replace("EUR", "euro")


async def ended(driver: Driver) -> None:
    """Wait until the gates have said what they have to say, and it is on screen."""
    await driver.until(lambda: driver.session.state.gates and not driver.session.gates.running, "the gates")
    await driver.settle()


async def test_not_ready_then_ready_then_stale(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    only(monkeypatch, "suite", "tamper")
    repo = make_repo({**SHOP, "test_shop.py": TEST})
    repo.write("shop.py", WRONG)
    repo.write("test_shop.py", NEW)
    async with opened(repo, "3") as driver:
        assert "no gate has judged this change yet" in driver.shown("gates")
        assert "– suite" in driver.shown("gates")
        await driver.press("a")
        await ended(driver)
        shown = driver.shown("gates")
        assert "✘ NOT READY" in shown
        assert shown.index("✘ suite") < shown.index("✔ tamper"), "worst first"
        assert "new failures 1 > 0" in shown, "the figure with its threshold"
        await driver.press("J")
        detail = driver.shown("detail")
        assert "new failures" in detail
        assert "at most" in detail
        assert "test_shop.py:" in detail

        await driver.press("enter", "slash")
        await driver.type("py:5")
        await driver.press("enter", "enter")
        await driver.sees("e edit   esc close")
        await driver.press("escape")

        repo.write("shop.py", RIGHT)
        await driver.until(lambda: "stale" in driver.shown("gates"), "stale")
        assert driver.session.gates.judgement(driver.session.change.tree).verdict is Verdict.INCONCLUSIVE
        await driver.press("4", "R")
        await driver.until(lambda: not driver.session.gates.due(driver.session.change.tree), "all of them anew")
        await ended(driver)
        assert "✔ READY  2 required gates pass" in driver.shown("gates")
        assert "next: ready" in driver.text
        assert "✔ rehearsed" in driver.shown("plan")


async def test_a_gate_is_run_alone_and_waived_by_name_with_a_reason(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    only(monkeypatch, "suite", "tamper")
    repo = make_repo({**SHOP, "test_shop.py": NEW})
    repo.write("test_shop.py", TEST)
    async with opened(repo, "3") as driver:
        driver.panel("gates").go("tamper")
        await driver.settle()
        assert "has run" in driver.pane.why_not("validate.waive"), "nothing was said that could be answered for"
        await driver.press("r")
        await ended(driver)
        assert set(driver.session.state.gates) == {"tamper"}
        assert "✘ NOT READY" in driver.shown("gates")
        await driver.press("colon")
        await driver.type("waive")
        await driver.press("enter")
        await driver.sees("Waive tamper, because")
        await driver.type("moved")
        await driver.press("enter")
        await driver.sees("Waive tamper?")
        await driver.press("enter")
        assert driver.session.state.gates["tamper"].status is GateStatus.FAIL, "Enter confirms nothing"
        await driver.press("y")
        await driver.until(lambda: driver.session.state.gates["tamper"].status is GateStatus.WAIVED, "the waiver")
        await driver.settle()
        assert "◇ tamper" in driver.shown("gates")
        assert "waived: moved" in driver.shown("gates")
        assert "waived by" in driver.shown("detail")
        verdict = driver.session.gates.judgement(driver.session.change.tree).verdict
        assert verdict is Verdict.INCONCLUSIVE, "the suite has still to run"
