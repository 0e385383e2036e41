"""Tests that import an installed copy of the project: what they say is not of the code in the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import environment, opened, quick

WRONG = "def total(prices):\n    return sum(prices[1:])\n"
RIGHT = WRONG.replace("prices[1:]", "prices")
FILES = {
    "src/till/__init__.py": WRONG,
    "tests/test_till.py": "from till import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n",
}


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an older copy of the project stands, which is right, in the environment that its tests run in."""
    quick(monkeypatch)
    python = environment(tmp_path / "env")
    monkeypatch.setenv("WORKBENCH_PYTHON", python)
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "till").mkdir()
    (site / "till" / "__init__.py").write_text(RIGHT)
    return site / "till"


async def told(driver: Driver) -> str:
    """What the list of tests says after all of them were run, its lines put together."""
    await driver.press("a")
    await driver.until(lambda: driver.session.tests.last is not None and not driver.session.tests.running, "the run")
    await driver.settle()
    return " ".join(driver.shown("tests").replace("│", " ").split())


async def test_a_green_run_says_that_it_was_another_code_that_passed(
    make_repo: Callable[..., RepoBuilder], copy: Path
) -> None:
    async with opened(make_repo(FILES)) as driver:
        shown = await told(driver)
        assert "✔1 tests/test_till.py" in shown
        assert "✘ these tests import another till" in shown
        assert f"another till: {copy}, not what stands in this repository" in driver.session.tests.problem
        assert "what ran is not what stands here" in driver.text


async def test_where_nothing_could_be_run_it_is_said_what_would_be_imported(
    make_repo: Callable[..., RepoBuilder], copy: Path
) -> None:
    async with opened(make_repo({**FILES, "tests/conftest.py": "from till import newer\n"})) as driver:
        shown = await told(driver)
        assert "conftest.py could not be imported: ImportError: cannot import name" in driver.session.tests.problem
        assert f"these tests may import another till: {copy}, not what" in driver.session.tests.problem
        assert "✘ conftest.py could not be imported" in shown
        driver.panel("tests").move_to(0)
        await driver.settle()
        row = driver.panel("output").current
        assert (row.path, row.at) == ("tests/conftest.py", 1), "Enter goes there"


async def test_where_the_tests_find_the_repositorys_own_code_nothing_is_said(
    make_repo: Callable[..., RepoBuilder], copy: Path
) -> None:
    settings = "[tool.pytest.ini_options]\npythonpath = ['src']\n"
    async with opened(make_repo({**FILES, "pyproject.toml": settings})) as driver:
        assert "✘ test_total" in await told(driver)
        assert driver.session.tests.problem == ""


async def test_of_a_run_that_died_on_its_way_nothing_is_guessed(
    make_repo: Callable[..., RepoBuilder], copy: Path
) -> None:
    dies = "import os\n\n\ndef test_dies():\n    os._exit(3)\n"
    files = {"till/__init__.py": WRONG, "test_dies.py": dies}
    async with opened(make_repo(files)) as driver:
        await told(driver)
        assert "the test process died" in driver.session.tests.problem
        assert "another till" not in driver.session.tests.problem
