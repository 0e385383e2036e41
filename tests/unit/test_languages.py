"""Runners of other languages, on outputs as the tools wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench_languages.cargo import CargoRunner
from workbench_languages.go import GoRunner
from workbench_languages.javascript import JestRunner, VitestRunner

from workbench.analysis.testruns import Ended, Tracker
from workbench.api import EventReader, ReadingRunner, TestRequest
from workbench.case.enums import RunStatus, TestOutcome

DATA = Path(__file__).parents[1] / "data" / "runners"


def read(reader: EventReader, data: bytes) -> Tracker:
    tracker = Tracker()
    for line in data.split(b"\n"):
        for event in reader.line(line):
            tracker.feed(event)
    for event in reader.end():
        tracker.feed(event)
    return tracker


def request(root: str, *tests: str) -> TestRequest:
    return TestRequest(root=root, interpreter="python", events="/run/events", tests=tests)


@pytest.mark.parametrize(
    ("runner", "file", "failing", "message", "at"),
    [
        (GoRunner(), "go.jsonl", "price::TestQuantity/three_of_two", "price_test.go:14: Total(2) = 2, want 6",
         ("price/price_test.go", 14)),
        (CargoRunner(), "libtest.jsonl", "tests::counts_the_quantity", "`left == right` failed", ("src/lib.rs", 16)),
        (JestRunner(), "jest.json", "src/price.test.js::total counts the quantity", "expect(received).toBe(expected)",
         ("src/price.test.js", 8)),
        (VitestRunner(), "vitest.json", "src/price.test.js::total counts the quantity", "expected 2 to be 6",
         ("src/price.test.js", 9)),
    ],
    ids=("go", "cargo", "jest", "vitest"),
)  # fmt: skip
def test_outcomes_messages_and_failing_lines(
    tmp_path: Path, runner: ReadingRunner, file: str, failing: str, message: str, at: tuple[str, int]
) -> None:
    (tmp_path / "go.mod").write_text("module example.com/shop\n\ngo 1.19\n")
    root = str(tmp_path) if isinstance(runner, GoRunner) else "/srv/shop"
    tracker = read(runner.reader(request(root)), (DATA / file).read_bytes())
    assert tracker.close(Ended(1))[0] is RunStatus.FAILED
    bad = tracker.results[failing]
    assert bad.outcome is TestOutcome.FAILED
    assert message in bad.message
    assert (bad.path, bad.line) == at
    assert "/srv/shop" not in bad.traceback
    outcomes = sorted(each.outcome.value for each in tracker.results.values())
    assert outcomes == ["failed"] * (len(outcomes) - 2) + ["passed", "skipped"]


def test_a_document_that_is_cut_is_no_result() -> None:
    data = (DATA / "jest.json").read_bytes()
    tracker = read(JestRunner().reader(request("/srv/shop")), data[: len(data) // 2])
    assert tracker.close(Ended(1, stderr="out of memory"))[0] is RunStatus.ERROR


def test_a_go_package_that_does_not_compile_is_a_collection_error(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/shop\n")
    broken = (DATA / "go-build-failed.jsonl").read_bytes()
    tracker = read(GoRunner().reader(request(str(tmp_path))), broken)
    assert tracker.results["price"].outcome is TestOutcome.COLLECTION_ERROR
    assert "build failed" in tracker.results["price"].message


def test_selected_tests_are_asked_for_by_name() -> None:
    go = GoRunner().command(request("/srv/shop", "price::TestA/x.y", "cart::TestB"))
    assert go.argv == ("go", "test", "-json", "-run", "^(TestA|TestB)$", "./cart", "./price")
    jest = JestRunner().command(request("/srv/shop", "src/a.test.js::adds (up)"))
    assert jest.argv[-3:] == ("-t", r"^(adds\ \(up\))$", "src/a.test.js")
    vitest = VitestRunner().command(request("/srv/shop"))
    assert vitest.argv[-1] == "--outputFile=/run/events"
    assert CargoRunner().command(request("/srv/shop", "tests::a")).argv[-2:] == ("--exact", "tests::a")
