"""Comments of a review stand on the lines of today, whatever was committed since."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from workbench_review.lines import hunk_line, mapped

from tests.conftest import RepoBuilder
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

OLD = "def total(prices):\n    return sum(prices)\n\n\ndef label(price):\n    return str(price)\n"
NEW = '"""Prices."""\n\n\ndef total(prices):\n    return sum(prices, 0)\n\n\ndef label(price):\n    return str(price)\n'


def comment(number: int, line: int, commit: str, body: str, **more: object) -> dict[str, object]:
    """A comment as the REST API has it, on ``shop.py``."""
    hunk = f"@@ -0,0 +1,6 @@\n+{OLD.splitlines()[line - 1]}"
    base = {"id": number, "path": "shop.py", "original_line": line, "line": None, "position": None, "side": "RIGHT"}
    user = {"user": {"login": "octocat"}, "original_commit_id": commit, "commit_id": commit, "diff_hunk": hunk}
    return {**base, **user, "body": body, **more}


async def test_comments_are_on_todays_lines(make_repo: Callable[..., RepoBuilder], tmp_path: Path) -> None:
    repo = make_repo({"shop.py": OLD})
    then = repo.head
    repo.write("shop.py", NEW)
    repo.commit("prices have a docstring")
    comments = [
        comment(1, 6, then, "What of None?"),
        comment(2, 6, then, "It never is.", in_reply_to_id=1),
        comment(3, 2, then, "Start at 0"),
        comment(4, 5, "0" * 40, "A name"),
        comment(5, 1, then, "elsewhere", path="gone.py"),
    ]
    (tmp_path / "review.json").write_text(json.dumps(comments))
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"))))
    try:
        inputs = {"review": (str(tmp_path / "review.json"), str(tmp_path / "no.json"))}
        await session.investigate(replace(Question("prices"), playbook="review", inputs=inputs))
        found = {each.line: each.message for each in session.views.findings if each.rule == "review"}
        assert found == {
            9: "octocat: What of None? · octocat: It never is.",
            5: "octocat: Start at 0 (this line has changed since)",
            8: "octocat: A name",
        }
        check = next(check for check in session.views.checks if check.analyzer == "review")
        assert check.summary.startswith(
            "5 comments, 3 threads on today's lines, 1 on lines that are gone; not read: no.json"
        )
    finally:
        await session.close()


async def test_comments_follow_a_file_that_was_renamed(make_repo: Callable[..., RepoBuilder], tmp_path: Path) -> None:
    repo = make_repo({"shop.py": OLD})
    then = repo.head
    for name, before in (("till.py", "shop.py"), ("sales/till.py", "till.py")):
        (repo.path / name).parent.mkdir(exist_ok=True)
        repo.git("mv", before, name)
        repo.commit(f"{before} is {name}")
    comments = [
        comment(1, 6, then, "What of None?"),
        comment(2, 5, "0" * 40, "A name"),
        comment(3, 1, then, "gone", path="gone.py"),
    ]
    (tmp_path / "review.json").write_text(json.dumps(comments))
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"))))
    try:
        inputs = {"review": (str(tmp_path / "review.json"),)}
        await session.investigate(replace(Question("prices"), playbook="review", inputs=inputs))
        found = {(each.path, each.line): each.message for each in session.views.findings if each.rule == "review"}
        assert found == {("sales/till.py", 6): "octocat: What of None?", ("sales/till.py", 5): "octocat: A name"}
    finally:
        await session.close()


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(0, 12), st.lists(st.sampled_from("xyz"), max_size=5))
def test_lines_put_in_move_a_line_and_nothing_else(lines: list[str], at: int, more: list[str]) -> None:
    at = min(at, len(lines))
    unique = [f"{line}{number}" for number, line in enumerate(lines)]
    today = unique[:at] + more + unique[at:]
    for number, line in enumerate(unique, 1):
        assert mapped(unique, today, number) == (today.index(line) + 1, True)


def test_a_line_that_was_taken_out_stands_nowhere() -> None:
    assert mapped(["a", "b", "c"], ["a", "c"], 2) == (0, False)
    assert hunk_line("@@ -1 +1 @@\n+b", ["a", "c"], 1) == (0, False)


def test_a_line_that_was_moved_out_of_a_block_is_found_and_said_to_have_changed() -> None:
    before = [
        "def refresh(key):",
        "    with lock:",
        "        old = take(key)",
        "        new = issue(old)",
        "        return new",
    ]
    today = ["def refresh(key):", '    """Once."""', "    old = look(key)", "    new = issue(old)", "    return new"]
    assert mapped(before, today, 4) == (4, False)
    assert hunk_line("@@ -1 +1,4 @@\n+        new = issue(old)", today, 1) == (4, False)
    assert hunk_line("@@ -1 +1,4 @@\n+    new = issue(old)", [*before, *today], 1) == (9, True), "as it was goes first"
