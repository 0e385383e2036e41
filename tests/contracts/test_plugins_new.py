"""A plugin of each kind, scaffolded, installed in an environment of its own, found by entry point, tested."""

from __future__ import annotations

import json
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.programs import run
from workbench.cli.main import main
from workbench.cli.scaffold import KINDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with all of them installed; Workbench and what it needs come by a path entry."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    for kind in KINDS:
        assert main(["plugins", "new", f"my_{kind}", "--kind", kind, "--dir", str(folder)]) == 0
    python = folder / "env" / "bin" / "python"
    (site,) = folder.glob("env/lib/python*/site-packages")
    (site / "workbench.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    packages = [folder / f"my-{kind.replace('_', '-')}" for kind in KINDS]
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-build-isolation"]
    run(*pip, *packages, cwd=folder)
    return python


def test_they_are_found_by_entry_point(python: Path) -> None:
    said = run(python, "-P", "-m", "workbench", "plugins", "--format", "json", cwd=python.parent)
    found = {row["name"]: row for row in json.loads(said)["plugins"]}
    for kind in KINDS:
        row = found[f"my_{kind}"]
        assert row["kind"] == kind
        assert row["from"] == f"my-{kind.replace('_', '-')} 0.1.0"
        assert not row["error"]
    safe = json.loads(run(python, "-P", "-m", "workbench", "plugins", "--safe", "--format", "json", cwd=python.parent))
    assert not [row for row in safe["plugins"] if row["name"].startswith("my_")]


def test_their_own_tests_pass(python: Path) -> None:
    folder = python.parents[2]
    tests = [folder / f"my-{kind.replace('_', '-')}" / "tests" for kind in KINDS]
    assert f"{len(KINDS)} passed" in run(python, "-m", "pytest", "-p", "no:cacheprovider", *tests, cwd=folder)


def test_an_analyzer_of_ones_own_serves_an_investigation(python: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import time\n\ntime.sleep(3)\n")
    run("git", "init", "-q", cwd=tmp_path)
    said = run(python, "-P", "-m", "workbench", "investigate", "slow", "--format", "json", cwd=tmp_path, codes=(0, 3))
    assert [(each["path"], each["line"]) for each in json.loads(said)["findings"] if each["rule"] == "sleep"] == [
        ("app.py", 3)
    ]


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "new", "mine", "--kind", "gate", "--dir", str(tmp_path)]) == 0
    assert main(["plugins", "new", "mine", "--kind", "gate", "--dir", str(tmp_path)]) == 2
    assert "left as it is" in capsys.readouterr().err
    assert main(["plugins", "new", "Not-A-Name", "--kind", "gate"]) == 2


@pytest.mark.parametrize("name", ["Acme-X", "class", "json"])
def test_a_name_that_could_not_be_imported_writes_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plugins", "new", name, "--kind", "gate", "--dir", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert name in said
    assert "nothing was written" in said
    assert not list(tmp_path.iterdir())


def test_a_format_of_ones_own_tells_the_times_of_a_log(python: Path, tmp_path: Path) -> None:
    lines = [f"12.11.2026 14h{minute:02}:07 {{ERROR}} shop.cart> cannot reserve item {minute}" for minute in range(30)]
    (tmp_path / "shop.log").write_text("\n".join(lines) + "\n")
    said = run(python, "-P", "-m", "workbench", "logs", "shop.log", "--format", "json", cwd=tmp_path)
    (error,) = json.loads(said)["errors"]
    assert (error["first_seen"], error["last_seen"]) == ("2026-11-12T14:00:07Z", "2026-11-12T14:29:07Z")
    run("git", "init", "-q", cwd=tmp_path)
    asked = ("investigate", "items", "--log", "shop.log", "--format", "json")
    said = run(python, "-P", "-m", "workbench", *asked, cwd=tmp_path, codes=(0, 3))
    assert [each["first_seen"] for each in json.loads(said)["errors"]] == [error["first_seen"]]
