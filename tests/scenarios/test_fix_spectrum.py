"""A run with failures says where the fault may be: a signal of the ranking, and who enters what beside the code."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Callable

import pytest
from workbench_investigate.code import entered

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session


async def test_failing_tests_raise_what_they_alone_enter_until_they_pass(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    repo = make_repo(SHOP)
    repo.commit()
    options = from_arguments(Namespace(store=str(repo.path.parent / "data"), jobs=1, trust=True))
    session = await Session.open(repo.path, options)
    try:
        await session.investigate(Question("something is wrong"))
        await session.tests.start().wait()
        await session.idle()
        (top, *_) = session.views.ranking.symbols
        assert (top.path, top.qualname) == ("shop.py", "total")
        (signal,) = [signal for signal in top.signals if signal.name == "spectrum"]
        assert signal.detail == "1 of 1 failing and 0 of 3 passing tests enter it (Ochiai 1.00)"
        assert signal.evidence == (session.state.test_runs[-1].id,)
        marks = {(mark.line, mark.end_line): mark.tone for mark in entered(session.views, "shop.py")}
        assert marks == {(4, 5): "error", (8, 9): "success"}

        repo.write("shop.py", RIGHT)
        await session.tests.start().wait()
        await session.idle()
        assert not [s for spot in session.views.ranking.symbols for s in spot.signals if s.name == "spectrum"]
        assert {mark.tone for mark in entered(session.views, "shop.py")} == {"success"}
    finally:
        await session.close()
        await asyncio.sleep(0)
