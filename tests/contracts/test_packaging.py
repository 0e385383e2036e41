"""The wheel, built from the sdist and installed in a clean environment, runs inside other people's repositories."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*argv: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in argv], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    assert built.returncode == 0, built.stdout + built.stderr
    (sdist,) = out.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        assert any(name.endswith("/workbench/case/fold.py") for name in archive.getnames())
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment: the wheel itself, and its dependencies by a path entry, so that no network is needed."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    installed = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-compile", "-q", wheel, cwd=folder
    )
    assert installed.returncode == 0, installed.stderr
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """A repository with packages of the same names as ours."""
    for name in ("plugins", "screens", "workbench", "textual", "pluggy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('the user\\'s own package was imported')\n")
    for argv in (["init", "-q"], ["add", "."]):
        assert run("git", *argv, cwd=tmp_path).returncode == 0
    return tmp_path


def test_every_package_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, prefix in (("workbench", "workbench/"), ("screens", ""), ("plugins", "")):
        for source in (ROOT / folder).rglob("*"):
            if source.suffix in (".py", ".tcss", ".gz", ".patch", ".toml") or source.name == "py.typed":
                assert prefix + source.relative_to(ROOT / folder).as_posix() in names
    assert not any(name.startswith(("plugins/", "screens/", "tests/")) for name in names)


@pytest.mark.parametrize("how", ["script", "module"])
def test_it_runs_in_a_repository_with_folders_of_our_names(environment: Path, crowded: Path, how: str) -> None:
    python = environment / "bin" / "python"
    program = [environment / "bin" / "workbench"] if how == "script" else [python, "-P", "-m", "workbench"]
    listed = run(*program, "plugins", "--format", "json", cwd=crowded)
    assert listed.returncode == 0, listed.stderr
    assert '"status": "failed"' not in listed.stdout
    asked = run(*program, "investigate", "it fails", "--format", "json", "--store", crowded / ".data", cwd=crowded)
    assert asked.returncode in (0, 3), asked.stderr
    assert '"schema": 1' in asked.stdout
