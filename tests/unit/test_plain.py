"""``--plain``: words for glyphs; what the doctor looks at; completion."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.cli import output
from workbench.cli.main import VERBS, main


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBENCH_PLAIN", "")
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "data"))
    subprocess.run(["git", "init", "-q", tmp_path / "repo"], check=True)
    (tmp_path / "repo" / "conftest.py").write_text("")
    return tmp_path / "repo"


@pytest.mark.parametrize("argv", [["--plain", "doctor"], ["doctor", "--plain"]], ids=("before", "after"))
def test_no_glyph_is_left(repo: Path, argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([*argv, "--repo", str(repo)])
    said = capsys.readouterr().out
    assert said.isascii()
    assert "ok workbench" in said


def test_the_doctor_tells_of_everything_that_is_used(
    repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux,1,0")
    main(["doctor", "--repo", str(repo), "--format", "json"])
    found = {row["name"]: row for row in json.loads(capsys.readouterr().out)["found"]}
    wanted = {"workbench", "git", "repository", "python for tests", "test runner", "ruff", "postgresql", "editor"}
    assert wanted <= set(found)
    assert found["test runner"]["detail"] == "pytest"
    assert "function bodies that were saved" in found["tests on save"]["detail"]
    assert found["clipboard"]["mend"] == "tmux set -g set-clipboard on"
    assert all(row["mend"] for row in found.values() if row["status"] == "notice" and row["name"] != "repository")


@pytest.mark.parametrize(
    ("typed", "wanted"), [(("inv",), "investigate"), (("demo", "--to"), "--tour"), (("--saf",), "--safe")]
)
def test_bash_completes_verbs_and_options(typed: tuple[str, ...], wanted: str) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    words = " ".join(f"'{word}'" for word in ("workbench", *typed))
    script = (
        'eval "$(workbench completion bash)"; '
        f'COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _workbench; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    assert wanted in done.stdout.split()


def test_the_doctor_runs_no_python_of_a_repository_that_is_not_trusted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = tmp_path / "repo"
    python = repo / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    (repo / ".venv" / "pyvenv.cfg").write_text("")
    (repo / "test_it.py").write_text("def test_it(): pass\n")
    python.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.delenv("WORKBENCH_PYTHON", raising=False)
    store = ["--store", str(tmp_path / "data")]
    main(["doctor", *store, "--repo", str(repo)])
    assert "is not run before you trust it" in capsys.readouterr().out
    assert not (tmp_path / "sprung").exists()
    main(["doctor", *store, "--repo", str(repo), "--trust"])
    assert (tmp_path / "sprung").exists()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_it(verb: str, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert "--plain" in capsys.readouterr().out


def test_every_line_for_a_person_goes_through_the_one_place_that_knows_of_it() -> None:
    """What is printed otherwise is a document (JSON, JUnit XML, HTML), a script or an address."""
    folder = Path(output.__file__).parent
    printing = {path.stem for path in folder.glob("*.py") if re.search(r"(?<![\w.])print\(", path.read_text("utf-8"))}
    assert printing == {"output", "progress", "completion", "gate_formats", "report", "web"}
