"""Trees of repositories in odd states: conflicts, filters, files that vanish, damaged stores, leftovers of a kill."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from tests.trees import MakeRepo, names, trees_of
from tests.trees import cache as cache
from workbench.case.errors import GitError
from workbench.engine.repo import store as store_module


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
