"""Out of the door: the accepted hunks become a branch and a commit; hooks run, are shown, and are never skipped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import RIGHT, SHOP, opened, quick
from workbench.engine.committing import CommitRefusedError, commit

HOOK = "#!/bin/sh\necho checked by the hook\ngrep -q forbidden notes.txt 2>/dev/null && echo no && exit 1\nexit 0\n"


def git(repo: RepoBuilder, *args: str) -> str:
    return repo.git(*args).decode()


async def refused(driver: Driver, repo: RepoBuilder, branch: str) -> None:
    """The hook says no: nothing is committed, and everything stands as before."""
    driver.pane.do_fix_commit()
    await driver.sees("fix/the-total-is-wrong")
    await driver.type(" x")
    await driver.press("enter")
    await driver.sees("fix/the-total-is-wrong x is no name for a branch")
    await driver.press("backspace", "backspace", "enter")
    await driver.sees("what was accepted, 1 file +1 −1")
    assert "the total is wrong" in driver.text
    await driver.type("Sum all: ")
    await driver.press("ctrl+o")
    await driver.sees("not committed")
    await driver.sees("checked by the hook")
    assert git(repo, "branch", "--show-current").strip() == branch, "back where it was"
    assert not git(repo, "diff", "--cached", "--name-only"), "the index as it was"
    assert "fix/" not in git(repo, "branch", "--list")
    await driver.press("escape")


async def committed(driver: Driver, repo: RepoBuilder) -> None:
    """The hook says yes: what was accepted is on a branch of its own."""
    await driver.settle()
    driver.pane.do_fix_commit()
    await driver.sees("fix/the-total-is-wrong")
    await driver.press("enter")
    await driver.sees("ctrl+o commit")
    assert "Sum all:" in driver.text, "what was written is kept"
    await driver.press("ctrl+o")
    await driver.sees("Committed ")
    assert "checked by the hook" in driver.text
    assert git(repo, "log", "-1", "--format=%s").strip() == "Sum all:"
    assert git(repo, "branch", "--show-current").strip() == "fix/the-total-is-wrong"
    assert git(repo, "show", "--name-only", "--format=").split() == ["shop.py"], "what was accepted, no more"
    assert git(repo, "status", "--porcelain").split() == ["??", "notes.txt"]
    assert any(each.kind == "change.committed" for each in driver.session.state.timeline)
    await driver.press("escape")


def hooked(repo: RepoBuilder, program: str) -> None:
    """Somebody may commit, and ``program`` has its say before."""
    repo.git("config", "user.name", "Test Author")
    repo.git("config", "user.email", "author@example.org")
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(program)
    hook.chmod(0o755)


async def test_the_accepted_hunks_are_committed_and_hooks_have_their_say(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(SHOP)
    hooked(repo, HOOK)
    first, branch = repo.head, git(repo, "branch", "--show-current").strip()
    repo.write("shop.py", RIGHT)
    repo.write("notes.txt", "forbidden\n")
    async with opened(repo) as driver:
        assert "accept what is to be committed" in driver.pane.why_not("fix.commit")
        await driver.press("6")
        assert driver.panel("change").go("shop.py", 5)
        await driver.press("space")
        await refused(driver, repo, branch)
        assert repo.head == first

        repo.write("notes.txt", "allowed\n")
        await committed(driver, repo)

        repo.write("shop.py", SHOP["shop.py"])
        git(repo, "add", "shop.py")
        await driver.settle()
        with pytest.raises(CommitRefusedError, match="needs a message"):
            await commit(driver.session.services, "# nothing\n")
        made = await commit(driver.session.services, "Back\n")
        assert git(repo, "show", "--name-only", "--format=%s", made.commit).split() == ["Back", "shop.py"]


async def test_a_commit_whose_hooks_take_long_is_stopped_and_all_is_as_before(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(SHOP)
    begun = repo.path.parent / "begun"
    hooked(repo, f"#!/bin/sh\ntouch '{begun}'\nexec sleep 600\n")
    first, branch = repo.head, git(repo, "branch", "--show-current").strip()
    repo.write("shop.py", RIGHT)
    async with opened(repo) as driver:
        await driver.press("6", "space")
        driver.pane.do_fix_commit()
        await driver.sees("fix/the-total-is-wrong")
        await driver.press("enter")
        await driver.sees("ctrl+o commit")
        await driver.pilot.press("ctrl+o")
        await driver.until(begun.exists, "the hook")
        await driver.pilot.press("S")
        await driver.sees("What runs")
        await driver.sees("commit")
        await driver.pilot.press("enter")
        await driver.settle()
        assert repo.head == first
        assert git(repo, "branch", "--show-current").strip() == branch
        assert not git(repo, "diff", "--cached", "--name-only")
        assert "fix/" not in git(repo, "branch", "--list")
