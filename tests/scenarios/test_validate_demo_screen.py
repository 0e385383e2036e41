"""Pane 3 on the demo: not ready before the fix, ready after a right one, not ready after an unsafe one, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.auth_demo import applied
from tests.scenarios.driver import Driver
from tests.scenarios.project import only, opened

pytest.importorskip("django", reason="the extra `demo` is not installed")
pytest.importorskip("pytest_django", reason="the extra `demo` is not installed")


async def judged(driver: Driver, key: str) -> str:
    """Press a key, and give what stands in the list of gates when they have said what they have to say."""
    await driver.pilot.press("4", key)
    await driver.until(lambda: driver.session.gates.running, "the gates")
    await driver.session.gates.start("").wait()
    await driver.settle()
    driver.panel("gates").move_to(0)
    await driver.settle()
    return driver.shown("gates")


async def test_the_verdict_on_screen_follows_the_fix(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "probes", "rules", "tamper")
    async with opened(RepoBuilder(demo), "3") as driver:
        shown = await judged(driver, "a")
        assert "✘ NOT READY" in shown.split("\n")[1]
        assert "✘ probes" in shown

        applied(demo, "right")
        await driver.until(lambda: "stale" in driver.shown("gates"), "stale")
        shown = await judged(driver, "a")
        assert "✔ READY  3 required gates pass" in shown, shown
        assert "next: ready" in driver.text

        applied(demo, "cache_by_prefix")
        await driver.until(lambda: "stale" in driver.shown("gates"), "stale")
        shown = await judged(driver, "a")
        assert "✘ NOT READY" in shown
        driver.panel("gates").go("probes")
        await driver.settle()
        detail = driver.shown("detail")
        assert "one account was answered as another" in " ".join(detail.replace("│", " ").split())
        assert "only the start" in driver.session.state.gates["rules"].reason
