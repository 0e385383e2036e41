"""Trees and worktrees of a repository, and what tests ask of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.engine.repo.facts import read_facts
from workbench.engine.repo.git import run_git
from workbench.engine.repo.trees import Trees
from workbench.engine.repo.worktrees import Worktrees

MakeRepo = Callable[..., Any]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def trees_of(repo: Any, cache: Path) -> Trees:
    return Trees(read_facts(repo.path), cache)


def worktrees_of(repo: Any, cache: Path) -> tuple[Trees, Worktrees]:
    trees = trees_of(repo, cache)
    return trees, Worktrees(read_facts(repo.path), trees, cache)


def names(trees: Trees, tree: str) -> list[str]:
    return run_git(trees.store, "ls-tree", "-r", "--name-only", "-z", tree).decode("utf-8", "replace").split("\0")[:-1]


def state_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder with its bytes and its time."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    } | {str(path): (b"", path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_dir()}
