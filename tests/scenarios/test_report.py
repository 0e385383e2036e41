"""Reports say what the record holds and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from workbench.engine.reports import KINDS


def workbench(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-P", "-m", "workbench", *args], capture_output=True, text=True, check=False)


@pytest.fixture
def case(make_repo: Callable[..., Any]) -> str:
    repo = make_repo(
        {"app.py": "def load():\n    try:\n        return read()\n    except Exception:\n        return None\n"}
    )
    asked = workbench("investigate", "load gives nothing [bold]now[/]", "--repo", str(repo.path))
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.split()[1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_is_written_from_the_record(case: str, kind: str) -> None:
    made = workbench("report", case, "--as", kind)
    assert made.returncode == 0, made.stderr
    assert "load gives nothing [bold]now[/]" in made.stdout


def test_what_was_not_measured_is_said_not_invented(case: str) -> None:
    made = workbench("report", case, "--as", "postmortem")
    assert "not measured" in made.stdout
    assert "no gate was run" in made.stdout
    assert "Nothing is recorded." in made.stdout


def test_the_timeline_tells_who_did_what(case: str) -> None:
    made = workbench("report", case, "--as", "timeline")
    assert "asked: load gives nothing" in made.stdout
    assert "workbench/rules: rules: " in made.stdout


def test_an_unknown_case_is_wrong_usage() -> None:
    made = workbench("report", "nope")
    assert made.returncode == 2
    assert "there is no case nope" in made.stderr
