"""People split and merge errors: journaled, undone, told, and with figures that still sum up."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench.case.code import Check
from workbench.case.codec import encode
from workbench.case.enums import CheckStatus, Trend
from workbench.case.events import new_event
from workbench.case.grouping import Grouping, Regroup, grouping_data, regrouped
from workbench.case.logs import LogError, Variant
from workbench.case.state import Report
from workbench.cli.main import main
from workbench.engine.store.journal import Journal
from workbench.engine.store.library import Library

AT = datetime(2026, 1, 1, tzinfo=UTC)
PATHS = (Variant("handle → line_total", 60), Variant("import_rows → line_total", 20))
CART = LogError("eaaa", "KeyError", "'sku1'", Trend.AS_ALWAYS, 80, 0.8, "100 error records", first_seen=AT, users=4)
CART = replace(CART, variants=PATHS, fingerprint="aaa", sparkline=(40, 40), why="same type and place")
BASKET = LogError("ebbb", "LookupError", "no sku", Trend.NEW, 20, 0.2, "100 error records", users=2)
BASKET = replace(BASKET, fingerprint="bbb", sparkline=(0, 20), first_seen=AT + timedelta(hours=1))


def test_two_that_are_one_have_the_figures_of_both() -> None:
    (one,) = regrouped((CART, BASKET), [Grouping(Regroup.MERGE, ("aaa", "bbb"), by="ann", reason="one bug")])
    assert (one.count, one.share, one.trend, one.sparkline) == (100, 1.0, Trend.NEW, (40, 60))
    assert one.first_seen == AT
    assert one.users is None, "distinct users of both cannot be told from two numbers"
    assert one.why == "put together by ann (one bug): KeyError and LookupError"


def test_one_that_is_two_shares_its_events() -> None:
    judged = Grouping(Regroup.SPLIT, ("aaa",), PATHS[1].label, by="ann")
    rest, other, apart = regrouped((CART, BASKET), [judged])
    assert (rest.count, apart.count, other) == (60, 20, BASKET)
    assert rest.share + apart.share + other.share == pytest.approx(1)
    assert [variant.label for variant in apart.variants] == [PATHS[1].label]
    assert regrouped((CART, BASKET), [judged, Grouping(Regroup.MERGE, ("aaa", apart.fingerprint))])[0].count == 80


def test_a_judgement_of_what_is_not_there_changes_nothing() -> None:
    gone = [Grouping(Regroup.MERGE, ("aaa", "zzz")), Grouping(Regroup.SPLIT, ("aaa",), "no such path")]
    assert regrouped((CART, BASKET), gone) == (CART, BASKET)
    with pytest.raises(ValueError, match="two errors"):
        grouping_data(Regroup.MERGE, [CART])
    with pytest.raises(ValueError, match="variants"):
        grouping_data(Regroup.SPLIT, [BASKET], "x")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A data folder with one case in which the logs analyzer found two errors."""
    library = Library(tmp_path)

    async def write() -> None:
        journal = await Journal.open(lambda: library.store("20260101-aaaaaa"))
        report = Report("read", errors=(CART, BASKET))
        await journal.append(
            new_event("case.opened", "ann", {"case": "20260101-aaaaaa", "repo": "/r"}),
            new_event("analysis.started", "ann", {"analyzer": "logs"}, "r1"),
            new_event("analysis.reported", "ann", {"report": encode(report)}, "r1"),
            new_event("analysis.finished", "ann", {"check": encode(Check("logs", CheckStatus.DONE, "read"))}, "r1"),
        )
        await journal.close()

    asyncio.run(write())
    return tmp_path


def test_on_the_command_line_it_is_journaled_told_and_undone(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["errors", "--store", str(store)]
    assert main([*common, "--why", "eaaa"]) == 0
    said = capsys.readouterr().out
    assert "same type and place" in said
    assert "variant 2: 20  import_rows → line_total" in said
    assert main([*common, "--merge", "eaaa", "ebbb", "--reason", "one bug", "--format", "json"]) == 0
    assert [error["count"] for error in json.loads(capsys.readouterr().out)["errors"]] == [100]
    state = Library(store).read("20260101-aaaaaa")
    assert [(each.action, each.reason) for each in state.groupings] == [(Regroup.MERGE, "one bug")]
    assert state.timeline[-1].text == "errors put together: KeyError + LookupError"
    assert main([*common, "--undo", "eaaa"]) == 0
    assert main([*common, "--split", "eaaa", "--variant", "2", "--format", "csv"]) == 0
    out = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(out[out.index("id,") :])))
    assert sorted(int(row["count"]) for row in rows) == [20, 20, 60]
    assert main([*common, "--split", "eaaa", "--variant", "9"]) == 2
    assert main([*common, "--merge", "eaaa", "nothing"]) == 2
    assert main([*common, "--readonly", "--undo", "eaaa"]) == 3
