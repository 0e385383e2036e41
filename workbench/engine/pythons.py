"""Where a project's Python may be: every place that its tools put an environment, best first. Nothing is run."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from workbench.engine.config.read import load

Place = tuple[str, str]
"""(path of a python, how it was found)."""

_FOLDERS = {".tox": "tox", ".nox": "nox", ".hatch": "hatch"}
"""Folders of the repository that hold an environment each, with the tool that made them."""


CONFIGURED = "configured"
"""How what the user named begins to say how it was found: no other may stand in for it."""


def candidates(root: Path, environ: Mapping[str, str], settings: Path | None = None) -> Iterator[Place]:
    """(path of a python, how it was found), best first; a path may not be there. ``settings`` is a file of them that
    comes before the repository's own."""
    if configured := environ.get("WORKBENCH_PYTHON"):
        yield configured, f"{CONFIGURED} (WORKBENCH_PYTHON)"
    if configured := load(root, settings).get("python"):
        yield str(root / Path(configured).expanduser()), f"{CONFIGURED} (python)"
    if named := environ.get("UV_PROJECT_ENVIRONMENT"):
        yield _python(root / named), "uv (UV_PROJECT_ENVIRONMENT)"
    for marker in sorted([*root.glob("*/pyvenv.cfg"), *root.glob(".*/pyvenv.cfg")]):
        yield _python(marker.parent), f"{marker.parent.name} in the repository"
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if prefix := environ.get(variable):
            yield _python(Path(prefix)), variable
    yield from _managed(root, environ)
    for base, tool in _FOLDERS.items():
        for marker in sorted((root / base).glob("*/pyvenv.cfg")):
            yield _python(marker.parent), f"{tool} environment {marker.parent.name}"
    for name in ("python3", "python"):
        if found := shutil.which(name, path=environ.get("PATH", "")):
            yield found, f"{name} on PATH"
    yield sys.executable, "the workbench's own"


def _managed(root: Path, environ: Mapping[str, str]) -> Iterator[Place]:
    """Environments that a tool keeps elsewhere, each known by the path of the project that it is for."""
    home = Path(environ.get("HOME") or "~").expanduser()
    real = os.path.normcase(os.path.realpath(root))
    if (root / "pyproject.toml").is_file():
        for folder in _poetry(home, environ):
            for found in sorted(folder.glob(f"*-{_short_hash(real)}-py*/pyvenv.cfg"), reverse=True):
                yield _python(found.parent), f"poetry environment {found.parent.name}"
    if (root / "Pipfile").is_file():
        kept = Path(environ.get("WORKON_HOME") or home / ".local/share/virtualenvs").expanduser()
        for note in sorted(kept.glob("*/.project")):
            if os.path.realpath(note.read_text(encoding="utf-8", errors="replace").strip()) == real:
                yield _python(note.parent), f"pipenv environment {note.parent.name}"
    data = Path(environ.get("HATCH_DATA_DIR") or Path(environ.get("XDG_DATA_HOME") or home / ".local/share") / "hatch")
    made = sorted((data / "env" / "virtual").glob(f"*/{_short_hash(real)}/*/pyvenv.cfg"), key=_hatch_order)
    for found in made:
        yield _python(found.parent), f"hatch environment {found.parent.name}"
    yield from _conda(root, home, environ)


def _poetry(home: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    if path := environ.get("POETRY_VIRTUALENVS_PATH"):
        yield Path(path)
    cache = environ.get("POETRY_CACHE_DIR") or Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "pypoetry"
    yield Path(cache) / "virtualenvs"
    yield home / "Library/Caches/pypoetry/virtualenvs"


def _conda(root: Path, home: Path, environ: Mapping[str, str]) -> Iterator[Place]:
    """The environment that ``environment.yml`` names, in the folders where conda and its kin keep them."""
    for name in ("environment.yml", "environment.yaml"):
        if not (root / name).is_file():
            continue
        text = (root / name).read_text(encoding="utf-8", errors="replace")
        named = re.search(r"(?m)^name:\s*['\"]?([\w.-]+)", text)
        if not named:
            continue
        installed = [Path(environ["CONDA_EXE"]).parents[1]] if environ.get("CONDA_EXE") else []
        kinds = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", ".conda")
        for base in (*installed, *(home / kind for kind in kinds)):
            folder = base / "envs" / named[1]
            if (folder / "conda-meta").is_dir():
                yield _python(folder), f"conda environment {named[1]}"


def _hatch_order(marker: Path) -> tuple[bool, str]:
    """The environments for tests first."""
    return "test" not in marker.parent.name, marker.parent.name


def _short_hash(path: str) -> str:
    """How Poetry and Hatch write a project's path into the name of its environment: see their ``EnvManager`` and
    ``VirtualEnvironment``."""
    return base64.urlsafe_b64encode(hashlib.sha256(path.encode()).digest()).decode()[:8]


def _python(environment: Path) -> str:
    return str(environment / "bin" / "python")
