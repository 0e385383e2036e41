"""A repository of another user (a deploy account's checkout) is explained, and opened when the person says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import workbench
from tests.snapshots import incident

NOBODY = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    repo = RepoBuilder(tmp_path / "deployed")
    repo.write("a.py", "x = 1\n")
    repo.commit("first")
    for folder, folders, names in os.walk(repo.path):
        for name in [*folders, *names, "."]:
            os.chown(Path(folder) / name, NOBODY, NOBODY, follow_symlinks=False)
    return repo.path


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_it_is_asked_about_and_read_when_the_person_says_so(
    foreign: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with workbench(foreign, incident.arguments(tmp_path), size) as driver:
        await driver.sees("Another user's repository")
        assert "safe.directory" in driver.text
        assert "r read it this once" in driver.text
        await driver.press("enter")
        assert "Another user's repository" in driver.text, "Enter confirms nothing"
        await driver.press("r")
        await driver.until(lambda: driver.app.desk is not None, "the case")
        assert not driver.session.services.options.trust
        assert list(await driver.session.services.repository.files()) == ["a.py"]


async def test_leaving_it_alone_keeps_the_reason_on_the_screen(foreign: Path, tmp_path: Path) -> None:
    async with workbench(foreign, incident.arguments(tmp_path), (120, 36)) as driver:
        await driver.sees("Another user's repository")
        await driver.press("n")
        assert driver.app.desk is None
        assert "git refuses to read it" in " ".join(driver.text.split())
