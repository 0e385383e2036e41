"""The analyzer in an investigation: a sample first, then the exact reading; frames lead to the checkout."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.unit.test_logs_cli import shop_log
from workbench.case.enums import CheckStatus, Trend
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

CART = "PRICES = {}\n\n\ndef line_total(sku, qty):\n    return PRICES[sku] * qty\n"


@pytest.fixture
def repo(tmp_path: Path) -> RepoBuilder:
    builder = RepoBuilder(tmp_path / "repo")
    builder.write("shop/cart.py", CART)
    builder.write("shop/web.py", 'import logging\n\nlogging.info("request %s served in %d ms", 1, 2)\n')
    builder.commit("shop")
    return builder


async def investigate(repo: RepoBuilder, tmp_path: Path, *sources: str) -> Session:
    """A session that has asked its question."""
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"))))
    await session.investigate(Question("KeyError in the cart", tuple(sources)))
    return session


async def test_errors_lead_to_the_checkout_and_the_sample_gives_way(repo: RepoBuilder, tmp_path: Path) -> None:
    session = await investigate(repo, tmp_path, str(shop_log(tmp_path / "app.log")))
    views = session.views
    try:
        assert [(error.type, error.count, error.trend) for error in views.errors] == [("KeyError", 10, Trend.AS_ALWAYS)]
        place = views.errors[0].place
        assert place is not None
        assert (place.path, place.line, place.function) == ("shop/cart.py", 5, "line_total")
        assert sorted((pattern.count, pattern.path) for pattern in views.patterns) == [(10, ""), (60, "shop/web.py")]
        assert [(source.records, source.denied) for source in views.sources] == [(70, ())]
        assert not any("sampled" in note for note in views.sources[0].notes)
        check = next(check for check in views.checks if check.analyzer == "logs")
        assert check.status is CheckStatus.DONE
        assert check.summary.startswith("70 records: 1 error, 2 patterns")
    finally:
        await session.close()
    assert not list((from_arguments(Namespace()).cache / "spools").glob("*/*"))


async def test_a_source_that_needs_trust_or_fails_is_said_and_stops_nothing(repo: RepoBuilder, tmp_path: Path) -> None:
    log = shop_log(tmp_path / "app.log")
    session = await investigate(repo, tmp_path, f"cmd:cat {log}", str(tmp_path / "missing.log"), str(log))
    try:
        denied = [source.denied for source in session.views.sources]
        assert "before you trust" in denied[0][0]
        assert "no such file" in denied[1][0]
        assert denied[2] == ()
        assert session.views.errors[0].count == 10
    finally:
        await session.close()


async def test_no_source_is_said_to_be_no_source(repo: RepoBuilder, tmp_path: Path) -> None:
    session = await investigate(repo, tmp_path)
    try:
        check = next(check for check in session.views.checks if check.analyzer == "logs")
        assert check.summary == "no log source was given, so no log was read"
    finally:
        await session.close()
