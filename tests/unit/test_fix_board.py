"""The board of tests and the tree made of it: counts, what is stale, worst first, only what changed made anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from workbench_fix.test_tree import Group, Leaf, TestTree
from workbench_kit.line import text_of
from workbench_kit.tree_list import Node

from workbench.analysis.testruns import BAD, Tracker
from workbench.api import TestEvent
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.engine.board import Board
from workbench.engine.pace import Stopwatch
from workbench.engine.runs import MANY, bounded

FAILED, PASSED, NOT_RUN = TestOutcome.FAILED, TestOutcome.PASSED, TestOutcome.NOT_RUN


def board_of(*results: tuple[str, TestOutcome], tree: str = "t1") -> Board:
    board = Board()
    for test, outcome in results:
        board.put(TestResult(test, outcome, 0.5), tree)
    return board


def shown(maker: TestTree, nodes: list[Node], depth: int = 0) -> list[str]:
    lines = []
    for node in nodes:
        line = maker.line(node.value, 60)
        lines.append("  " * depth + text_of((*line.body, ("  ", ""), *line.right)).rstrip())
        lines += shown(maker, list(node.children), depth + 1)
    return lines


RESULTS = st.tuples(
    st.sampled_from(["a.py::t1", "a.py::t2", "a.py::C::t", "b.py::t[1]", "b.py"]),
    st.sampled_from([FAILED, PASSED, NOT_RUN, TestOutcome.SKIPPED, TestOutcome.ERROR]),
    st.sampled_from(["x", "y", ""]),
)


@settings(max_examples=60)
@given(st.lists(st.one_of(RESULTS, st.sampled_from(["a.py::t1", "b.py", "a.py"])), max_size=25))
def test_what_is_counted_is_what_is_there(story: list[tuple[str, TestOutcome, str] | str]) -> None:
    board = Board()
    for step in story:
        if isinstance(step, str):
            board.drop(board.known(step))
        else:
            board.put(TestResult(step[0], step[1]), step[2])
    standings = [each for tests in board.files.values() for each in tests.values()]
    ran = [each for each in standings if each.result.outcome is not NOT_RUN]
    assert len(board) == len(standings)
    assert board.passed == sum(each.result.outcome is PASSED for each in standings)
    assert {each.id for each in board.bad} == {each.result.id for each in standings if each.result.outcome in BAD}
    assert board.failed == len(board.bad)
    assert board.stale("x") == sum(each.tree != "x" for each in ran)
    assert set(board.due("x")) == {e.result.id for e in standings if e.tree != "x" or e.result.outcome is NOT_RUN}


def test_what_a_prefix_selects() -> None:
    board = board_of(("a.py::t", PASSED), ("a.py::t2", PASSED), ("a.py::t[1]", PASSED), ("a.py::C::t", PASSED))
    assert board.known("a.py::t") == ["a.py::t", "a.py::t[1]"]
    assert board.known("a.py::C") == ["a.py::C::t"]
    assert len(board.known("a.py")) == len(board.known()) == 4


def test_what_ended_its_process_does_not_run_again_with_what_it_kept_from_running() -> None:
    board = board_of(
        ("a.py::t1", TestOutcome.CRASHED), ("a.py::t2", NOT_RUN), ("b.py::t", NOT_RUN), ("b.py::u", PASSED)
    )
    assert board.going_on(board.due("t1")) == ["a.py::t2", "b.py"]


def test_the_tree_goes_by_file_class_test_and_parameter_worst_first() -> None:
    board = board_of(
        ("a.py::test_ok", PASSED),
        ("z.py::test_ok", PASSED),
        ("z.py::TestIt::test_p[1]", PASSED),
        ("z.py::TestIt::test_p[a::b]", FAILED),
        ("z.py::test_later", NOT_RUN),
    )
    maker = TestTree()
    assert shown(maker, maker.make(board, "t1", lambda file: True)) == [
        "✘1 ✔2 ○1  z.py",
        "  TestIt  ✘1 ✔1",
        "    test_p  ✘1 ✔1",
        "      ✘ [a::b]   0.50 s",
        "      ✔ [1]   0.50 s",
        "  ✔ test_ok   0.50 s",
        "  ○ test_later  not run",
        "✔1        a.py",
        "  ✔ test_ok   0.50 s",
    ]


def test_a_file_that_is_all_stale_says_so_once_and_a_mixed_one_test_by_test() -> None:
    board = board_of(("a.py::one", PASSED), ("a.py::two", FAILED))
    maker = TestTree()
    assert shown(maker, maker.make(board, "t2", lambda file: True)) == [
        "2 stale  a.py",
        "  ✘ two   0.50 s",
        "  ✔ one   0.50 s",
    ]
    board.put(TestResult("a.py::two", PASSED, 0.5), "t2")
    assert shown(maker, maker.make(board, "t2", lambda file: True)) == [
        "✔2  a.py",
        "  ✔ one  stale   0.50 s",
        "  ✔ two   0.50 s",
    ]


def test_a_file_that_could_not_be_collected_is_a_row_that_can_be_run() -> None:
    board = board_of(("a.py", TestOutcome.COLLECTION_ERROR))
    node = TestTree().make(board, "t1", lambda file: True)[0]
    assert node.id == "a.py"
    (child,) = node.children
    assert child.id.removesuffix("::") == "a.py"
    assert isinstance(child.value, Leaf)


def test_only_files_that_changed_are_made_anew_and_folded_ones_hold_nothing() -> None:
    board = board_of(("a.py::one", PASSED), ("b.py::one", PASSED))
    maker = TestTree()
    before = maker.make(board, "t1", {"a.py"}.__contains__)
    board.put(TestResult("b.py::one", FAILED, 0.5), "t1")
    after = {node.id: node for node in maker.make(board, "t1", {"a.py"}.__contains__)}
    assert after["a.py"] is before[0]
    assert after["b.py"] is not before[1]
    assert [child.id for child in after["b.py"].children] == [""], "a stub: nothing below is made"
    board.begin("a.py::one")
    again = {node.id: node for node in maker.make(board, "t1", {"a.py"}.__contains__)}
    group = again["a.py"].value
    assert isinstance(group, Group)
    assert group.counts == (("◐1", "accent"),)


def test_a_run_with_very_many_failures_is_journaled_with_the_texts_of_the_first() -> None:
    failed = tuple(TestResult(f"a.py::t{n}", FAILED, 0.1, "no", traceback="long") for n in range(MANY + 5))
    kept = bounded(TestRun("r", "t1", "e", RunStatus.FAILED, 1.0, failed)).results
    assert [bool(each.traceback) for each in kept] == [True] * MANY + [False] * 5
    assert all(each.message == "no" for each in kept)


def test_a_test_whose_teardown_fails_is_told_from_one_whose_set_up_does() -> None:
    tracker = Tracker()
    for when, phases in (("setup", ("setup",)), ("teardown", ("setup", "call", "teardown"))):
        for phase in phases:
            outcome = FAILED if phase == when else PASSED
            tracker.feed(TestEvent("phase", id=f"a.py::{when}", when=phase, outcome=outcome))
    maker, board = TestTree(), board_of(*((result.id, result.outcome) for result in tracker.results.values()))
    assert board.failed == 2
    assert shown(maker, maker.make(board, "t1", lambda file: True)) == [
        "✘2  a.py",
        "  ✘ setup  error in set-up   0.50 s",
        "  ✘ teardown  error in teardown   0.50 s",
    ]


def test_a_test_that_a_save_ran_twice_counts_once() -> None:
    stopwatch = Stopwatch()
    stopwatch.saved()
    stopwatch.begin()
    stopwatch.result()
    stopwatch.ran(["a"])
    stopwatch.ran(["a", "b"])
    assert stopwatch.pace is not None
    assert stopwatch.pace.tests == 2
