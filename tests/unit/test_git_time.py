"""Commits that broken tools made, with no time that can be read: every log and blame of ours goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench_debt import history as debt
from workbench_history import commits as suspects

from tests.conftest import RepoBuilder
from workbench.analysis.git_time import git_time
from workbench.engine.index import read_commits
from workbench.engine.repo import history

START = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def odd(make_repo: Callable[..., RepoBuilder]) -> RepoBuilder:
    """A repository whose second and third of four commits have a time zone, and a year, that do not exist."""
    repo = make_repo({"shop/cart.py": "TOTAL = 0\n"})
    for when in ("1288373970 --700", "99999999999999999 +0000"):
        repo.write("shop/cart.py", f"# {when}\n" + (repo.path / "shop/cart.py").read_text())
        repo.git("add", "--all")
        tree, parent = repo.git("write-tree").decode().strip(), repo.head
        who = f"Dan <dan@example.org> {when}"
        made = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nRound the total\n"
        stored = repo.git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=made.encode())
        repo.git("update-ref", "refs/heads/main", stored.decode().strip())
    repo.write("shop/tax.py", "TAX = 1\n")
    repo.commit("Tax")
    return repo


def test_every_reader_of_the_log_goes_on_past_a_commit_without_a_time(odd: RepoBuilder) -> None:
    names = ("log", "-z", "--name-only", "--no-renames")
    read = [
        [commit[3] for commit in read_commits(odd.git(*names, "--format=%x01%H%x02%ct%x02%s"))],
        [commit.at for commit in suspects.parse_log(odd.git(*names, suspects.FORMAT))],
        [commit.at for commit in debt.parse(odd.git(*names, debt.FORMAT))],
        [commit.at for commit in history.parse_log(odd.git(*history.LOG, history.COUNTED))],
    ]
    for times in read:
        assert len(times) == 4
        assert times[1] == START
        assert times[2] in (START, git_time("1288373970")), "releases of git differ"
        assert timedelta() < times[0] - times[3] < timedelta(days=1)
    blamed = list(history.parse_blame(odd.git("blame", "--porcelain", "--", "shop/cart.py")))
    assert [line.line for line in blamed] == [1, 2, 3]
    assert blamed[0].at == START


@given(st.text() | st.integers().map(str))
def test_whatever_git_says_is_a_time(said: str) -> None:
    assert git_time(said).tzinfo is UTC


def test_seconds_are_read_in_utc() -> None:
    assert git_time("1288373970") == datetime(2010, 10, 29, 17, 39, 30, tzinfo=UTC)
