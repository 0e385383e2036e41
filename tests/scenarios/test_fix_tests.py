"""Pane 2: tests are run by keys, shown worst first, turn stale on an edit, and green on a save."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, opened, quick


async def test_a_saved_fix_turns_the_failing_test_green_while_watching(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(SHOP)
    async with opened(repo) as driver:
        await driver.press("a")
        await driver.until(lambda: driver.session.tests.board.failed == 1, "the failure")
        await driver.settle()
        tests = driver.shown("tests")
        assert "✘1 ✔1  test_shop.py" in tests
        assert tests.index("test_shop.py") < tests.index("test_names.py"), "worst first"
        assert "✘ test_total" in tests
        assert "1 outstanding" in tests
        assert "✔3 ✘1" in driver.text.splitlines()[0], "the header counts"

        await driver.press("J")
        await driver.still()
        assert "assert 2 == 3" in driver.shown("output")
        assert "test_shop.py:5: in test_total" in driver.shown("output")

        await driver.press("w")
        await driver.sees("● watching")
        repo.write("shop.py", RIGHT)
        await driver.until(lambda: driver.session.tests.board.failed == 0, "the save was seen")
        await driver.until(lambda: not driver.session.tests.running, "the run")
        await driver.settle()
        assert "✔2" in driver.shown("tests")
        assert "outstanding" not in driver.shown("tests")
        pace = driver.session.tests.pace
        assert pace is not None
        assert pace.tests == 1, "the other test of the file does not enter what changed"
        assert pace.first is not None
        assert "affected 1, first" in driver.shown("tests")
        assert "stale" not in driver.shown("tests"), "the rest was run while idle"
        assert "✔4" in driver.text.splitlines()[0]
        assert "✘" not in driver.text.splitlines()[0]


async def test_one_class_is_run_alone_and_an_edit_makes_results_stale_until_they_run_again(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(SHOP)
    async with opened(repo) as driver:
        await driver.press("a")
        await driver.until(lambda: driver.session.tests.board.failed == 1)
        await driver.settle()
        assert "nothing is stale" in driver.pane.why_not("run.stale")
        for _ in range(2):
            await driver.press("R")
            await driver.settle()
        assert len(driver.app._notifications) == 1, "the same is not said twice while it stands"
        driver.panel("tests").go("test_names.py::TestNames::test_short")
        await driver.settle()
        assert "▸ test_short  ✔2" in driver.shown("tests")
        await driver.press("l")
        assert "[ada]" in driver.shown("tests")
        assert "[bob]" in driver.shown("tests")
        before = driver.session.tests.last
        await driver.press("r")
        await driver.until(lambda: driver.session.tests.last is not before and not driver.session.tests.running)
        await driver.settle()
        last = driver.session.tests.last
        assert last is not None
        assert [result.id for result in last.results] == [
            "test_names.py::TestNames::test_short[ada]",
            "test_names.py::TestNames::test_short[bob]",
        ]
        assert "1 outstanding" in driver.shown("tests")

        repo.write("shop.py", RIGHT)
        await driver.sees("2 stale  test_shop.py")
        assert driver.session.tests.board.stale(driver.session.change.tree) == 4
        await driver.until(lambda: "✔3 ✘1 stale" in driver.text.splitlines()[0], "the header says so too")
        await driver.press("R")
        await driver.until(lambda: driver.session.tests.board.stale(driver.session.change.tree) == 0, "fresh results")
        await driver.settle()
        assert "stale" not in driver.shown("tests")
        assert "stale" not in driver.text.splitlines()[0]

        (repo.path / "test_names.py").unlink()
        await driver.until(
            lambda: "test_names.py" not in driver.shown("tests"), "tests of a file that is gone are no more"
        )
        assert len(driver.session.tests.board) == 2


async def test_selected_tests_that_did_not_run_are_an_error_on_screen(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    leaves = "import os\n" + "".join(f"\n\ndef test_leaves_{n:02}():\n    os._exit(0)\n" for n in range(12))
    leaves += "\n\ndef test_after():\n    pass\n"
    async with opened(make_repo({"test_exit.py": leaves})) as driver:
        await driver.press("a")
        await driver.until(lambda: driver.session.tests.problem, "the error")
        await driver.settle()
        assert "the test process died" in driver.shown("tests")
        assert "✘ test_leaves_00  crashed" in driver.shown("tests")
        assert "○ test_after  not run" in driver.shown("tests")


async def test_tests_that_did_not_run_because_others_failed_are_counted_on_screen(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    three = "def test_a():\n    assert 0\n\n\ndef test_b():\n    pass\n\n\ndef test_c():\n    pass\n"
    async with opened(make_repo({"test_three.py": three, "pytest.ini": "[pytest]\naddopts = -x\n"})) as driver:
        await driver.press("a")
        await driver.until(lambda: driver.session.tests.board.failed == 1, "the failure")
        await driver.settle()
        assert "✘ 2 of the selected tests did not run" in driver.shown("tests")


async def test_nothing_runs_before_the_repository_is_trusted(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(
        {
            "test_trap.py": "open('ran', 'w').close()\n\n\ndef test_ok():\n    pass\n",
            ".gitignore": "ran\n",
            "workbench.toml": '[tests]\noptions = ["--maxfail=3"]\n[server]\nprepare = [["{python}", "seed.py"]]\n',
        }
    )
    async with opened(repo, trust=False) as driver:
        await driver.press("a")
        await driver.sees("Trust this repository?")
        assert "{python} seed.py" in driver.text
        assert "What stands in { } is filled in" in driver.text
        assert "-m pytest --maxfail=3" in driver.text
        await driver.press("a")
        await driver.press("enter")
        assert "Trust this repository?" in driver.text, "neither the key that asked nor Enter confirms"
        await driver.press("n")
        assert not (repo.path / "ran").exists()
        assert not len(driver.session.tests.board)

        await driver.press("a")
        await driver.sees("Trust this repository?")
        await driver.press("y")
        await driver.until(lambda: driver.session.tests.board.passed == 1, "the run")
        await driver.settle()
        await driver.press("a")
        await driver.settle()
        assert "Trust this repository?" not in driver.text, "the answer is kept"
