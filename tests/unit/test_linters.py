"""Ruff's and bandit's findings, from real runs of both."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from workbench_linters.tools import ToolError, bandit, below, read_bandit, read_ruff, ruff

from workbench.api import Command, Finding, Output

BAD = "import subprocess\n\n\ndef run(x):\n    subprocess.call(x, shell=True)\n    return undefined_name\n"


def output(command: Command) -> Output:
    ended = subprocess.run(command.argv, capture_output=True, check=False)
    return Output(command.argv, ended.returncode, ended.stdout, ended.stderr, 0.0)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(BAD)
    (tmp_path / "broken.py").write_text("def (\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_app.py").write_text(BAD)
    return tmp_path


@pytest.mark.skipif(shutil.which("ruff") is None, reason="ruff is not on PATH")
def test_ruff_finds_failures_with_repository_paths(repo: Path) -> None:
    found = list(below(iter(read_ruff(output(ruff(str(repo))))), str(repo), "ruff"))
    assert {(item.path, item.rule, item.line) for item in found} >= {("app.py", "F821", 6), ("app.py", "S602", 5)}
    assert all(not item.path.startswith("tests/") for item in found)
    assert len({item.fingerprint for item in found}) == len(found)


@pytest.mark.skipif(shutil.which("bandit") is None, reason="bandit is not on PATH")
def test_bandit_finds_and_names_what_it_could_not_read(repo: Path) -> None:
    results = read_bandit(output(bandit(str(repo))))
    found = [item for item in results if isinstance(item, Finding)]
    assert ("B602", 5) in {(item.rule, item.line) for item in found}
    assert [Path(str(item)).name for item in results if isinstance(item, str)] == ["broken.py"]


def test_rubbish_is_an_error_that_names_the_tool() -> None:
    with pytest.raises(ToolError, match="ruff ended with 2: boom"):
        read_ruff(Output(("ruff",), 2, b"not json", b"first\nboom\n", 0.0))


def test_one_that_ran_into_its_limit_says_so() -> None:
    with pytest.raises(ToolError, match="bandit was stopped after 120 s, its limit"):
        read_bandit(Output(("bandit",), -15, b"", b"", 120.0, timed_out=True))
