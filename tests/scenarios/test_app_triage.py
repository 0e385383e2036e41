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
        assert "1 noise" not in driver.shown("errors"), "what was judged stays in sight until its list is left"
        await driver.press("9")
        assert "✘ 1 noise, ◇ 1 known  TokenRefresh" in driver.shown("errors")
        await driver.sees(f"{driver.session.views.left} left")
        await driver.press("5", "G", "enter")
        assert "✘ noise" in driver.shown("errors")


async def test_a_judgement_taken_back_gives_the_one_before_its_reason_again(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("5", "X")
        await driver.type("robots")
        await driver.press("enter", "space")
        assert driver.session.state.triage["fp-e1"].reason == ""
        await driver.press("z")
        triage = driver.session.state.triage["fp-e1"]
        assert (triage.state, triage.reason) == (TriageState.NOISE, "robots")


async def test_changes_and_files_are_judged_and_at_nothing_left_the_screen_says_so(tmp_path: Path) -> None:
    async with incident_case(tmp_path) as driver:
        await driver.press("6")
        driver.panel("files").go("accounts/tokens.py")
        await driver.press("space")
        assert driver.session.state.triage["hotspot accounts/tokens.py"].state is TriageState.RELEVANT
        (row,) = (line for line in driver.shown("files").split("\n") if "tokens.py" in line)
        assert "✔ ■" in row
        await driver.press("9", "G")
        judged = driver.panel("changed").current
        await driver.press("x")
        assert driver.session.state.triage[f"change {judged.id}"].state is TriageState.NOISE
        assert f"{judged.at:%d %b %H:%M} ✘ " in driver.shown("changed")
        await driver.press("6")
        assert "✘ 1 noise" in driver.shown("changed")
        assert f"{judged.at:%d %b %H:%M} ✘ " not in driver.shown("changed")
        await driver.press("9", "G", "enter")
        assert f"{judged.at:%d %b %H:%M} ✘ " in driver.shown("changed")
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
        await driver.press("8", "plus")
        for told in (commit.summary, commit.author, f"score {commit.score:.1f}", commit.signals[0].detail):
            assert told in " ".join(driver.shown("why").split()), told
        await driver.press("plus", "9")
        await driver.press("enter")
        await driver.until(lambda: type(driver.app.screen).__name__ == "CommitDiff", "the diff")
        await driver.sees(commit.author)
        await driver.press("escape")
        assert driver.focused == "changed"
