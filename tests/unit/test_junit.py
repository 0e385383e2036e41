"""JUnit XML, as node, Maven and pytest wrote it, becomes the events of a run, with the line that failed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_languages import read
from workbench.analysis.junit import JUnitError, JUnitReader, read_junit
from workbench.analysis.testruns import Ended
from workbench.api import TestRequest
from workbench.case.enums import RunStatus, TestOutcome
from workbench.engine.described.junit import JUnitEvents
from workbench.engine.described.runner import CommandRunner, Described

DATA = Path(__file__).parents[1] / "data" / "runners"


@pytest.mark.parametrize(
    ("file", "source", "failing", "message", "line", "others"),
    [
        ("node.xml", "test/price.test.js", "total::counts the quantity", "Expected values to be strictly equal", 11,
         ["passed", "skipped"]),
        ("surefire.xml", "src/test/java/shop/PriceTest.java", "shop.PriceTest::countsTheQuantity",
         "expected: <6> but was: <2>", 16, ["passed", "skipped"]),
        ("pytest.xml", "test_x.py", "test_x.TestA::test_b[2]", "assert 2 == 1", 6, ["error", "passed", "skipped"]),
    ],
    ids=("node", "surefire", "pytest"),
)  # fmt: skip
def test_outcomes_messages_and_failing_lines(
    tmp_path: Path, file: str, source: str, failing: str, message: str, line: int, others: list[str]
) -> None:
    (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / source).write_text("\n" * 20)
    data = (DATA / file).read_bytes().replace(b"/srv/shop", str(tmp_path).encode())
    tracker = read(JUnitEvents(str(tmp_path)), data)
    assert tracker.close(Ended(1))[0] is RunStatus.FAILED
    bad = tracker.results[failing]
    assert (bad.outcome, bad.path, bad.line) == (TestOutcome.FAILED, source, line)
    assert message in bad.message
    assert sorted(each.outcome.value for each in tracker.results.values() if each is not bad) == others
    assert {case.id for case in read_junit(data)} == set(tracker.results)


def test_a_document_that_is_cut_is_no_result() -> None:
    data = (DATA / "node.xml").read_bytes()
    tracker = read(JUnitEvents("/srv/shop"), data[: len(data) // 2])
    assert tracker.close(Ended(1, stderr="killed"))[0] is RunStatus.ERROR
    with pytest.raises(JUnitError, match="whole"):
        read_junit(data[:400])
    with pytest.raises(JUnitError, match="<html>"):
        read_junit(b"<html></html>")


def test_what_is_said_around_the_document_is_passed_over() -> None:
    data = b"> npm test\n\n" + (DATA / "node.xml").read_bytes() + b"\nnpm ERR! code 1\n"
    assert len(read(JUnitEvents("/srv/shop"), data).results) == 3


def test_several_documents_one_after_the_other() -> None:
    both = (DATA / "pytest.xml").read_bytes() + b"\n" + (DATA / "node.xml").read_bytes()
    assert len(read(JUnitEvents("/srv/shop"), both).results) == 7


@given(st.sampled_from(["node.xml", "surefire.xml"]), st.lists(st.integers(0, 4000), max_size=8).map(sorted))
def test_the_pieces_in_which_it_comes_do_not_matter(file: str, cuts: list[int]) -> None:
    text = (DATA / file).read_bytes()
    reader, cases = JUnitReader(), []
    for start, end in pairwise([0, *cuts, len(text)]):
        cases += reader.feed(text[start:end])
    assert reader.whole
    assert tuple(cases) == read_junit(text)


def test_tests_are_selected_by_the_words_of_the_description() -> None:
    def argv(each: str, *command: str) -> tuple[str, ...]:
        tests = ("src/a.test.js::total::adds {up}", "shop.PriceTest::b")
        described = Described("mine", command, each=each)
        return CommandRunner(described).command(TestRequest("/r", "", "/run/events", tests=tests)).argv

    assert argv("{class}#{name}", "mvn", "-Dtest={tests}") == ("mvn", "-Dtest=total#adds {up},shop.PriceTest#b")
    assert argv("--only={name}", "t", "{tests}", "{root}") == ("t", "--only=adds {up}", "--only=b", "/r")
    all_of_them = CommandRunner(Described("mine", ("mvn", "-Dtest={tests}", "test"))).command(
        TestRequest("/r", "", "e")
    )
    assert all_of_them.argv == ("mvn", "test")


def test_a_program_that_cannot_be_told_what_to_run_is_heard_on_the_selected_alone() -> None:
    runner = CommandRunner(Described("mine", ("sh", "t.sh"), output="jsonl"))
    lines = b'{"id": "a", "outcome": "passed"}\nnoise\n{"id": "b", "outcome": "failed", "message": "no", "line": 3}\n'
    tracker = read(runner.reader(TestRequest("/r", "", "e", tests=("b",))), lines)
    assert [(each.id, each.outcome, each.message) for each in tracker.results.values()] == [
        ("b", TestOutcome.FAILED, "no")
    ]


def test_reports_are_read_that_were_written_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.xml").write_bytes((DATA / "pytest.xml").read_bytes())
    runner = CommandRunner(Described("mine", ("mvn", "test"), reports="out/*.xml"))
    reader = runner.reader(TestRequest(str(tmp_path), "", "e"))
    (tmp_path / "out" / "new.xml").write_bytes((DATA / "surefire.xml").read_bytes())
    assert set(read(reader, b"").results) == {
        f"shop.PriceTest::{name}" for name in ("addsUp", "countsTheQuantity", "knowsCurrencies")
    }
