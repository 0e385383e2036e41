"""Pane 2, by name: the commit that broke a test, how often a test fails, a proof with the fix named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import RIGHT, SHOP, opened, quick
from tests.scenarios.test_stress import RACY, TEST
from tests.scenarios.test_stress import RIGHT as WITH_LOCK
from workbench.case.enums import ProofStatus


async def by_name(driver: Driver, command: str) -> None:
    await driver.press("colon")
    await driver.type(command)
    await driver.press("enter")


async def on_the_failed_test(driver: Driver) -> None:
    await driver.press("a")
    await driver.until(lambda: driver.session.tests.outstanding and not driver.session.tests.running, "the run")
    await driver.settle()
    assert driver.panel("tests").go("test_shop.py::test_total")
    await driver.settle()


async def test_the_commit_that_broke_a_test_is_shown_with_its_diff(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({**SHOP, "shop.py": RIGHT})
    repo.write("shop.py", SHOP["shop.py"])
    repo.commit("Leave the first price out")
    repo.write("notes.txt", "later\n")
    repo.commit("Take notes")
    async with opened(repo) as driver:
        assert "no test is selected" in driver.pane.why_not("fix.bisect")
        await on_the_failed_test(driver)
        await by_name(driver, "bisect")
        await driver.until(lambda: type(driver.app.screen).__name__ == "CommitDiff", "the suspect")
        await driver.settle()
        assert "Leave the first price out" in driver.text
        assert "prices[1:]" in driver.text
        await driver.press("escape")
        await by_name(driver, "stress: run")
        await driver.sees("30 of 30 runs fail")


async def test_seeded_delays_show_the_race_and_that_the_change_ends_it(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"shop.py": RACY, "conftest.py": ""})
    repo.write("shop.py", WITH_LOCK)
    repo.write("test_shop.py", TEST)
    async with opened(repo) as driver:
        await driver.press("a")
        await driver.until(lambda: driver.session.tests.board.passed == 1, "the run")
        await driver.settle()
        assert driver.panel("tests").go("test_shop.py::test_one_winner")
        await driver.settle()
        await by_name(driver, "perturb")
        await driver.sees("Perturbed: test_shop.py::test_one_winner")
        await driver.settle()
        assert "✔ with the change: 0 of 30 runs fail" in driver.text
        assert "at its base: " in driver.text
        assert "at its base: 0 of 30" not in driver.text
        assert "the interleaving that failed at its base:" in driver.text
        assert "if not state.get('sold')" in driver.text
        await driver.press("escape")
        assert "Perturbed" not in driver.text


async def test_the_fix_is_shown_as_far_as_it_is_needed_and_can_be_named(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({name: text for name, text in SHOP.items() if name != "test_shop.py"})
    repo.write("test_shop.py", "from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n")
    repo.write("shop.py", RIGHT)
    repo.write("other.py", "X = 1\n")
    async with opened(repo) as driver:
        await driver.press("7", "r")
        await driver.until(lambda: driver.session.proof.latest is not None, "the proof")
        await driver.settle()
        await driver.still()
        proof = driver.session.proof.latest
        assert proof is not None
        assert proof.status is ProofStatus.PROVEN
        assert proof.fix
        assert "the fix, as far as it is needed:" in driver.shown("proof")
        assert proof.fix[0] in driver.shown("proof")
        await by_name(driver, "prove with the fix named")
        await driver.sees("The fix: PATH or PATH:LINE")
        await driver.press("ctrl+u")
        await driver.type("other.py")
        await driver.press("enter")
        await driver.until(lambda: driver.session.proof.latest is not proof, "the second proof")
        await driver.settle()
        assert "something else in the change makes it pass" in " ".join(driver.shown("proof").replace("│", " ").split())
