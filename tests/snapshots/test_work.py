"""Panes 2 and 3 in the middle of the work: tests, change, proof and gates as a case holds them, against snapshots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import SHOP, only, opened
from tests.snapshots.picture import check_screen
from workbench.case.codec import encode
from workbench.case.enums import GateStatus, ProofStatus, RunStatus, TestOutcome
from workbench.case.events import Event, new_event
from workbench.case.model import Evidence, Figure, GateResult, Proof, ProofStep, TestResult, TestRun
from workbench.engine.session import Session

AT = datetime(2026, 5, 12, 14, 40, tzinfo=UTC)
TRACE = (
    "test_shop.py:5: in test_total\n    assert total([1, 2]) == 3\nE   assert 2 == 3\nE    +  where 2 = total([1, 2])"
)


def _run(tree: str) -> TestRun:
    names = "test_names.py::TestNames::test_short"
    results = (
        TestResult("test_shop.py::test_total", TestOutcome.FAILED, 0.41, "assert 2 == 3", "test_shop.py", 5, "", TRACE),
        TestResult("test_shop.py::test_label", TestOutcome.PASSED, 0.02, path="test_shop.py", line=8),
        TestResult(f"{names}[ada]", TestOutcome.PASSED, 0.12, path="test_names.py", line=5),
        TestResult(f"{names}[bob\x1b[31m]", TestOutcome.SKIPPED, 0.0, "not today", "test_names.py", 5),
    )
    return TestRun("r1", tree, "env", RunStatus.FAILED, 2.0, results, "all", at=AT)


def _proof(base: str, tree: str) -> Proof:
    steps = (
        ProofStep("red", base, "red", "test_total fails, 28 of 30 runs, assert 2 == 3", 12.0),
        ProofStep("green", tree, "not_green", "test_total still fails: assert 2 == 3", 11.5),
    )
    tests = ("test_shop.py::test_total",)
    return Proof("p1", ProofStatus.NOT_GREEN, tests, base, tree, steps, "test_total still fails", AT, 2)


def _gates(tree: str) -> tuple[GateResult, ...]:
    figures = (Figure("new failures", 1, threshold=0, n=4), Figure("suite time", 2.01, "s", baseline=1.87))
    evidence = (Evidence("test_shop.py::test_total", "assert 2 == 3", "test_shop.py", 5),)
    reason = "test_shop.py::test_total fails and passed before"
    more = {"figures": figures, "evidence": evidence, "examined": 4, "seconds": 6.2, "limit": "1800 s"}
    return (
        GateResult("suite", "suite", GateStatus.FAIL, reason, tree, **more),
        GateResult("tamper", "tamper", GateStatus.PASS, "no test was loosened", "of before", examined=2, seconds=0.1),
    )


def _events(session: Session) -> list[Event]:
    tree, base = session.change.tree, session.change.base
    return [
        new_event("test.finished", "you", {"run": encode(_run(tree))}),
        new_event("proof.finished", "you", {"proof": encode(_proof(base, tree))}),
        *(new_event("gate.finished", f"workbench/{gate.id}", {"gate": encode(gate)}) for gate in _gates(tree)),
    ]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_in_the_middle_of_the_work(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    only(monkeypatch, "suite", "proof", "tamper")
    repo = make_repo(SHOP, name="shop")
    repo.write("shop.py", SHOP["shop.py"].replace("sum(prices[1:])", "sum(prices[1:])  # all of them"))
    async with opened(repo, size=size) as driver:
        session = driver.session
        session.tests._take(_run(session.change.tree), ("",))
        await session.services.journal.append(*_events(session))
        await driver.settle()
        for pane, panels in {"2": "4567", "3": "45"}.items():
            await driver.press(pane)
            for panel in panels if size[0] < 100 else panels[:1]:
                await driver.press(panel)
                if panel == "4":
                    await driver.press("J")
                await driver.still()
                check_screen(f"work-{pane}{panel}-{size[0]}x{size[1]}", driver.app)
