"""An index that a worker finds damaged in the middle of an investigation is built anew in the same run."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from workbench.case.enums import CheckStatus
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.plugins import Plugins
from workbench.engine.session import Session

FILES = 120


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    monkeypatch.setattr(Plugins, "of", lambda self, kind: ())
    builder = RepoBuilder(tmp_path / "repo")
    for number in range(FILES):
        words = "".join(f"def part_{number}_{at}():\n    return some_word_{number}_{at}\n" for at in range(20))
        builder.write(f"shop/part{number}.py", words)
    builder.commit("shop")
    return builder


async def ask(session: Session) -> tuple[str, CheckStatus, str]:
    """The best place for the question, and what the check line of the index says."""
    await session.investigate(Question("part_7_3 returns the wrong word"))
    (check,) = (check for check in session.views.checks if check.analyzer == "index")
    best = session.views.ranking.files[0].path if session.views.ranking.files else ""
    return best, check.status, check.summary


def damage(session: Session) -> None:
    """Overwrite what lies between the first pages and the last."""
    path = Path(session._index.path)
    assert path.stat().st_size > 100_000
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * (path.stat().st_size - 16_384))


async def test_what_a_worker_finds_damaged_is_built_anew_in_the_same_run(repo: RepoBuilder, tmp_path: Path) -> None:
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"), jobs=1)))
    try:
        best, status, summary = await ask(session)
        assert (best, status) == ("shop/part7.py", CheckStatus.DONE)
        assert f"{FILES} read anew" in summary

        damage(session)
        best, status, summary = await ask(session)
        assert (best, status) == ("shop/part7.py", CheckStatus.DONE)
        assert f"{FILES} read anew" in summary
        assert "the index was damaged; it is built anew" in summary
    finally:
        await session.close()


async def test_what_the_ranking_finds_damaged_is_built_anew_too(repo: RepoBuilder, tmp_path: Path) -> None:
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"), jobs=1)))
    try:
        await ask(session)
        damage(session)
        session._index.request()
        await session._index.settled()
        await session.idle()
        (check,) = (check for check in session.views.checks if check.analyzer == "index")
        assert (check.status, session.views.ranking.files[0].path) == (CheckStatus.DONE, "shop/part7.py")
        assert "built anew" in check.summary
    finally:
        await session.close()
