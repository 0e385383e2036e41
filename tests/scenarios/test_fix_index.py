"""Pane 2 against HEAD and the index: hunks and lines are staged and unstaged, as lazygit's staging view does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.driver import Driver
from tests.scenarios.project import opened, quick
from workbench.engine.reports import markdown, paper

BEFORE = "".join(f"line {n}\n" for n in range(30))
AFTER = BEFORE.replace("line 2\n", "line two\n").replace("line 25\n", "line 25\nmore\nand more\n")


def staged(repo: RepoBuilder, path: str = "a.txt") -> str:
    return repo.git("show", f":{path}").decode()


async def view(driver: Driver, title: str) -> None:
    """Press ``b`` until the panel shows that."""
    for _ in range(4):
        if title in driver.shown("change").split("\n")[0]:
            return
        await driver.press("b")
    raise AssertionError(driver.shown("change"))


async def staging(driver: Driver, repo: RepoBuilder) -> None:
    """A hunk, a line alone and a new file go into the index; the files stay as they are."""
    panel = driver.panel("change")
    assert panel.go("a.txt", 3)
    await driver.press("space")
    await driver.until(lambda: "line two" in staged(repo).split("\n"), "the hunk is staged")
    await driver.settle()
    assert "line two" not in driver.shown("change"), "what is staged is gone from what is not"
    assert "more" in driver.shown("change")
    assert (repo.path / "a.txt").read_text() == AFTER, "the files stay as they are"

    assert panel.go("a.txt", 27)
    await driver.press("v", "space")
    await driver.until(lambda: "line 25\nmore\nline 26\n" in staged(repo), "a line alone")
    await driver.settle()
    assert panel.go("new.txt")
    await driver.press("space")
    await driver.until(lambda: staged(repo, "new.txt") == "one\ntwo\n", "a new file")
    await driver.settle()


async def listed(driver: Driver) -> None:
    """The list of files says what each side holds, and leads to a file."""
    panel = driver.panel("change")
    await driver.press("D")
    await driver.sees("Files +1 −0")
    await driver.press("escape")
    await view(driver, "Staged")
    await driver.press("D")
    await driver.sees("Files +4 −1")
    assert "M a.txt" in driver.text
    assert "A new.txt" in driver.text
    await driver.press("G", "enter")
    assert panel.place.path == "new.txt"
    assert panel.caption == "2 files +4 −1 · HEAD to index"


async def unstaging(driver: Driver, repo: RepoBuilder) -> None:
    """Out of the index again, undone and redone."""
    assert driver.panel("change").go("a.txt", 3)
    await driver.press("x")
    await driver.until(lambda: "line 2" in staged(repo).split("\n"), "the hunk is unstaged")
    await driver.settle()
    await driver.press("z")
    await driver.until(lambda: "line two" in staged(repo).split("\n"), "and staged again by undo")
    await driver.press("Z")
    await driver.until(lambda: "line 2" in staged(repo).split("\n"), "redone")
    await driver.settle()
    assert driver.pane.why_not("fix.edit_hunk").startswith("the index is shown")


async def test_hunks_and_lines_go_into_the_index_and_out_of_it(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"a.txt": BEFORE, "old.txt": "x\n"})
    repo.write("a.txt", AFTER)
    repo.write("new.txt", "one\ntwo\n")
    async with opened(repo) as driver:
        await driver.press("6")
        await view(driver, "Not staged")
        assert "space stage" in driver.text
        driver.pane.do_fix_commit()
        await driver.press("enter")
        await driver.sees("nothing is staged: space stages what the cursor is on")
        await driver.press("escape")
        await staging(driver, repo)
        await listed(driver)
        await unstaging(driver, repo)

        repo.git("add", "-A")
        await driver.until(lambda: "line two" in driver.shown("change"), "what git itself does is seen")
        await driver.press("z")
        await driver.settle()
        await driver.press("b")
        await driver.sees("Change")
        assert "base" in driver.panel("change").caption
        assert (repo.path / "a.txt").read_text() == AFTER


async def test_a_change_brings_its_tests_whatever_of_it_is_shown(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"a.txt": BEFORE})
    repo.write("a.txt", AFTER)
    repo.git("add", "a.txt")
    repo.write("test_a.py", "def test_a():\n    pass\n")
    async with opened(repo, size=(80, 24)) as driver:
        await driver.press("6", "b", "b", "b")
        assert "6 Staged" in driver.text, "a narrow terminal says it too"
        assert driver.session.change.diff.files[0].path == "a.txt"
        assert driver.session.change.paths == ("a.txt", "test_a.py")
        assert "brings no test" not in driver.shown("proof")


async def test_a_hunk_that_is_not_staged_is_taken_out_of_the_files_alone(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"a.txt": BEFORE})
    repo.write("a.txt", BEFORE.replace("line 2\n", "line two\n"))
    repo.git("add", "a.txt")
    repo.write("a.txt", AFTER)
    async with opened(repo, size=(100, 30)) as driver:
        await driver.press("6")
        await view(driver, "Not staged")
        assert "line two" not in driver.shown("change")
        assert driver.panel("change").go("a.txt", 27)
        await driver.press("x")
        await driver.until(lambda: "more" not in (repo.path / "a.txt").read_text(), "taken out")
        assert "line two" in (repo.path / "a.txt").read_text()
        await driver.settle()
        assert "everything is staged" in driver.shown("change")
        await view(driver, "Staged")
        assert "line two" in driver.shown("change")
        await driver.press("b", "b")
        await driver.sees("Not committed")
        assert "against HEAD" in driver.panel("change").caption


async def test_comments_stand_under_their_lines_and_long_lines_wrap(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"a.txt": "x\n"})
    repo.write("a.txt", "x\n" + "word " * 60 + "END\n")
    async with opened(repo, size=(100, 30)) as driver:
        await driver.press("6")
        assert driver.panel("change").go("a.txt", 2)
        assert "END" not in driver.shown("change")
        await driver.press("backslash")
        assert "END" in driver.shown("change")
        await driver.press("c")
        await driver.type("too long")
        await driver.press("enter")
        await driver.until(lambda: "too long" in driver.shown("change"), "the comment")
        (comment,) = driver.session.state.comments
        assert (comment.path, comment.line, comment.text) == ("a.txt", 2, "too long")
        told = "\n".join(markdown(paper("comments", driver.session.state, driver.session.views, ())))
        assert "## a.txt" in told, "exported"
        assert "2: too long" in told
