"""Worktrees: what they hold, how they are filled anew, patched and swept."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trees import MakeRepo, names, trees_of, worktrees_of
from tests.trees import cache as cache
from workbench.case.errors import GitError
from workbench.engine.repo.facts import read_facts
from workbench.engine.repo.trees import Trees
from workbench.engine.repo.worktrees import Worktrees


def test_overlays_and_patches(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n", "b.py": "two\n"})
    repo.write("a.py", "ONE\n")
    repo.write("c.py", "new\n")
    (repo.path / "b.py").unlink()
    trees = trees_of(repo, cache)
    base, head = trees.tree_of("HEAD"), trees.working()

    assert trees.overlay(base, head, ["a.py", "b.py", "c.py"]) == head
    assert trees.overlay(head, base, ["a.py", "b.py", "c.py"]) == base
    assert names(trees, trees.overlay(base, head, ["b.py"])) == ["a.py"]
    assert trees.with_patch(base, trees.diff(base, head)) == head
    with pytest.raises(GitError):
        trees.with_patch(head, trees.diff(base, head))


def test_a_worktree_holds_the_tree_and_nothing_else(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n", "pkg/b.py": "two\n"}, name="shop")
    repo.write("a.py", "not committed\n")
    trees, worktrees = worktrees_of(repo, cache)
    tree = trees.working()

    worktree = worktrees.checkout(tree)

    assert (worktree.tree, worktree.path.name) == (tree, "shop")
    assert (worktree.path / "a.py").read_text() == "not committed\n"
    assert worktrees.state(worktree) == tree
    status = subprocess.run(["git", "status", "--porcelain"], cwd=worktree.path, capture_output=True, check=True)
    assert status.stdout == b""
    log = subprocess.run(["git", "log", "--format=%s"], cwd=worktree.path, capture_output=True, check=True)
    assert log.stdout == b"workbench\nfirst\n"


def test_a_released_worktree_is_filled_anew_and_clean(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n", "src/b.py": "two\n", ".gitignore": "*.pyc\n"})
    repo.write("a.py", "second\n")
    repo.commit("second")
    trees, worktrees = worktrees_of(repo, cache)
    outside = repo.path.parent / "outside"
    outside.mkdir()
    used = worktrees.checkout("HEAD")
    (used.path / "a.py").write_text("spoilt\n")
    (used.path / "cached.pyc").write_text("left\n")
    (used.path / "inner").mkdir()
    subprocess.run(["git", "init", "-q"], cwd=used.path / "inner", check=True)
    shutil.rmtree(used.path / "src")
    (used.path / "src").symlink_to(outside)
    shutil.rmtree(used.path / ".git")
    worktrees.release(used)

    again = worktrees.checkout("HEAD~1", carry=[])

    assert again.path == used.path
    assert sorted(path.name for path in again.path.iterdir()) == [".git", ".gitignore", "a.py", "src"]
    assert (again.path / "a.py").read_text() == "one\n"
    assert (again.path / "src" / "b.py").read_text() == "two\n"
    assert list(outside.iterdir()) == []
    assert worktrees.state(again) == trees.tree_of("HEAD~1")


def test_ignored_files_are_carried_by_name(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({".gitignore": ".env\nbuild/\nlinked\n", "a.py": "x\n"})
    repo.write(".env", "SECRET=1\n")
    repo.write("build/gen/x.py", "generated\n")
    (repo.path.parent / "elsewhere.txt").write_text("shared\n")
    (repo.path / "linked").symlink_to(repo.path.parent / "elsewhere.txt")
    _, worktrees = worktrees_of(repo, cache)

    worktree = worktrees.checkout(
        "HEAD", carry=[".env", "build", "linked", "absent", "../elsewhere.txt", "/etc/hostname"]
    )

    assert (worktree.path / ".env").read_text() == "SECRET=1\n"
    assert (worktree.path / "build" / "gen" / "x.py").read_text() == "generated\n"
    assert (worktree.path / "linked").read_text() == "shared\n"
    assert worktree.missing == ("absent", "../elsewhere.txt", "/etc/hostname")
    assert worktrees.state(worktree) == worktree.tree


def test_an_unknown_tree_leaves_nothing_behind(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n"})
    _, worktrees = worktrees_of(repo, cache)

    for revision in ("nowhere", "1" * 40):
        with pytest.raises(GitError):
            worktrees.checkout(revision)
    assert list(cache.glob("worktrees/*")) == []


def test_worktrees_of_a_killed_program_are_swept_those_of_a_living_one_stay(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n"})
    story = (
        "import os, sys; from pathlib import Path; from workbench.engine.repo.facts import read_facts; "
        "from workbench.engine.repo.trees import Trees; from workbench.engine.repo.worktrees import Worktrees; "
        "repo, cache = map(Path, sys.argv[1:]); facts = read_facts(repo); "
        "worktree = Worktrees(facts, Trees(facts, cache), cache).checkout('HEAD'); "
        "(worktree.path / 'locked').mkdir(); (worktree.path / 'locked' / 'x').touch(); "
        "(worktree.path / 'locked').chmod(0); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-P", "-c", story, str(repo.path), str(cache)], check=False)
    assert killed.returncode == -9
    _, worktrees = worktrees_of(repo, cache)
    living = worktrees.checkout("HEAD")
    assert len(list(cache.glob("worktrees/*"))) == 2

    assert worktrees.sweep() == 1

    assert [living.path.parent] == list(cache.glob("worktrees/*"))
    worktrees.remove(living)
    assert list(cache.glob("worktrees/*")) == []


def test_a_path_with_a_colon_is_never_on_an_import_path(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n"}, name="odd:name")
    _, worktrees = worktrees_of(repo, cache)

    assert worktrees.checkout("HEAD").path.name == "odd-name"


def test_submodules_stay_what_they_point_at(make_repo: MakeRepo, cache: Path) -> None:
    library = make_repo({"lib.py": "x\n"})
    repo = make_repo({"a.py": "x\n"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.path), "lib")
    repo.commit("submodule")
    (repo.path / "lib" / "lib.py").write_text("changed\n")
    trees, worktrees = worktrees_of(repo, cache)

    assert trees.working() == trees.tree_of("HEAD")
    worktree = worktrees.checkout("HEAD", carry=["lib"])
    assert (worktree.path / "lib" / "lib.py").read_text() == "changed\n"


def test_shallow_clones_and_sha256(make_repo: MakeRepo, cache: Path, tmp_path: Path) -> None:
    origin = make_repo({"a.py": "one\n"})
    origin.write("a.py", "two\n")
    origin.commit("second")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{origin.path}", str(shallow)], check=True)
    modern = tmp_path / "modern"
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(modern)], check=True)
    (modern / "a.py").write_text("x\n")

    for root in (shallow, modern):
        facts = read_facts(root)
        trees = Trees(facts, cache)
        worktrees = Worktrees(facts, trees, cache)
        worktree = worktrees.checkout(trees.working())
        assert (worktree.path / "a.py").read_bytes() == (root / "a.py").read_bytes()
        log = subprocess.run(["git", "log", "--oneline"], cwd=worktree.path, capture_output=True, check=True)
        assert log.stdout
