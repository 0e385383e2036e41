"""Pane 2: a hunk of the working tree is accepted, taken out, taken back; nothing is forced over a later edit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import SHOP, opened, quick

EDITED = SHOP["shop.py"].replace("prices[1:]", "prices").replace("EUR", "USD")


async def test_a_hunk_is_taken_out_and_put_back_by_undo(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({**SHOP, "shop.py": SHOP["shop.py"].replace("def label", "\n\n\n\n\n\ndef label")})
    edited = EDITED.replace("def label", "\n\n\n\n\n\ndef label")
    repo.write("shop.py", edited)
    async with opened(repo) as driver:
        shown = driver.shown("change")
        assert "shop.py" in shown
        assert "hunk 1 of 2, unified" in shown
        assert "return sum(prices[1:])" in shown
        assert 'return f"{price} USD"' in shown
        assert "1 file +2 −2 · base" in shown

        await driver.press("6", "space")
        assert "1 of 2 accepted" in driver.shown("change")
        assert "hunk 2 of 2" in driver.shown("change"), "on to the next one"
        await driver.press("x")
        await driver.until(lambda: "EUR" in (repo.path / "shop.py").read_text(), "the hunk is out")
        await driver.settle()
        assert "sum(prices)" in (repo.path / "shop.py").read_text(), "the accepted one stays"
        assert "USD" not in driver.shown("change")
        assert "1 of 1 accepted" in driver.shown("change")

        await driver.press("z")
        await driver.until(lambda: (repo.path / "shop.py").read_text() == edited, "it is back")
        await driver.press("Z")
        await driver.until(lambda: "EUR" in (repo.path / "shop.py").read_text(), "and out again")

        repo.write("shop.py", "# mine\n" + (repo.path / "shop.py").read_text())
        await driver.press("z")
        await driver.sees("not changed")
        assert (repo.path / "shop.py").read_text().startswith("# mine\n"), "an edit is never overwritten"
    assert not list(repo.path.glob(".workbench-*")), "nothing of ours is left in the repository"


async def test_single_lines_are_taken_out_and_a_new_file_goes_as_a_whole(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"a.py": "one = 1\n"})
    repo.write("a.py", "one = 1\ntwo = 2\nthree = 3\n")
    repo.write("new.py", "x = 1\n")
    async with opened(repo) as driver:
        panel = driver.panel("change")
        await driver.press("6")
        assert panel.go("a.py", 3)
        await driver.press("v", "x")
        await driver.until(lambda: (repo.path / "a.py").read_text() == "one = 1\ntwo = 2\n", "one line")
        await driver.settle()
        assert panel.go("new.py")
        await driver.press("x")
        await driver.until(lambda: not (repo.path / "new.py").exists(), "the new file")
        await driver.settle()
        await driver.press("z")
        await driver.until(lambda: (repo.path / "new.py").exists(), "back from the vault")
        await driver.press("z")
        await driver.until(lambda: "three" in (repo.path / "a.py").read_text(), "one by one")


async def test_a_hunk_is_edited_in_place(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo({"a.py": "one = 1\r\ntwo = 2\r\n"})
    repo.write("a.py", "one = 1\r\ntwo = 22\r\n")
    async with opened(repo) as driver:
        await driver.press("6", "E")
        await driver.sees("ctrl+o keep")
        await driver.press("end", "3", "escape")
        await driver.sees("d drop   esc go on")
        await driver.press("escape", "ctrl+o")
        await driver.until(lambda: b"22" in (repo.path / "a.py").read_bytes() and driver.pane.is_current, "written")
        await driver.until(lambda: b"223" in (repo.path / "a.py").read_bytes(), "the edit")
        assert (repo.path / "a.py").read_bytes() == b"one = 1\r\ntwo = 223\r\n", "line ends stay"


async def test_context_whitespace_and_base_are_settings_of_the_diff(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    lines = [f"line{n} = {n}\n" for n in range(30)]
    repo = make_repo({"a.py": "".join(lines)})
    first = repo.head
    lines[15] = "line15 = 0\n"
    repo.write("a.py", "".join(lines))
    repo.commit("second")
    lines[2] = "line2  =  2\n"
    repo.write("a.py", "".join(lines))
    async with opened(repo) as driver:
        assert "line2  =  2" in driver.shown("change")
        assert "line15 = 0" not in driver.shown("change")
        await driver.press("6", "}")
        await driver.until(lambda: "line7" in driver.shown("change"), "more context")
        await driver.press("W")
        await driver.sees("white space left out")
        assert "nothing but white space was changed" in driver.shown("change")
        assert driver.pane.why_not("fix.prove") == "", "there is a change nevertheless"
        await driver.press("W")
        await driver.sees("line2  =  2")
        driver.pane.working.want(type(driver.session.change.wanted)(base=first))
        await driver.until(lambda: "line15 = 0" in driver.shown("change"), "another base")
