"""Pane 2 where what runs is another each time: an id with a time in it, and what is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import opened, quick

FILES = {
    "shop.py": "def one():\n    return 1\n\n\ndef unused():\n    return 2\n",
    "test_installed.py": "import importlib.metadata\nimport os\n\nimport shop\n\n\ndef test_installed():\n"
    "    said = f\"{importlib.metadata.version('extra')} in {os.getppid()}\"\n    assert said == ''\n",
    "test_when.py": "import time\n\nimport pytest\n\nimport shop\n\n\n"
    "@pytest.mark.parametrize('at', [time.time_ns()])\ndef test_when(at):\n    assert shop.one() == 1\n\n\n"
    "def test_beside():\n    pass\n",
}


def project_python(folder: Path) -> Path:
    """An environment of the project's own: what this interpreter has, and a folder that a test may install into."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (own,) = folder.glob("lib/python3*/site-packages")
    (own / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return own


def install(own: Path, version: str) -> None:
    """What an installer leaves of another version of a distribution."""
    for old in own.glob("extra-*.dist-info"):
        (old / "METADATA").unlink()
        old.rmdir()
    told = own / f"extra-{version}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: extra\nVersion: {version}\n")


def is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


async def ran(driver: Driver, doing: Callable[[], object] = lambda: None, *keys: str) -> None:
    """Do it, and wait until what it called for has run."""
    before = driver.session.tests.last
    doing()
    await driver.press(*keys)
    await driver.until(lambda: driver.session.tests.last is not before and not driver.session.tests.running, "a run")
    await driver.settle()


async def test_what_is_installed_changes_and_ids_hold_the_time(
    make_repo: Callable[..., RepoBuilder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    own = project_python(tmp_path / "env")
    monkeypatch.setenv("WORKBENCH_PYTHON", str(tmp_path / "env" / "bin" / "python"))
    install(own, "1.0")
    repo = make_repo(FILES)
    async with opened(repo) as driver:
        tests = driver.session.tests

        def said() -> tuple[str, str]:
            """The version that the test saw, and the process that forked it."""
            standing = tests.board.of("test_installed.py::test_installed")
            assert standing is not None
            version, _, parent = standing.result.message.split("'")[1].partition(" in ")
            return version, parent

        await ran(driver, lambda: None, "a")
        assert said()[0] == "1.0"
        await ran(driver, lambda: None, "a")
        (version, server), ids = said(), {test for test in tests.board.known() if "test_when[" in test}
        assert version == "1.0"
        assert is_alive(server)
        assert len(ids) == 1, "the id of the run before is no more"

        await driver.press("w")
        await ran(driver, lambda: repo.write("shop.py", FILES["shop.py"].replace("return 1", "return 3")))
        await driver.until(lambda: tests.board.failed == 2, "the test whose id is another each time")
        await ran(driver, lambda: repo.write("shop.py", FILES["shop.py"].replace("return 1", "return 2 - 1")))
        await driver.until(lambda: tests.board.failed == 1, "what was outstanding ran by another id")
        await driver.settle()
        assert tests.problem == ""
        selections = [run.selected.split(", ") for run in driver.session.state.test_runs]
        assert any("test_when.py::test_when" in selected for selected in selections), "without parameters"
        assert not ids & set(tests.board.known())
        assert tests.board.of("test_when.py::test_beside") is not None

        install(own, "2.0")
        await ran(driver, lambda: repo.write("shop.py", FILES["shop.py"]))
        await driver.until(lambda: said()[0] == "2.0", "the new version")
        await driver.settle()
        assert tests.why in ("what is installed has changed: all tests", "the rest, while idle")
        await driver.until(lambda: not is_alive(server), "it had imported what was installed then")
        await ran(driver, lambda: None, "a")
        assert said()[1] != server
        assert is_alive(said()[1])
        assert tests.cold == ""
