"""An agent is asked in pane 1: its claims are marked so, and count by what the workbench finds at their places."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import SHOP, opened
from tests.scenarios.test_fix_agents import configure, described, transcript
from tests.scenarios.test_fix_revert import told
from workbench.analysis.claims import claimed
from workbench.case.enums import CauseClass, Severity
from workbench.case.model import Finding
from workbench.case.state import Report

CLAIMS = [
    {
        "statement": "The first price is skipped",
        "class": "code",
        "places": [{"path": "shop.py", "line": 5, "text": "return sum(prices[1:])"}],
    },
    {
        "statement": "The database is slow",
        "class": "capacity",
        "places": [
            {"path": "db.py", "line": 1},
            {"path": "shop.py", "line": 500},
            {"path": "shop.py", "line": 9, "text": "x"},
        ],
    },
    {"nonsense": True},
]
SLICE = Finding("f1", "shop.py", 5, 5, "S1", "a slice", Severity.WARNING, "ruff", "fp")


async def test_claims_are_marked_and_only_what_is_verified_counts(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    configure(repo, monkeypatch, claims=described("claims", json.dumps(CLAIMS)), dies=described("dies"))
    async with opened(repo) as driver:
        await told(driver.session, "ruff", Report("looked", findings=(SLICE,)))
        await driver.press("1")
        driver.pane.do_investigate_agent()
        await driver.sees("Ask which agent for causes")
        await driver.press("enter")
        await driver.until(lambda: len(driver.session.state.causes) == 2, "the claims")
        await driver.settle()
        shown = driver.shown("causes")
        assert "claimed" in shown
        assert "· agen" in shown
        right, wrong = driver.session.views.causes
        assert (right.statement, right.cause_class, right.path, right.line) == (
            "The first price is skipped",
            CauseClass.CODE,
            "shop.py",
            5,
        )
        assert [each.text for each in right.supporting] == ["S1 at shop.py:5"]
        assert right.confidence > 0.5 > wrong.confidence
        assert [each.text for each in wrong.against] == [
            "cites db.py, which is not there",
            "cites line 500 of shop.py, which has 9",
            "shop.py:9 reads otherwise than it says",
        ]
        assert right.status == wrong.status == "proposed", "nothing is supported because somebody says so"
        assert (repo.path / "shop.py").read_text() == SHOP["shop.py"], "it wrote into a copy"
        assert "Question: the total is wrong" in await transcript(driver.session)

        driver.pane.do_investigate_agent()
        await driver.sees("Ask which agent for causes")
        await driver.press("down", "enter")
        await driver.sees("out of credit")
        assert len(driver.session.state.causes) == 2


def test_a_place_that_is_there_alone_says_nothing() -> None:
    made = claimed("a", "x", CauseClass.CODE, [("a.py", 1, "one")], {"a.py": ["one"]}, Report())
    assert (made.confidence, made.supporting, made.against) == (0.5, (), ())
    assert claimed("a", "x", CauseClass.CODE, [], {}, Report()).next_check.startswith("claimed, not shown: it cites no")
