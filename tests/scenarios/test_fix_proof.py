"""Pane 2: the change is proven on screen, step by step; an edit makes the proof stale, an unneeded fix is called so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, opened, quick
from workbench.case.enums import ProofStatus

BASE = {name: text for name, text in SHOP.items() if name != "test_shop.py"}


async def test_a_right_fix_is_proven_and_goes_stale_with_an_edit(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(BASE)
    async with opened(repo) as driver:
        assert "there is no change to prove yet" in driver.shown("proof")
        repo.write("test_shop.py", "from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n")
        repo.write("shop.py", RIGHT)
        await driver.until(lambda: len(driver.session.change.diff.files) == 2, "the change")
        await driver.settle()
        assert "○ RED AGAIN" in driver.shown("proof")
        assert "r proves the change" in driver.shown("proof")

        seen: set[str] = set()
        driver.session.subscribe(lambda views: seen.add(str(driver.session.proof.attempt)))
        await driver.press("7", "r")
        await driver.until(lambda: driver.session.proof.latest is not None, "the proof")
        await driver.settle()
        await driver.still()
        assert any("done=" in attempt and "of=3" in attempt for attempt in seen), "its runs were counted as they ended"
        shown = driver.shown("proof")
        assert "✔ proven" in shown
        assert "test_total fails, assert 2 == 3" in shown
        assert "✔ GREEN" in shown
        assert "3 of 3 runs" in shown
        assert "✔ RED AGAIN" in shown
        assert "The third step shows" in shown
        assert "modules from this worktree: 2 of 2" in shown
        assert "next: proven: let the gates judge it" in driver.text or not driver.session.tests.board.passed

        repo.write("shop.py", RIGHT + "\n# tidy\n")
        await driver.until(lambda: "stale" in driver.shown("proof"), "stale")
        await driver.settle()
        assert "r proves it anew" in driver.shown("proof")
        assert (repo.path / ".git" / "worktrees").exists() is False, "never in the user's repository"


async def test_a_test_that_passes_without_the_fix_proves_nothing(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(BASE)
    repo.write("test_shop.py", "from shop import label\n\n\ndef test_label():\n    assert label(1) == '1 EUR'\n")
    repo.write("shop.py", RIGHT)
    async with opened(repo, size=(80, 24)) as driver:
        await driver.press("colon")
        await driver.type("prove")
        await driver.press("enter")
        await driver.until(lambda: driver.pane.front is driver.panel("proof"), "the proof in sight")
        await driver.until(lambda: driver.session.proof.latest is not None, "the proof")
        await driver.settle()
        proof = driver.session.proof.latest
        assert proof is not None
        assert proof.status is ProofStatus.NOT_NEEDED
        shown = driver.shown("proof")
        assert "✘ not needed" in shown
        assert "test_label passes without the fix too" in shown.replace("│", "").replace("\n", " ").replace("  ", " ")
        assert "– RED AGAIN" in shown
        assert "not reached" in shown
