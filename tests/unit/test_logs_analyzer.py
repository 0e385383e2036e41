"""The analyzer in an investigation: a sample first, then the exact reading; frames lead to the checkout."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from workbench_logs.chunks import Asked, Source, say, survey_file

from tests.conftest import RepoBuilder
from tests.unit.test_logs_cli import shop_log
from workbench.api import Feed, FeedFile, Host, Known, Report, Step, Subject
from workbench.case.enums import CheckStatus, PluginKind, Trend
from workbench.case.model import Check
from workbench.engine.analyze import AnalyzerJob, run_analyzer
from workbench.engine.investigation import Question, subject_of
from workbench.engine.options import from_arguments
from workbench.engine.plugins import Registered
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


def test_a_sample_claims_of_nothing_that_it_was_always_there(tmp_path: Path) -> None:
    """Where reading ends early its word stands: an error that is new must not have been folded away by it."""
    path = shop_log(tmp_path / "app.log")
    (file,) = survey_file(FeedFile(str(path)), str(path), str(tmp_path))
    sources = [Source(Feed(str(path), (FeedFile(str(path)),)), (file.table,), (), ())]
    trends = {}
    for provisional in (True, False):
        report, _ = say(sources, Asked("KeyError", None, str(tmp_path), ()), provisional)
        trends[provisional] = [(error.trend, error.of) for error in report.errors]
    assert trends == {
        True: [(Trend.UNKNOWN, "10 error records of the sample")],
        False: [(Trend.AS_ALWAYS, "10 error records")],
    }


async def analyzed(repo: RepoBuilder, tmp_path: Path, analyzer: type, limit: float) -> Check:
    """The check of ``analyzer`` run with this limit in seconds."""
    session = await Session.open(repo.path, from_arguments(Namespace(store=str(tmp_path / "store"))))
    try:
        plugin = Registered("own", PluginKind.ANALYZER, "", "", "", "", (), (), analyzer)
        services = session.services
        job = AnalyzerJob(plugin, subject_of(session.state, repo.path, {}, ()), lambda work: None, limit)
        return await run_analyzer(job, services.work, services.journal)
    finally:
        await session.close()


class Sampling:
    """Says what a sample says, and is never done."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        yield Known((Report(provisional=True),))
        await asyncio.Event().wait()

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        raise AssertionError


async def test_what_is_stopped_says_its_limit_and_that_a_sample_is_what_stays(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    check = await analyzed(repo, tmp_path, Sampling, 0.2)
    assert check.summary == "stopped: its limit of 0.2 s without a result; what a sample said stays"


class Steady:
    """Takes longer than its limit, and always comes on."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        for _ in range(6):
            await asyncio.sleep(0.3)
            yield Known(())

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        return Report(summary="all of it")


async def test_what_comes_on_is_not_stopped_however_long_it_takes(repo: RepoBuilder, tmp_path: Path) -> None:
    check = await analyzed(repo, tmp_path, Steady, 1.5)
    assert check.summary == "all of it"
    assert check.seconds > 1.5
