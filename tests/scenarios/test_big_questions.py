"""A question of 100 kB, pasted on the start screen and given on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from textual import events
from workbench_kit.pane import Pane

from tests.conftest import RepoBuilder
from tests.scenarios.driver import workbench
from tests.snapshots import incident
from workbench.case.enums import CheckStatus

FRAME = '  File "/srv/shop/cart.py", line 2, in total\n    return sum(prices)\n'
BIG = "login fails after the deploy of the cart [bold]\x1b[31m\n" + FRAME + "some other words of it " * 4_450
FILES = {"shop/cart.py": "def total(prices):\n    return sum(prices)\n", "shop/tax.py": "RATE = 19\n"}


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_it_is_pasted_and_answered(
    tmp_path: Path, make_repo: Callable[..., RepoBuilder], size: tuple[int, int]
) -> None:
    assert len(BIG) > 100_000
    repo = make_repo(FILES)
    async with workbench(repo.path, incident.arguments(tmp_path), size) as driver:
        await driver.until(lambda: driver.app.desk is not None, "the case")
        assert driver.focused == "question"
        driver.app.focused.post_message(events.Paste(BIG))
        await driver.settle()
        assert "\x1b" not in driver.text
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.until(lambda: "index" in driver.session.state.finished, "the index")
        await driver.still()
        assert not [name for name, run in driver.session.state.finished.items() if run.check.status is _FAILED]
        assert len(driver.session.state.question) > 100_000
        said = "◆ logi" if size[0] > 80 else "look at the first finding"
        assert said in driver.text.splitlines()[0]
        assert "\x1b" not in driver.text
        await driver.press("T", "escape", "question_mark", "escape", "q")
        assert driver.app.is_running


_FAILED = CheckStatus.FAILED


def test_it_is_given_on_the_command_line(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo(FILES)
    argv = [sys.executable, "-P", "-m", "workbench", "investigate", BIG, "--repo", str(repo.path), "--format", "json"]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    document = json.loads(ended.stdout)
    assert document["question"].startswith("login fails")
    assert document["files"][0]["path"] == "shop/cart.py"
    assert not [check for check in document["checks"] if check["status"] == "failed"]
