"""The demo's repository for tests: git applies its history once in a process, from then on it is copied."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench.demo.repository import write_repository


def write_demo_repository(repo: Path) -> None:
    """As :func:`workbench.demo.repository.write_repository`. Raises FileExistsError where there is something."""
    shutil.copytree(Path(_template().name) / "repo", repo, symlinks=True)


@cache
def _template() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="workbench-demo-")
    write_repository(Path(folder.name) / "repo")
    return folder
