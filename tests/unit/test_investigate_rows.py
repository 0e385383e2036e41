"""What pane 1 makes of a case: rows, tree, evidence and annotations, as pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from workbench_investigate.code import heats, said
from workbench_investigate.flow import flow
from workbench_investigate.listing import checked, empty_texts, error_rows, errors_caption
from workbench_investigate.rows import Always, error_lines, trend_word
from workbench_investigate.selection import find, place_of, renewed
from workbench_investigate.tree import file_tree, hot_folders
from workbench_investigate.why import why
from workbench_kit.line import text_of
from workbench_kit.time_axis import marks

from workbench.case.code import Check
from workbench.case.enums import ChangeKind, CheckStatus, TriageState
from workbench.case.logs import Change, LogError
from workbench.case.model import Hotspot, MapEdge, MapNode, SourceFacts, Trend
from workbench.case.state import CaseState
from workbench.engine.views import Views, derive


def error(ident: str, trend: Trend, count: int = 1) -> LogError:
    return LogError(ident, f"Error{ident}", "", trend, count, count / 10, "10 errors")


def untouched(fingerprint: str) -> TriageState:
    return TriageState.UNTOUCHED


def test_what_was_always_there_is_one_row_until_it_is_opened() -> None:
    errors = [error("1", Trend.NEW), error("2", Trend.AS_ALWAYS), error("3", Trend.GONE)]
    folded = error_rows(errors, untouched, unfolded=False)
    assert [row.id for row in folded] == ["1", "as-always"]
    assert isinstance(folded[1], Always)
    assert [row.id for row in error_rows(errors, untouched, unfolded=True)] == ["1", "as-always", "2", "3"]
    assert "2 errors, 20.0 %" in text_of(error_lines(folded[1], 40)[0].body)
    mixed = Always((*folded[1].errors, replace(error("4", Trend.AS_ALWAYS, 3), of="5 failed requests")))
    assert "3 errors, n 5" in text_of(error_lines(mixed, 40)[0].body), "shares of different wholes make no sum"


def test_errors_without_a_place_in_the_code_are_told_apart_by_what_they_say() -> None:
    errors = [replace(error(str(at), Trend.NEW), type="HTTP 500", message=f"POST /{at}\nmore") for at in (1, 2)]
    below = [text_of(error_lines(row, 78)[1].body).strip() for row in error_rows(errors, untouched, unfolded=False)]
    assert below == ["POST /1", "POST /2"]
    (silent,) = error_rows([error("3", Trend.NEW)], untouched, unfolded=False)
    assert "no frame of this repository" in text_of(error_lines(silent, 78)[1].body)


def test_the_edge_names_what_the_shares_are_of() -> None:
    of_records, of_requests = error("1", Trend.NEW), replace(error("2", Trend.NEW), of="5 failed requests")
    alone = replace(of_requests, of="3 failed requests that no error record tells of")
    assert errors_caption((of_records, of_records)) == "of 10 errors"
    assert errors_caption((of_requests,)) == "of 5 failed requests"
    assert errors_caption((of_records, alone)) == "of 10 errors, 3 other failed requests"
    assert errors_caption((replace(of_records, of=""),)) == "1"
    assert not errors_caption(())


def test_a_risen_error_says_by_how_much() -> None:
    assert trend_word(LogError("1", "E", "", Trend.RISEN, 1, 0.1, "", factor=9.2))[0] == "▲ ×9"
    assert trend_word(LogError("1", "E", "", Trend.RISEN, 1, 0.1, "", factor=1.4))[0] == "▲ ×1.4"


def test_folders_are_as_hot_as_their_hottest_file_and_chains_are_one_row() -> None:
    spots = [Hotspot("a/b/c/hot.py", 8.0), Hotspot("z/cold.py", 2.0), Hotspot("top.py", 4.0)]
    roots = file_tree(spots)
    assert [(node.id, node.value.name, node.value.heat) for node in roots] == [
        ("a/b/c/", "a/b/c/", 1.0),
        ("top.py", "top.py", 0.5),
        ("z/", "z/", 0.25),
    ]
    assert [child.id for child in roots[0].children] == ["a/b/c/hot.py"]
    assert hot_folders(roots) == {"a/b/c/"}


def test_a_tree_of_nothing_is_empty() -> None:
    assert file_tree([]) == ()


def test_a_flow_that_calls_itself_ends() -> None:
    nodes = [MapNode("1", "GET /", "entry"), MapNode("2", "view", "function", "v.py", 3)]
    rows = flow(nodes, [MapEdge("1", "2", 4), MapEdge("2", "1", 1), MapEdge("2", "gone", 1)], "v.py")(40)
    assert [text_of((*row.line.body, *row.line.right)) for row in rows] == ["GET /", "└ viewseen 4×"]
    assert rows[1].path == "v.py"


def test_every_state_says_what_to_do_next() -> None:
    texts = empty_texts(CaseState(), Views())
    assert "L points at one" in texts["errors"]
    assert all(texts.values())
    assert checked(()) == ""


@pytest.mark.parametrize(
    ("status", "said"), [(CheckStatus.RUNNING, "causes are sought"), (CheckStatus.DONE, "no cause is proposed")]
)
def test_that_no_cause_is_known_is_said_once_all_was_looked_at(status: CheckStatus, said: str) -> None:
    views = Views(checks=(Check("logs", status, ""),))
    assert empty_texts(CaseState(), views)["causes"].startswith(said)


def test_a_log_that_could_not_be_read_is_not_one_without_errors() -> None:
    sources = (SourceFacts("missing.log", denied=("missing.log does not exist",)), SourceFacts("app.log", records=1))
    texts = empty_texts(CaseState(), Views(sources=sources))
    assert texts["errors"].startswith("no error in 1 record; missing.log does not exist. L shows")
    assert texts["log"] == "read: 1 record; L shows the log", "until it is there; of errors it says nothing"
    texts = empty_texts(CaseState(), Views(sources=sources[:1]))
    assert texts["errors"] == "no log was read; missing.log does not exist. L points at one"


def test_what_is_selected_leads_to_its_place() -> None:
    views = derive(CaseState(), Views().ranking)
    spot = find(views, "files", "a/b.py")
    assert spot == Hotspot("a/b.py", 0.0)
    assert place_of(spot, views).path == "a/b.py"
    assert find(views, "files", "a/") is None
    assert renewed(Hotspot("a/b.py", 3.0), views) == Hotspot("a/b.py", 0.0)
    assert said(views, "a/b.py") == []
    assert heats(views, "a/b.py") == []


def test_why_of_nothing_is_nothing() -> None:
    assert list(why(None)(40)) == []
    assert "nothing speaks for this file" in text_of(list(why(Hotspot("a.py", 0.0))(40))[-1].line.body)


def test_what_happens_at_a_moment_is_marked_on_the_axis_a_note_of_a_person_too() -> None:
    start = datetime(2026, 5, 12, 14, tzinfo=UTC)
    kinds = [ChangeKind.DEPLOY, ChangeKind.COMMIT, ChangeKind.NOTE, ChangeKind.DEPENDENCY, ChangeKind.MIGRATION]
    changes = [Change(f"c{n}", start + timedelta(minutes=n), kind, "x") for n, kind in enumerate(kinds, 1)]
    assert marks(changes, start, start + timedelta(minutes=10)) == (0.1, 0.3, 0.5)
    assert marks(changes[2:3], start, start + timedelta(minutes=2)) == (), "it came after what the logs cover"
