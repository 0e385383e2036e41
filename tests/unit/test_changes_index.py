"""Changes of the index, and changes that are refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.patching import base as base
from tests.patching import changes_at, git
from workbench.analysis.diffs import Diff, FileDiff, decode_diff, diff_texts, parse_diff, subset
from workbench.analysis.diffs.select import lines_of_hunk
from workbench.engine.changes import Changes
from workbench.engine.file_states import RefusedError
from workbench.engine.index_changes import IndexChanges
from workbench.engine.store.vault import Vault


def index_changes(base: Path) -> IndexChanges:
    async def run(*args: str, stdin: bytes = b"") -> bytes:
        return await asyncio.to_thread(git, base / "repo", *args, stdin=stdin)

    return IndexChanges(base / "repo", run, Vault(base / "vault"))


async def test_hunks_are_staged_and_unstaged_one_by_one(base: Path) -> None:
    repo, index = base / "repo", index_changes(base)
    lines = [f"line {n}\n" for n in range(40)]
    (repo / "pkg" / "a.py").write_text("".join(["first\n", *lines, "last\n"]))
    empty = git(repo, "write-tree")
    diff = parse_diff(decode_diff(git(repo, "diff")))
    record = await index.apply(subset(diff, lines_of_hunk(diff, 0, 1)), "the second")
    assert git(repo, "show", ":pkg/a.py").decode() == "".join([*lines, "last\n"])
    staged = parse_diff(decode_diff(git(repo, "diff", "--cached")))
    unstaged = await index.apply(subset(staged, lines_of_hunk(staged, 0, 0), reverse=True), "back", reverse=True)
    assert git(repo, "write-tree") == empty
    await index.undo(unstaged)
    await index.undo(record)
    assert git(repo, "write-tree") == empty
    await index.redo(record)
    git(repo, "add", "-A")
    with pytest.raises(RefusedError, match=r"staged anew since: pkg/a\.py"):
        await index.undo(record)


async def test_a_staged_new_file_can_be_taken_back(base: Path) -> None:
    repo, index = base / "repo", index_changes(base)
    (repo / "odd\tname").write_text("x\n")
    git(repo, "add", "-N", ".")
    diff = parse_diff(decode_diff(git(repo, "diff")))
    git(repo, "reset", "-q")
    record = await index.apply(diff, "new")
    assert git(repo, "ls-files", "-z", "odd*") == b"odd\tname\0"
    await index.undo(record)
    assert git(repo, "ls-files", "-z", "odd*") == b""


def test_a_submodule_is_refused(base: Path) -> None:
    file = replace(diff_texts("sub", "Subproject commit 1\n", "Subproject commit 2\n"), old_mode="160000")
    with pytest.raises(RefusedError, match="submodule"):
        changes_at(base).apply(Diff((replace(file, new_mode="160000"),)), "sub")


def test_an_empty_change_is_refused(base: Path) -> None:
    with pytest.raises(RefusedError, match="empty"):
        changes_at(base).apply(Diff((FileDiff("script", "script"),)), "nothing")


def test_without_its_snapshot_a_change_stays(base: Path) -> None:
    record = changes_at(base).apply(Diff((diff_texts("script", "#!/bin/sh\n", "x\n"),)), "a change")
    elsewhere = Changes(base / "repo", Vault(base / "other"), base / "intents")
    with pytest.raises(RefusedError, match="not on this machine"):
        elsewhere.undo(record)
