"""Reports say what the record holds and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.conftest import RepoBuilder
from workbench.cli.main import main
from workbench.engine.reports import KINDS


@dataclass(frozen=True)
class Recorded:
    """A case that was asked; every test reads it, none writes."""

    id: str
    store: str

    def report(self, capsys: pytest.CaptureFixture[str], kind: str) -> str:
        """What the verb prints."""
        assert main(["report", self.id, "--as", kind, "--store", self.store]) == 0
        return capsys.readouterr().out


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("recorded")
    repo = RepoBuilder(folder / "repo")
    repo.write("app.py", "def load():\n    try:\n        return read()\n    except Exception:\n        return None\n")
    repo.commit("first")
    store = str(folder / "data")
    argv = ["investigate", "load gives nothing [bold]now[/]", "--repo", str(repo.path), "--store", store]
    asked = subprocess.run(
        [sys.executable, "-P", "-m", "workbench", *argv],
        env={**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    return Recorded(asked.stdout.split()[1], store)


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_is_written_from_the_record(case: Recorded, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "load gives nothing [bold]now[/]" in case.report(capsys, kind)


def test_what_was_not_measured_is_said_not_invented(case: Recorded, capsys: pytest.CaptureFixture[str]) -> None:
    made = case.report(capsys, "postmortem")
    assert "not measured" in made
    assert "no gate was run" in made
    assert "Nothing is recorded." in made


def test_the_timeline_tells_who_did_what(case: Recorded, capsys: pytest.CaptureFixture[str]) -> None:
    made = case.report(capsys, "timeline")
    assert "asked: load gives nothing" in made
    assert "workbench/rules: rules: " in made


def test_an_unknown_case_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "nope"]) == 2
    assert "there is no case nope" in capsys.readouterr().err
