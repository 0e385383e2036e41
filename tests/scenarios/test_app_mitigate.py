"""``M`` on a suspect commit: taking it back is tried in a worktree, offered as commands, and what was done is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, opened, quick
from tests.scenarios.test_fix_revert import commit, suspects
from workbench.case.enums import ChangeKind


def lines(start: datetime, seconds: int, every: int) -> str:
    """A log of a record a second, each ``every`` th an error."""
    made = []
    for number in range(seconds):
        level = "ERROR" if number % every == 0 else "INFO"
        made.append(f"{start + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ} {level} shop.app: order {number}\n")
    return "".join(made)


async def test_a_suspect_is_taken_back_in_a_worktree_and_the_log_says_whether_it_helped(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({**SHOP, "shop.py": RIGHT})
    repo.write("shop.py", SHOP["shop.py"])
    suspect = repo.commit("Leave the first out")
    async with opened(repo) as driver:
        await suspects(driver.session, commit("c1", ChangeKind.COMMIT, suspect))
        await driver.press("a")
        await driver.until(lambda: driver.session.tests.board.failed == 1, "the red test")
        await driver.press("1", "9")
        await driver.until(lambda: suspect[:7] in driver.shown("changed"), "the suspect")
        await driver.press("g")
        assert "M mitigate" in driver.text
        await driver.press("M")
        await driver.sees("revert Leave the first out")
        assert "It applies." in driver.text
        assert "✔ test: passes" in driver.text
        assert "✔ suite:" in driver.text
        assert "git revert --no-edit" in driver.text
        await driver.press("enter")
        assert not [each for each in driver.session.state.timeline if each.kind == "case.mitigated"]
        await driver.press("d")
        await driver.until(
            lambda: any(each.kind == "case.mitigated" for each in driver.session.state.timeline), "journaled"
        )
        assert (repo.path / "shop.py").read_text() == SHOP["shop.py"], "nothing was touched"

        now = next(e.at for e in driver.session.state.timeline if e.kind == "case.mitigated").replace(microsecond=0)
        log = repo.path.parent / "app.log"
        log.write_text(lines(now - timedelta(seconds=100), 100, 5))
        await driver.session.record("case.question", {"question": "wrong", "log_sources": [str(log)]})
        await driver.until(lambda: driver.session.log.rows == 100, "the log")
        await driver.session.log.follow(True)
        assert driver.session.log.since_mitigated == ""
        with log.open("a") as more:
            more.write(lines(now, 61, 50))
        await driver.until(lambda: "errors fell" in driver.session.log.since_mitigated, "the course")
        assert driver.session.log.since_mitigated == "mitigated: errors fell 20.0% → 1.7% (60 s each, n 60 and 60)"
        await driver.session.log.follow(False)
        assert driver.session.log.since_mitigated == ""
