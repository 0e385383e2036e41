"""The cases on this machine: listed latest first from an index that may be lost, found by the beginning of an id."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench.case.codec import encode
from workbench.case.enums import GateStatus
from workbench.case.events import Event, new_event
from workbench.case.fold import fold
from workbench.case.model import GateResult
from workbench.case.plan import Plan
from workbench.case.state import CaseState
from workbench.engine.store.library import CaseNotFoundError, Library

BEGIN = datetime(2024, 5, 1, tzinfo=UTC)


def begin(library: Library, case: str, question: str, hours: int = 0) -> list[Event]:
    at = BEGIN + timedelta(hours=hours)
    opened = {"case": case, "repo": f"/srv/{case}", "tree": "t1"}
    return append(
        library,
        case,
        new_event("case.opened", "ann", opened, at=at),
        new_event("case.question", "ann", {"question": question}, at=at),
    )


def append(library: Library, case: str, *events: Event) -> list[Event]:
    store = library.store(case)
    try:
        return store.append(events)
    finally:
        store.close()


def listed(library: Library) -> list[str]:
    return [card.question for card in library.cards()]


def test_cases_are_listed_latest_first(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert library.cards() == []
    begin(library, "a", "first", hours=0)
    begin(library, "b", "third", hours=2)
    begin(library, "c", "second", hours=1)
    assert listed(library) == ["third", "second", "first"]
    assert [card.id for card in library.cards(limit=2)] == ["b", "c"]
    card = library.cards()[0]
    assert (card.repo, card.opened, card.touched) == ("/srv/b", BEGIN + timedelta(hours=2), BEGIN + timedelta(hours=2))
    assert (card.phase, card.verdict, card.problem) == ("investigate", "", "")
    assert card.id in json.dumps(encode(card))


def test_a_card_follows_its_case(tmp_path: Path) -> None:
    library = Library(tmp_path)
    begin(library, "a", "first")
    assert listed(library) == ["first"]
    gate = GateResult("tests", "tests", GateStatus.PASS, "all pass", tree="t1", examined=3)
    later = BEGIN + timedelta(days=1)
    append(library, "a", new_event("gate.finished", "ann", {"gate": encode(gate)}, at=later))
    (card,) = library.cards()
    assert (card.phase, card.verdict, card.touched) == ("validate", "inconclusive", later), "others were not run"
    append(library, "a", new_event("plan.made", "ann", {"plan": encode(Plan("t1", "b", "ready"))}, at=later))
    assert library.cards()[0].verdict == "ready"


def test_losing_the_index_loses_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path)
    begin(library, "a", "first")
    before = library.cards()
    index = tmp_path / "cases.sqlite"
    index.unlink()
    assert library.cards() == before
    index.write_bytes(b"rubbish that is no database at all " * 40)
    assert library.cards() == before
    assert index.read_bytes().startswith(b"SQLite format")


def test_a_card_can_be_written_without_reading_the_case(tmp_path: Path) -> None:
    library = Library(tmp_path)
    state = replace(fold(CaseState(), begin(library, "a", "first")), question="asked anew")
    library.touch(state)
    assert listed(library) == ["asked anew"]
    (card,) = library.cards()
    assert datetime.now(UTC) - card.touched < timedelta(minutes=1)


def test_a_case_that_cannot_be_read_is_listed_with_the_reason_and_hides_no_other(tmp_path: Path) -> None:
    library = Library(tmp_path)
    begin(library, "a", "first")
    begin(library, "newer", "second")
    append(library, "newer", replace(new_event("note.added", "ann", {"text": "x"}), v=99))
    (tmp_path / "cases" / "broken.sqlite").write_bytes(b"rubbish that is no database at all " * 40)
    (tmp_path / "cases" / "begun.sqlite").touch()
    cards = {card.id: card for card in library.cards()}
    assert set(cards) == {"a", "newer", "broken"}
    assert "not a case" in cards["broken"].problem
    assert "newer workbench" in cards["newer"].problem
    assert (cards["a"].problem, cards["newer"].question) == ("", "second")


def test_a_case_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    library = Library(tmp_path)
    for case in ("20240501-aa", "20240501-ab", "20240502-aa", "20240502-aab"):
        begin(library, case, "q")
    assert library.find("20240501-ab") == "20240501-ab"
    assert library.find("20240502-aa") == "20240502-aa", "a whole id is no prefix of another"
    with pytest.raises(CaseNotFoundError, match="could be any of 20240501-aa, 20240501-ab"):
        library.find("20240501")
    for nothing in ("2025", "../20240501-aa", "*"):
        with pytest.raises(CaseNotFoundError, match="there is no case"):
            library.find(nothing)
    assert library.new_id() not in {"20240501-aa", library.new_id()}


def test_odd_names_do_not_break_the_list(tmp_path: Path) -> None:
    library = Library(tmp_path)
    odd = os.fsdecode(b"caf\xe9 [red]\x1b[31m\n")
    begin(library, "a", odd)
    assert listed(library) == [odd]
    assert listed(library) == [odd]
