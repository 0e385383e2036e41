"""A disk that fills while a case is open: the screen says so, goes on in memory, and says when all is saved again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.disks import disk as disk
from tests.disks import fill
from tests.scenarios.driver import workbench
from tests.snapshots import incident
from workbench.engine.store import ledger


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_it_is_said_on_the_screen(
    size: tuple[int, int], disk: Path, make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RETRY", 0.0)
    repo = make_repo({"a.py": "x = 1\n"})
    options = incident.arguments(disk)
    options.question, options.ask = "the total is wrong", True
    async with workbench(repo.path, options, size) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.until(lambda: "index" in driver.session.state.finished, "the index")
        await driver.settle()
        filler = fill(disk)
        await driver.session.note("a" * 200_000)
        await driver.sees("disk is full")
        await driver.sees("▲ in memory only")
        driver.app.clear_notifications()
        await driver.sees("▲ in memory only")
        assert driver.session.state.timeline[-1].text.startswith("note: aaa"), "it works on"
        filler.unlink()
        await driver.sees("saved again")
        await driver.until(lambda: "in memory only" not in driver.text, "the mark is gone")
