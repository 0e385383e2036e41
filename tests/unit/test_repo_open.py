"""Opening what a person points at: every kind of repository is told apart, and what cannot be opened says a way on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workbench.case.errors import GitError
from workbench.engine.repo.repository import Problem, Repository, RepositoryError
from workbench.engine.repo.trees import Trees

MakeRepo = Callable[..., Any]


def clone(repo: Any, target: Path, *options: str) -> Path:
    url = f"file://{repo.path}"
    subprocess.run(["git", "clone", "-q", *options, url, str(target)], check=True, capture_output=True)
    return target


async def test_an_ordinary_repository(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"}, name="shop")

    facts = (await Repository.open(repo.path)).facts

    assert (facts.name, facts.branch, facts.head) == ("shop", "main", repo.head)
    assert facts.root == repo.path
    assert facts.git_dir == repo.path / ".git"
    assert facts.notes == ()


async def test_no_commits_yet(make_repo: MakeRepo) -> None:
    repo = make_repo()
    repo.write("a.py", "x\n")

    repository = await Repository.open(repo.path)

    assert (repository.facts.head, repository.facts.branch) == ("", "main")
    assert "no commits yet" in repository.facts.notes[0]
    assert list(await repository.files()) == ["a.py"]
    assert await repository.log() == []
    assert await repository.resolve("HEAD") == ""


async def test_a_detached_head(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    repo.git("checkout", "-q", "--detach")

    facts = (await Repository.open(repo.path)).facts

    assert (facts.head, facts.branch) == (repo.head, "")
    assert facts.notes == ("detached HEAD",)


async def test_an_unborn_branch_beside_others(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    repo.git("checkout", "-q", "--orphan", "fresh")

    facts = (await Repository.open(repo.path)).facts

    assert (facts.head, facts.branch) == ("", "fresh")


async def test_a_bare_repository_says_to_clone_it(make_repo: MakeRepo, tmp_path: Path) -> None:
    bare = clone(make_repo({"a.py": "x\n"}), tmp_path / "bare.git", "--bare")

    with pytest.raises(RepositoryError, match="bare repository: clone it") as raised:
        await Repository.open(bare)

    assert raised.value.problem is Problem.BARE


async def test_inside_a_git_folder(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})

    with pytest.raises(RepositoryError, match=r"lies inside a \.git folder"):
        await Repository.open(repo.path / ".git" / "refs")


async def test_missing_paths_and_files(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("x")

    for path, problem in [(tmp_path / "nowhere", Problem.MISSING), (tmp_path / "log.txt", Problem.NO_FOLDER)]:
        with pytest.raises(RepositoryError) as raised:
            await Repository.open(path)
        assert raised.value.problem is problem


async def test_a_damaged_repository_is_said_to_be_one(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    (repo.path / ".git" / "config").write_text("[core\nnonsense")

    with pytest.raises(RepositoryError, match="bad config line 1") as raised:
        await Repository.open(repo.path)

    assert raised.value.problem is Problem.BROKEN


async def test_a_configuration_that_points_elsewhere_is_refused(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    (tmp_path / "private").mkdir()
    repo.git("config", "core.worktree", str(tmp_path / "private"))

    with pytest.raises(RepositoryError, match="not in the work tree that its configuration names"):
        await Repository.open(repo.path)


async def test_a_damaged_index_still_lists_the_files_and_says_so(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    (repo.path / ".git" / "index").write_bytes(b"rubbish")

    repository = await Repository.open(repo.path)

    assert list(await repository.files()) == ["a.py"]
    assert "what git ignores is not known" in repository.listing.skipped["."]


async def test_the_facts_follow_the_user(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    repository = await Repository.open(repo.path)
    repo.git("checkout", "-q", "-b", "fix")
    head = repo.commit("more")

    await repository.refresh()

    assert (repository.facts.branch, repository.facts.head) == ("fix", head)


async def test_only_files_of_the_repository_are_read(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    (tmp_path / "secret").write_text("s")
    (repo.path / "link").symlink_to(tmp_path / "secret")
    repository = await Repository.open(repo.path)

    for path in ("../secret", "link", str(tmp_path / "secret"), "."):
        with pytest.raises(FileNotFoundError):
            await repository.read_file(path)
    with pytest.raises(GitError):
        await repository.blame("a.py", 1, 1, f"--contents={tmp_path}/secret")


async def test_a_shallow_clone_does_not_blame_the_commit_where_it_ends(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "one\n", "b.py": "b\n"})
    repo.write("a.py", "two\n")
    repo.commit("second")
    shallow = clone(repo, tmp_path / "shallow", "--depth=1")

    repository = await Repository.open(shallow)

    assert repository.facts.shallow
    assert any("shallow clone" in note for note in repository.facts.notes)
    (commit,) = await repository.log()
    assert (commit.subject, commit.touched) == ("second", ())


async def test_a_partial_clone_fetches_nothing(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "one\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    old = repo.git("rev-parse", "HEAD:a.py").decode().strip()
    repo.write("a.py", "two\n")
    repo.commit("second")
    partial = clone(repo, tmp_path / "partial", "--filter=blob:none")

    repository = await Repository.open(partial)

    assert repository.facts.partial
    assert any("partial clone" in note for note in repository.facts.notes)
    assert list(await repository.files()) == ["a.py"]
    with pytest.raises(GitError):
        await repository.git("cat-file", "blob", old)
    assert [commit.subject for commit in await repository.log(limit=1)]


async def test_a_linked_worktree_of_the_users_own(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))

    facts = (await Repository.open(tmp_path / "side")).facts

    assert (facts.root, facts.branch) == (tmp_path / "side", "side")
    assert facts.common_dir == repo.path / ".git"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
async def test_somebody_elses_repository_is_explained_with_a_way_on(make_repo: MakeRepo, tmp_path: Path) -> None:
    repo = make_repo({"a.py": "x\n"})
    for folder, folders, names in os.walk(repo.path):
        for name in [*folders, *names, "."]:
            os.chown(Path(folder) / name, 65534, 65534)

    with pytest.raises(RepositoryError, match=r"belongs to another user.*safe\.directory") as raised:
        await Repository.open(repo.path)
    assert raised.value.problem is Problem.OTHER_OWNER

    repository = await Repository.open(repo.path, other_owner=True)
    assert list(await repository.files()) == ["a.py"]
    assert [commit.subject for commit in await repository.log()] == ["first"]
    trees = Trees(repository.facts, tmp_path / "cache")
    assert trees.working() == trees.tree_of("HEAD")


async def test_a_path_with_a_newline_and_brackets(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"}, name="odd\n[name] \x1b[1m:x")

    repository = await Repository.open(repo.path)

    assert repository.root == repo.path
    assert list(await repository.files()) == ["a.py"]


async def test_history_is_told_with_counts_bodies_and_limits(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "one\n", "b.py": "b\n"})
    body = "Refresh once\n\nWhy: races\n0123456789012345678901234567890123456789\n1\t2\tfake.py"
    repo.write("a.py", "two\nthree\n")
    repo.commit(body, author="Ana [b] <ana@example.org>", date=datetime(2026, 3, 1, tzinfo=UTC))
    repo.write("c.bin", b"\0\1")
    repo.commit("binary", date=datetime(2026, 4, 1, tzinfo=UTC))

    repository = await Repository.open(repo.path)
    newest, middle, first = await repository.log()

    assert [(file.path, file.added, file.removed) for file in middle.touched] == [("a.py", 2, 1)]
    assert (middle.subject, middle.author, middle.mail) == ("Refresh once", "Ana [b]", "ana@example.org")
    assert middle.body == body.partition("\n\n")[2]
    assert middle.at == datetime(2026, 3, 1, tzinfo=UTC)
    assert [(file.path, file.added, file.removed) for file in newest.touched] == [("c.bin", 0, 0)]
    assert first.paths == ("a.py", "b.py")
    assert await repository.log(paths=["a.py"]) == [middle, first.__class__(*_only(first, "a.py"))]
    assert await repository.log(since=datetime(2026, 3, 15, tzinfo=UTC)) == [newest]
    assert await repository.log(until=datetime(2026, 2, 1, tzinfo=UTC)) == [first]
    assert await repository.log(limit=1) == [newest]
    with pytest.raises(GitError):
        await repository.log("--output=x")


def _only(commit: Any, path: str) -> list[Any]:
    values = [getattr(commit, name) for name in ("hash", "at", "author", "mail", "subject", "body")]
    return [*values, tuple(file for file in commit.touched if file.path == path)]


async def test_blame_and_diffs(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "one\ntwo\n"})
    first = repo.head
    repo.write("a.py", "one\nTWO\n")
    second = repo.commit("shout", author="Bo <bo@example.org>")

    repository = await Repository.open(repo.path)

    blamed = await repository.blame("a.py", 1, 2)
    assert [(line.line, line.commit, line.author) for line in blamed] == [(1, first, "Test Author"), (2, second, "Bo")]
    assert b"-two\n+TWO\n" in await repository.show_diff(second)


async def test_settings_that_change_the_form_of_output_do_not_matter(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "one\n"})
    for key, value in [
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("log.abbrevCommit", "true"),
        ("log.decorate", "full"),
        ("log.date", "relative"),
        ("diff.noprefix", "true"),
        ("diff.renames", "copies"),
        ("core.quotePath", "true"),
        ("log.showRoot", "false"),
        ("format.pretty", "oneline"),
    ]:
        repo.git("config", key, value)
    repo.write("b.py", "one\n")
    repo.commit("copy")

    repository = await Repository.open(repo.path)

    assert [commit.paths for commit in await repository.log()] == [("b.py",), ("a.py",)]
    assert (await repository.show_diff("HEAD")).startswith(b"diff --git a/b.py b/b.py\n")


def test_the_clone_helper_makes_real_clones(make_repo: MakeRepo, tmp_path: Path) -> None:
    path = clone(make_repo({"a.py": "x\n"}), tmp_path / "copy")
    assert (path / "a.py").read_text() == "x\n"
    shutil.rmtree(path)
