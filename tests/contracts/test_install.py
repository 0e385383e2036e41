"""A third party's package is installed by ``workbench install`` in a clean environment, and serves there."""

from __future__ import annotations

import json
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests import programs
from tests.conforming import conforms
from workbench.cli.main import main
from workbench.engine import installing
from workbench.engine.installing import way_to_install

SAMPLE = Path(__file__).parents[1] / "sample_plugin"
OFFLINE = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1"}
"""For pip, the variable of an option that begins with "no" says whether there is the thing."""


def run(*argv: str | Path, cwd: Path, codes: tuple[int, ...] = (0,)) -> str:
    return programs.run(*argv, cwd=cwd, codes=codes, **OFFLINE, WORKBENCH_STORE=str(cwd.parent / "data"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment; Workbench, pip and what they need come by a path entry."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    (site,) = folder.glob("env/lib/python*/site-packages")
    (site / "workbench.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    return folder / "env" / "bin" / "python"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "app.py").write_text("x = 1\n")
    (repo / "test_app.py").write_text("# SPDX-License-Identifier: MIT\ndef test_app(): pass\n")
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Begin"]):
        run(*git, *words, cwd=repo)
    return repo


def test_it_is_installed_and_serves(python: Path, repo: Path) -> None:
    workbench = (python, "-P", "-m", "workbench")
    came = json.loads(run(*workbench, "install", SAMPLE, "--format", "json", cwd=repo))
    conforms("install", came)
    assert {(row["name"], row["kind"], row["from"], row["status"]) for row in came["plugins"]} == {
        ("spdx", "analyzer", "workbench-spdx 1.2.0", "loaded"),
        ("licence", "gate", "workbench-spdx 1.2.0", "loaded"),
    }
    listed = json.loads(run(*workbench, "plugins", "--format", "json", cwd=repo))["plugins"]
    assert {"spdx", "licence"} <= {row["name"] for row in listed}

    found = json.loads(run(*workbench, "investigate", "why", "--format", "json", cwd=repo, codes=(0, 3)))
    assert [(each["path"], each["analyzer"]) for each in found["findings"] if each["rule"] == "licence"] == [
        ("app.py", "spdx")
    ]
    (repo / "app.py").write_text("x = 2\n")
    said = run(*workbench, "validate", "--gate", "licence", "--trust", "--format", "json", cwd=repo, codes=(1, 3))
    gate = next(each for each in json.loads(said)["gates"] if each["id"] == "licence")
    assert (gate["status"], gate["reason"]) == ("fail", "no licence in app.py")
    assert "1 passed" in run(python, "-m", "pytest", "-p", "no:cacheprovider", SAMPLE / "tests", cwd=repo)


def test_what_announces_nothing_is_said(python: Path, repo: Path) -> None:
    bare = repo.parent / "bare"
    bare.mkdir()
    (bare / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "bare-thing"\nversion = "1"\n[tool.hatch.build.targets.wheel]\npackages = ["bare"]\n'
    )
    (bare / "bare").mkdir()
    (bare / "bare" / "__init__.py").touch()
    run(python, "-P", "-m", "workbench", "install", bare, cwd=repo, codes=(1,))
    run(python, "-P", "-m", "workbench", "install", bare / "nowhere", cwd=repo, codes=(1,))


@pytest.mark.parametrize(
    ("file", "todo"),
    [
        ("pipx_metadata.json", "pipx inject bug-workbench x"),
        ("uv-receipt.toml", "uv tool install bug-workbench --with x"),
    ],
)
def test_an_environment_of_another_tool_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, todo: str
) -> None:
    (tmp_path / file).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    way = way_to_install(["x"])
    assert not way.argv
    assert way.todo.startswith(todo)


def test_an_environment_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installing.os, "access", lambda path, mode: False)
    assert main(["install", "x"]) == 1
    said = capsys.readouterr().err
    assert "cannot be written to by you" in said
    assert "nothing was changed" in said


def test_options_are_no_plugins(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--", "--index-url=http://x"]) == 2
    assert main(["install", "--dry-run", "x"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("-- x")
