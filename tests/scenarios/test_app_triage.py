"""Triage on the screen: reasons and links, folding with a count, changes and files too, and the header's count."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.driver import incident_case
from workbench.case.enums import TriageState


async def test_noise_with_a_reason_and_known_with_a_link_are_folded_when_the_list_is_left(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        left = driver.session.views.left
        assert f"{left} left" in driver.text
        await driver.press("5", "X")
        await driver.type("robots")
        await driver.press("enter")
        await driver.press("j", "i")
        await driver.type("OPS-12")
        await driver.press("enter")
        await driver.settle()
        triage = driver.session.state.triage
        assert (triage["fp-e1"].state, triage["fp-e1"].reason) == (TriageState.NOISE, "robots")
        assert (triage["fp-e2"].state, triage["fp-e2"].link) == (TriageState.KNOWN, "OPS-12")
        untouched = [p.id for p in driver.session.views.problems if p.triage is TriageState.UNTOUCHED]
        assert not {"e1", "e2"} & set(untouched)
        await driver.press("9")
        assert "✘ 1 noise, ◇ 1 known" in driver.shown("errors")
        await driver.sees(f"{driver.session.views.left} left")
        await driver.press("5", "G", "enter")
        assert "✘ noise" in driver.shown("errors")


async def test_changes_and_files_are_judged_and_at_nothing_left_the_screen_says_so(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("6")
        driver.panel("files").go("accounts/tokens.py")
        await driver.press("space")
        assert driver.session.state.triage["hotspot accounts/tokens.py"].state is TriageState.RELEVANT
        await driver.press("9", "G", "x")
        assert any(name.startswith("change ") for name in driver.session.state.triage)
        for problem in driver.session.views.problems:
            await driver.session.judge(problem, TriageState.NOISE)
        await driver.settle()
        assert driver.session.views.left == 0
        await driver.sees("nothing left to judge")


async def test_enter_on_a_commit_shows_its_diff(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("9")
        commit = next(change for change in driver.session.views.changes if change.kind == "commit")
        driver.panel("changed").go(commit.id)
        await driver.settle()
        await driver.press("enter")
        await driver.until(lambda: type(driver.app.screen).__name__ == "CommitDiff", "the diff")
        await driver.sees(commit.author)
        await driver.press("escape")
        assert driver.focused == "changed"
