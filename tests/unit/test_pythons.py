"""Where a project's Python is looked for: the places of each tool that makes environments, best first."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import pytest

from workbench.engine.pythons import candidates


def environment(folder: Path, marker: str = "pyvenv.cfg") -> str:
    """An environment as far as its layout goes; gives the path of its python."""
    (folder / "bin").mkdir(parents=True)
    (folder / marker).parent.mkdir(parents=True, exist_ok=True)
    (folder / marker).touch()
    python = folder / "bin" / "python"
    python.touch(mode=0o755)
    return str(python)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def named(root: Path) -> str:
    """The part of an environment's name that Poetry and Hatch make of the project's path."""
    real = os.path.normcase(os.path.realpath(root))
    return base64.urlsafe_b64encode(hashlib.sha256(real.encode()).digest()).decode()[:8]


def found(root: Path, home: Path, **environ: str) -> dict[str, str]:
    return dict(candidates(root, {"HOME": str(home), "PATH": "", **environ}))


def test_what_is_configured_goes_before_all_and_the_repository_before_the_shell(root: Path, home: Path) -> None:
    own, shell = environment(root / ".venv"), environment(home / "shell")
    (root / "workbench.toml").write_text('python = "tools/python"\n')
    given = found(root, home, WORKBENCH_PYTHON="/opt/python", VIRTUAL_ENV=str(home / "shell"))
    assert list(given.items())[:4] == [
        ("/opt/python", "configured (WORKBENCH_PYTHON)"),
        (str(root / "tools/python"), "configured (python)"),
        (own, ".venv in the repository"),
        (shell, "VIRTUAL_ENV"),
    ]


def test_uv(root: Path, home: Path) -> None:
    python = environment(home / "kept")
    assert found(root, home, UV_PROJECT_ENVIRONMENT=str(home / "kept"))[python] == "uv (UV_PROJECT_ENVIRONMENT)"
    assert environment(root / ".venv") in found(root, home), "where uv puts it without a word"


def test_poetry(root: Path, home: Path) -> None:
    name = f"shop-{named(root)}-py3.12"
    python = environment(home / ".cache/pypoetry/virtualenvs" / name)
    stranger = environment(home / ".cache/pypoetry/virtualenvs/shop-AAAAAAAA-py3.12")
    assert python not in found(root, home), "no pyproject.toml"
    (root / "pyproject.toml").touch()
    assert found(root, home)[python] == f"poetry environment {name}"
    assert stranger not in found(root, home), "another project of that name"
    moved = environment(home / "moved" / name)
    assert moved in found(root, home, POETRY_VIRTUALENVS_PATH=str(home / "moved"))


def test_pipenv(root: Path, home: Path) -> None:
    python = environment(home / ".local/share/virtualenvs/shop-x")
    (Path(python).parents[1] / ".project").write_text(f"{root}\n")
    assert python not in found(root, home), "no Pipfile"
    (root / "Pipfile").touch()
    assert found(root, home)[python] == "pipenv environment shop-x"
    assert python not in found(root, home, WORKON_HOME=str(home / "elsewhere"))


def test_hatch_puts_the_environment_for_tests_first(root: Path, home: Path) -> None:
    folder = home / ".local/share/hatch/env/virtual/shop" / named(root)
    plain, tests = environment(folder / "shop"), environment(folder / "hatch-test.py3.12")
    given = found(root, home)
    assert [path for path in given if path in (plain, tests)] == [tests, plain]
    assert given[tests] == "hatch environment hatch-test.py3.12"


def test_tox_and_nox(root: Path, home: Path) -> None:
    tox, nox = environment(root / ".tox/py312"), environment(root / ".nox/tests-3-12")
    given = found(root, home)
    assert (given[tox], given[nox]) == ("tox environment py312", "nox environment tests-3-12")


def test_conda(root: Path, home: Path) -> None:
    python = environment(home / "miniforge3/envs/shop", "conda-meta/history")
    assert python not in found(root, home)
    (root / "environment.yml").write_text("name: 'shop'\ndependencies: []\n")
    assert found(root, home)[python] == "conda environment shop"
    active = environment(home / "active", "conda-meta/history")
    assert found(root, home, CONDA_PREFIX=str(home / "active"))[active] == "CONDA_PREFIX"
