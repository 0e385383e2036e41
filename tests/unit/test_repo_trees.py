"""Trees and worktrees: the state of the user's files, without a trace in the user's repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trees import MakeRepo, names, state_of, trees_of, worktrees_of
from tests.trees import cache as cache
from workbench.engine.repo.trees import ChangedPath


def test_a_clean_tree_is_that_of_head(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n", "pkg/b.py": "two\n"})

    trees = trees_of(repo, cache)

    assert trees.working() == trees.tree_of("HEAD") == repo.git("rev-parse", "HEAD^{tree}").decode().strip()


def test_every_kind_of_change_is_in_the_tree(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({".gitignore": "*.log\n", "a.py": "one\n", "gone.py": "x\n", "mode.sh": "x\n", "kind.py": "x\n"})
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    repo.write(".git/info/exclude", "private.txt\n")
    repo.write("kept.log", "ignored, but tracked\n")
    repo.git("add", "--force", "kept.log")
    repo.write("a.py", "changed\n")
    repo.write("new.py", "new\n")
    repo.write("noise.log", "ignored\n")
    repo.write("private.txt", "ignored by the user's own list\n")
    (repo.path / "gone.py").unlink()
    (repo.path / "mode.sh").chmod(0o755)
    (repo.path / "kind.py").unlink()
    (repo.path / "kind.py").symlink_to("a.py")

    trees = trees_of(repo, cache)
    tree = trees.working()

    assert names(trees, tree) == [".gitignore", "a.py", "kept.log", "kind.py", "mode.sh", "new.py"]
    assert trees.read(tree, "a.py") == b"changed\n"
    assert trees.changed(trees.tree_of("HEAD"), tree) == [
        ChangedPath("M", "a.py"),
        ChangedPath("D", "gone.py"),
        ChangedPath("A", "kept.log"),
        ChangedPath("T", "kind.py"),
        ChangedPath("M", "mode.sh"),
        ChangedPath("A", "new.py"),
    ]
    assert tree == _as_git_would(repo)


def test_what_an_editor_writes_beside_an_open_file_is_no_part_of_the_tree(make_repo: MakeRepo, cache: Path) -> None:
    """Else all results were stale for as long as the file is open."""
    repo = make_repo({"a.py": "one\n", "kept~": "tracked\n"})
    trees = trees_of(repo, cache)
    tree = trees.working()
    repo.write("kept~", "changed\n")
    changed = trees.working()
    for name in (".a.py.swp", "sub/.b.py.swx", "4913", "a.py~", "#a.py#", ".#a.py", "a.py___jb_tmp___"):
        repo.write(name, "scratch\n")
    repo.write("#a.py", "mine\n")

    assert trees.changed(tree, changed) == [ChangedPath("M", "kept~")]
    assert trees.changed(changed, trees.working()) == [ChangedPath("A", "#a.py")]


def _as_git_would(repo: Any) -> str:
    """The tree that plain git makes of the same files."""
    copy = repo.path.parent / "copy"
    shutil.copytree(repo.path, copy, symlinks=True)
    subprocess.run(["git", "add", "--all"], cwd=copy, check=True)
    out = subprocess.run(["git", "write-tree"], cwd=copy, check=True, capture_output=True).stdout.decode().strip()
    shutil.rmtree(copy)
    return out


_NAMES = st.sampled_from(["a.py", "b.py", "pkg/c.py", "pkg/d e.py", "new/[x].py"])


_STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "delete", "stage", "commit"]), _NAMES, st.integers(0, 3)), max_size=6
)


@given(steps=_STEPS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_after_any_steps_the_tree_is_what_git_would_write(
    steps: list[tuple[str, str, int]], make_repo: MakeRepo, cache: Path
) -> None:
    repo = make_repo({"a.py": "0\n", "pkg/c.py": "0\n"})
    trees = trees_of(repo, cache)
    tree = trees.working()
    for verb, name, number in steps:
        if verb == "write":
            repo.write(name, f"{number}\n")
        elif verb == "delete":
            (repo.path / name).unlink(missing_ok=True)
        elif verb == "stage":
            repo.git("add", "--all")
        else:
            repo.commit("step")
        tree = trees.working()
    assert trees.working() == tree == _as_git_would(repo)


def test_nothing_in_the_users_repository_changes(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n", "b.py": "two\n"})
    os.utime(repo.path / "b.py", (1, 1))
    repo.write("a.py", "staged\n")
    repo.git("add", "a.py")
    repo.write("a.py", "changed\n")
    repo.write("new.py", "new\n")
    before = state_of(repo.path)
    listed = repo.git("worktree", "list", "--porcelain")

    trees, worktrees = worktrees_of(repo, cache)
    worktree = worktrees.checkout(trees.working())
    (worktree.path / "made-by-a-test").write_text("x")
    worktrees.state(worktree)
    worktrees.release(worktree)
    worktrees.close()

    assert state_of(repo.path) == before
    assert repo.git("worktree", "list", "--porcelain") == listed


def test_git_in_a_worktree_stays_in_the_worktree(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n"})
    before = {path: data for path, (data, _) in state_of(repo.path).items()}
    _, worktrees = worktrees_of(repo, cache)
    worktree = worktrees.checkout("HEAD")
    (worktree.path / "a.py").write_text("by a fixer\n")

    who = ("-c", "user.name=fixer", "-c", "user.email=fixer@example.org")
    subprocess.run(["git", *who, "commit", "-qam", "fix"], cwd=worktree.path, check=True)
    subprocess.run(["git", "gc", "-q", "--prune=now"], cwd=worktree.path, check=True)

    assert {path: data for path, (data, _) in state_of(repo.path).items()} == before
    assert worktrees.state(worktree) != worktree.tree


def test_no_object_of_the_user_is_renewed_by_a_tree_or_patch_of_ours(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n", "b.py": "same\n"})
    repo.git("mv", "a.py", "c.py")
    repo.write("c.py", "one\ntwo\n")
    repo.commit("second")
    os.utime(repo.path / "b.py", (1, 1))
    before = state_of(repo.path / ".git")
    trees = trees_of(repo, cache)
    first, second = trees.tree_of("HEAD~1"), trees.tree_of("HEAD")

    assert trees.working() == second
    assert trees.with_patch(first, trees.diff(first, second)) == second
    assert trees.with_patch(second, trees.diff(second, first, "-M", "-l0")) == first
    assert trees.overlay(second, first, ["a.py", "c.py"]) == first
    assert state_of(repo.path / ".git") == before


def test_the_next_tree_is_right_although_the_index_is_kept(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n"})
    trees = trees_of(repo, cache)
    first = trees.working()
    seen = {first}
    for number in range(5):
        repo.write("a.py", f"{number:03}\n")
        seen.add(trees.working())
    assert len(seen) == 6

    repo.write("a.py", "one\n")
    assert trees.working() == first
    assert trees_of(repo, cache).working() == first


def test_what_the_user_tracks_is_followed(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({".gitignore": "*.env\n", "a.py": "one\n"})
    repo.write("local.env", "x\n")
    trees = trees_of(repo, cache)
    assert names(trees, trees.working()) == [".gitignore", "a.py"]

    repo.git("add", "--force", "local.env")
    assert names(trees, trees.working()) == [".gitignore", "a.py", "local.env"]

    repo.git("rm", "-q", "--cached", "local.env")
    assert names(trees, trees.working()) == [".gitignore", "a.py"]


def test_a_file_becomes_a_folder_and_a_folder_a_file(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a": "x\n", "empty": "x\n", "pkg/b": "x\n", "pkg/c": "x\n"})
    trees = trees_of(repo, cache)
    trees.working()
    for name in ("a", "empty"):
        (repo.path / name).unlink()
        (repo.path / name).mkdir()
    repo.write("a/inner", "y\n")
    shutil.rmtree(repo.path / "pkg")
    repo.write("pkg", "z\n")

    tree = trees.working()

    assert names(trees, tree) == ["a/inner", "pkg"]
    assert tree == _as_git_would(repo)
