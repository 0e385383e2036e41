"""Fixers propose, each in a worktree of its own: tested there, compared, taken in part, rejected with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.fixers import installed
from tests.scenarios.project import RIGHT, SHOP, quick, session_on
from workbench.engine.file_states import RefusedError
from workbench.engine.proposals.asking import NothingToFixError
from workbench.engine.proposals.offering import offer
from workbench.engine.proposals.taking import judged, needed_for_green, take

TEST = "test_shop.py::test_total"


async def test_proposals_are_tested_compared_and_only_those_that_help_are_offered(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    fixers = installed(monkeypatch)
    repo = make_repo(SHOP)
    before = repo.git("status", "--porcelain", "--ignored")
    async with session_on(repo) as session:
        offered = await offer(session.services, TEST)
        by = {each.fixer: each for each in offered.proposals}
        assert list(by) == ["good", "loud", "cheat", "breaks"], "best first: green, unsuspected, small"
        assert {tested.name: tested.outcome for tested in by["good"].tests} == {
            "test": "green",
            "affected": "green",
            "suite": "green",
        }
        assert by["breaks"].tests[-1].outcome == "red"
        assert "test_shop.py::test_label" in by["breaks"].tests[-1].reason
        assert (by["good"].added, by["good"].removed, by["good"].paths) == (1, 1, ("shop.py",))
        assert not by["good"].tamper
        assert "assertion loosened at test_shop.py" in by["cheat"].tamper[0]
        assert by["cheat"].denied
        assert "broken: failed: RuntimeError: out of order" in offered.said
        assert "1 other change left the test red" in offered.said
        assert repo.git("status", "--porcelain", "--ignored") == before, "the user's tree was not touched"
        assert set(session.state.proposals) == {each.id for each in offered.proposals}, "they are in the record"

        with pytest.raises(RefusedError, match="choose the hunks by hand"):
            await take(session.services, session.change, by["cheat"])
        assert (repo.path / "test_shop.py").read_text() == SHOP["test_shop.py"]

        known, found = await needed_for_green(session.services, by["loud"])
        assert (known.needed, found.of, found.minimal) == (("shop.py:5",), 3, True)
        assert session.state.proposals[known.id].needed == known.needed

        await judged(session.services, by["loud"], "rejected", "leave the words alone")
        await offer(session.services, TEST, ["loud"])
        assert fixers["loud"].told == ("leave the words alone",)

        record = await take(session.services, session.change, by["good"])
        assert (repo.path / "shop.py").read_text() == RIGHT
        assert session.state.proposals[by["good"].id].state == "applied"
        await session.change.undo(record)
        assert (repo.path / "shop.py").read_text() == SHOP["shop.py"]
        await session.idle()


async def test_a_test_that_passes_or_is_not_there_is_nothing_to_fix(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    installed(monkeypatch)
    async with session_on(make_repo(SHOP)) as session:
        with pytest.raises(NothingToFixError, match="passes already"):
            await offer(session.services, "test_shop.py::test_label")
        with pytest.raises(NothingToFixError, match="test_none"):
            await offer(session.services, "test_shop.py::test_none")
        with pytest.raises(NothingToFixError, match="no finding, error or change F1"):
            await offer(session.services, "F1")
