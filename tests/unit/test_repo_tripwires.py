"""A repository that nobody trusts yet runs nothing: one tripwire per way in, each first shown to be live."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tripwires import WIRES, Trap
from tests.tripwires import trap as trap
from workbench.case.errors import GitError
from workbench.engine.repo.objects import read_blobs
from workbench.engine.repo.repository import Repository
from workbench.engine.repo.trees import Trees
from workbench.engine.repo.worktrees import Worktrees


async def tour(repo: Any, cache: Path) -> None:
    """Everything that is done with a repository before it is trusted."""
    repo.write("notes.txt", "three\n")
    repo.write("new.txt", "new\n")
    os.utime(repo.path / "app.py", (1, 1))
    repository = await Repository.open(repo.path)
    blobs = await repository.files()
    read_blobs(str(repository.facts.git_dir), str(repo.path), list(blobs.values()))
    trees = Trees(repository.facts, cache)
    tree = trees.working()
    for commit in await repository.log():
        await repository.show_diff(commit.hash)
        await repository.git("describe", "--always", commit.hash)
    await repository.git("log", "-p", "-n", "5")
    await repository.git("diff")
    await repository.blame("app.py", 1, 2)
    with pytest.raises(GitError):
        await repository.git("fetch", "origin")
    with pytest.raises(GitError):
        await repository.git("cat-file", "blob", "1234567890123456789012345678901234567890")
    trees.diff(trees.tree_of("HEAD"), tree)
    worktrees = Worktrees(repository.facts, trees, cache)
    worktree = worktrees.checkout("HEAD~1")
    worktrees.release(worktree)
    worktree = worktrees.checkout(tree)
    assert (worktree.path / "new.txt").read_text() == "new\n"
    worktrees.remove(worktree)


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.__name__)
async def test_a_tripwire_that_git_would_run_is_not_run_by_us(
    wire: Callable[[Trap], None], trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire(trap)
    assert trap.sprung, "the tripwire is dead: this test would prove nothing"
    trap.marker.unlink()

    monkeypatch.chdir(trap.repo.path)
    for key, value in trap.env.items():
        monkeypatch.setenv(key, value)
    await tour(trap.repo, tmp_path / "cache")

    assert not trap.sprung


@pytest.mark.parametrize("name", ["sitecustomize.py", "selectors.py", "git.py", "watchfiles.py"])
async def test_modules_of_the_repository_are_not_imported(name: str, trap: Trap, tmp_path: Path) -> None:
    trap.repo.write(name, f"open({str(trap.marker)!r}, 'w').close()\n")
    trap.spring(sys.executable, "-c", f"import {name[:-3]}")
    assert trap.sprung, "the tripwire is dead: this test would prove nothing"
    trap.marker.unlink()

    story = (
        "import asyncio, sys; from pathlib import Path; from workbench.engine.repo.repository import Repository; "
        "from workbench.engine.repo.trees import Trees; from workbench.engine.repo.objects import read_blobs; "
        "repo = asyncio.run(Repository.open(Path('.'))); files = asyncio.run(repo.files()); "
        "Trees(repo.facts, Path(sys.argv[1])).working(); "
        "print(len(read_blobs(str(repo.facts.git_dir), str(repo.root), tuple(files.values()))))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", story, str(tmp_path / "cache")],
        cwd=trap.repo.path,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert int(done.stdout) > 0
    assert not trap.sprung
