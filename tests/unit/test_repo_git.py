"""Git as it is called: bounded in time, ended when nobody waits, deaf to the surroundings."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.case.errors import GitError
from workbench.engine.repo.git import Guard, git, run_git, search_path

MakeRepo = Callable[..., Any]


@pytest.fixture
def slow_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git on PATH that writes its process id and then hangs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(
        f"#!/bin/sh\necho $$ > {folder}/pid.new\nmv {folder}/pid.new {folder}/pid\nexec sleep 60\n"
    )
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder / "pid"


def is_running(pid_file: Path) -> bool:
    return Path(f"/proc/{pid_file.read_text().strip()}").exists()


async def test_a_git_that_hangs_is_ended_in_time(slow_git: Path, make_repo_folder: Path) -> None:
    with pytest.raises(GitError, match=r"no answer within 0\.5 s"):
        run_git(make_repo_folder, "status", timeout=0.5)
    with pytest.raises(GitError, match=r"no answer within 0\.5 s"):
        await git(make_repo_folder, "status", timeout=0.5)
    assert not is_running(slow_git)


async def test_a_cancelled_call_ends_git(slow_git: Path, make_repo_folder: Path) -> None:
    call = asyncio.ensure_future(git(make_repo_folder, "status"))
    async with asyncio.timeout(60):
        while not slow_git.exists():
            await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert not is_running(slow_git)


@pytest.fixture
def make_repo_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    return folder


async def test_no_git_at_all(make_repo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere:.:")

    for call in (lambda: run_git(make_repo_folder, "version"),):
        with pytest.raises(GitError, match="git was not found") as raised:
            call()
        assert raised.value.exit_code == 127
    with pytest.raises(GitError, match="git was not found"):
        await git(make_repo_folder, "version")


async def test_what_git_says_is_in_the_error(make_repo_folder: Path) -> None:
    with pytest.raises(GitError, match="not a git repository") as raised:
        await git(make_repo_folder, "rev-parse", "HEAD")
    assert (raised.value.argv, raised.value.exit_code) == (("rev-parse", "HEAD"), 128)
    with pytest.raises(GitError, match="null byte"):
        await git(make_repo_folder, "log", "a\0b")
    with pytest.raises(GitError, match="null byte"):
        run_git(make_repo_folder, "log", "a\0b")


@pytest.mark.parametrize("args", [("-c", "core.pager=x", "log"), ("--exec-path=.", "log"), ()])
def test_options_before_the_command_are_refused(args: tuple[str, ...], make_repo: MakeRepo) -> None:
    with pytest.raises(GitError, match="not a command of git"):
        run_git(make_repo({"a.py": "x\n"}).path, *args)


def test_variables_of_the_surroundings_do_not_lead_astray(make_repo: MakeRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, other = make_repo({"a.py": "x\n"}), make_repo({"b.py": "x\n"})
    for name, value in [
        ("GIT_DIR", f"{other.path}/.git"),
        ("GIT_WORK_TREE", str(other.path)),
        ("GIT_INDEX_FILE", f"{other.path}/.git/index"),
        ("GIT_OBJECT_DIRECTORY", f"{other.path}/.git/objects"),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.quotePath"),
        ("GIT_CONFIG_VALUE_0", "true"),
        ("GIT_CONFIG_PARAMETERS", "'core.bare=true'"),
        ("GIT_NAMESPACE", "x"),
        ("GIT_TRACE", "1"),
        ("LC_ALL", "de_DE.UTF-8"),
    ]:
        monkeypatch.setenv(name, value)

    assert run_git(repo.path, "ls-files") == b"a.py\n"
    assert run_git(repo.path, "ls-tree", "--name-only", "HEAD") == b"a.py\n"


def test_paths_are_never_patterns(make_repo: MakeRepo) -> None:
    repo = make_repo({"[a].py": "x\n", "a.py": "y\n", ":(top)z": "z\n"})

    assert run_git(repo.path, "ls-files", "-z", "--", "[a].py") == b"[a].py\0"
    assert run_git(repo.path, "ls-files", "-z", "--", ":(top)z") == b":(top)z\0"


def test_programs_of_the_repository_are_passed_over_those_beside_it_are_not(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    inside, outside, linked = root / "bin", tmp_path / "bin", tmp_path / "link"
    for folder in (inside, outside):
        folder.mkdir(parents=True)
    linked.symlink_to(inside)

    path = f".::bin:{inside}:{outside}:{linked}:{root}/../repo/bin:/usr/bin"

    assert search_path(path, root) == f"{outside}:/usr/bin"
    assert search_path(path, Path("/")).endswith(":/usr/bin")


def test_settings_reach_git_whatever_their_name(make_repo: MakeRepo) -> None:
    repo = make_repo({"a.py": "x\n"})
    guard = Guard(repo.path, (("filter.a=b.c.clean", "one=two"), ("filter.plain.clean", "")))

    said = run_git(repo.path, "config", "--list", "-z", guard=guard)

    assert b"filter.a=b.c.clean\none=two\0" in said
    assert b"filter.plain.clean\n\0" in said


def test_the_output_of_git_is_left_as_it_is(make_repo: MakeRepo) -> None:
    repo = make_repo({"crlf.txt": b"a\r\nb\xff\0"})
    assert run_git(repo.path, "cat-file", "blob", "HEAD:crlf.txt") == b"a\r\nb\xff\0"
    assert subprocess.run(["git", "status", "-s"], cwd=repo.path, capture_output=True, check=True).stdout == b""
