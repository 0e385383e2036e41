"""Trees and worktrees: the state of the user's files, without a trace in the user's repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.case.errors import GitError
from workbench.engine.repo import store as store_module
from workbench.engine.repo.facts import read_facts
from workbench.engine.repo.git import run_git
from workbench.engine.repo.trees import ChangedPath, Trees
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
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_no_commits_and_no_index(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo()
    repo.write("a.py", "x\n")

    trees = trees_of(repo, cache)

    assert names(trees, trees.working()) == ["a.py"]


def test_conflicts_sparse_files_and_split_indexes(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a/x.py": "base\n", "b/y.py": "y\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.write("a/x.py", "side\n")
    repo.commit("side")
    repo.git("checkout", "-q", "main")
    repo.write("a/x.py", "main\n")
    repo.commit("main")
    repo.git("sparse-checkout", "set", "a")
    repo.git("update-index", "--split-index")
    with pytest.raises(subprocess.CalledProcessError):
        repo.git("merge", "-q", "side")

    trees = trees_of(repo, cache)
    tree = trees.working()

    assert names(trees, tree) == ["a/x.py", "b/y.py"]
    assert b"<<<<<<<" in (trees.read(tree, "a/x.py") or b"")


def test_a_filter_of_large_files_is_not_run_and_line_ends_are_gits(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo(
        {".gitattributes": "*.dat filter=large\n*.bat text eol=crlf\n", "x.dat": "pointer\n", "r.bat": "a\n"}
    )
    repo.git("config", "filter.large.clean", "echo filtered")
    repo.git("config", "filter.large.required", "true")
    repo.write("x.dat", "as it is\n")
    repo.write("r.bat", "b\r\n")

    trees = trees_of(repo, cache)
    tree = trees.working()

    assert trees.read(tree, "x.dat") == b"as it is\n"
    assert trees.read(tree, "r.bat") == b"b\n"


def test_files_that_come_and_go_meanwhile(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    trees = trees_of(repo, cache)
    stop = threading.Event()

    def churn() -> None:
        number = 0
        while not stop.is_set():
            place = repo.write(f"churn/{number % 7}.tmp", f"{number}")
            place.unlink()
            number += 1

    worker = threading.Thread(target=churn)
    worker.start()
    try:
        found = [trees.working() for _ in range(5)]
    finally:
        stop.set()
        worker.join()
    assert all("a.py" in names(trees, tree) for tree in found)


def test_two_at_once_and_a_lock_that_a_kill_left(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({f"f{number}.py": f"{number}\n" for number in range(50)})
    trees = trees_of(repo, cache)
    wanted = trees.working()
    for index in cache.glob("repos/*.index"):
        index.with_name(f"{index.name}.lock").write_text("left")
    found: list[str] = []

    workers = [threading.Thread(target=lambda: found.append(trees_of(repo, cache).working())) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert found == [wanted] * 4


def test_a_damaged_index_or_store_is_made_anew(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    wanted = trees_of(repo, cache).working()
    for index in cache.glob("repos/*.index"):
        index.write_bytes(b"rubbish")
    assert trees_of(repo, cache).working() == wanted

    shutil.rmtree(trees_of(repo, cache).store)
    assert trees_of(repo, cache).working() == wanted


def test_only_objects_that_nobody_needs_are_removed(
    make_repo: MakeRepo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo({"a.py": "x\n"})
    repo.write("a.py", "long ago\n")
    old = trees_of(repo, cache).working()
    repo.write("a.py", "changed\n")
    tree = trees_of(repo, cache).working()
    monkeypatch.setattr(store_module, "KEPT", -1.0)

    trees = trees_of(repo, cache)

    assert trees.working() == tree
    assert trees.read(tree, "a.py") == b"changed\n"
    assert trees.read(old, "a.py") is None


def test_what_a_kill_left_half_made_is_swept(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    trees = trees_of(repo, cache)
    trees.working()
    old = [cache / "repos" / ".new-abc", cache / "repos" / f"{trees.store.stem}-1-2.scratch"]
    old[0].mkdir()
    old[1].touch()
    for path in old:
        os.utime(path, (1, 1))
    (cache / "repos" / ".new-def").mkdir()

    trees_of(repo, cache).working()

    assert [path.exists() for path in old] == [False, False]
    assert (cache / "repos" / ".new-def").exists()


def test_a_cache_that_cannot_be_written_is_a_git_error(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    (tmp_path / "cache").write_text("a file")

    with pytest.raises(GitError, match="cache cannot be written"):
        trees_of(repo, tmp_path / "cache").working()


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


def test_a_patch_on_a_worktree_is_all_or_nothing(make_repo: MakeRepo, cache: Path) -> None:
    repo = make_repo({"a.py": "one\n"})
    repo.write("a.py", "two\n")
    trees, worktrees = worktrees_of(repo, cache)
    patch = trees.diff(trees.tree_of("HEAD"), trees.working())
    worktree = worktrees.checkout("HEAD")

    assert worktrees.apply_patch(worktree, patch) == trees.working()
    with pytest.raises(GitError):
        worktrees.apply_patch(worktree, patch)
    assert (worktree.path / "a.py").read_text() == "two\n"


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
