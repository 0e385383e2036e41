"""What a gate takes of the case: endpoints that reach the change, rows of production; what stress makes of rates."""

from __future__ import annotations

from typing import Any

import pytest
from workbench_gates.stress import StressGate
from workbench_server.mix import drafted

from workbench.analysis.gate_proposals import endpoints, proposed, row_counts
from workbench.api import ChangeSubject, TestRate
from workbench.case.code import MapEdge, MapNode
from workbench.case.enums import CheckStatus, GateStatus
from workbench.case.model import Check, Finding, Severity
from workbench.case.outside import DatabaseFacts, TableFacts, Upstream
from workbench.case.state import AnalyzerRun, CaseState, Report

NODES = (
    MapNode("a", "GET /price", "entry", "views.py"),
    MapNode("b", "price", "function", "shop/price.py"),
    MapNode("c", "POST /order", "entry", "views.py"),
    MapNode("d", "GET /orders/<int:n>", "entry", "views.py"),
)
EDGES = (MapEdge("a", "b"), MapEdge("b", "a"), MapEdge("d", "b"))
TABLES = (TableFacts("public.orders", 500_000), TableFacts("public.notes", None))


def case(**parts: Any) -> CaseState:
    check = Check("x", CheckStatus.DONE, "")
    return CaseState(finished={"x": AnalyzerRun("x", "r", "t", report=Report(**parts), check=check)})


def subject(**settings: Any) -> ChangeSubject:
    return ChangeSubject("/r", "b", "h", "/b", "/h", ("a.py",), "python", settings=settings)


def test_endpoints_are_those_from_which_the_change_is_reached() -> None:
    state = case(nodes=NODES, edges=EDGES)
    assert endpoints(state, ["shop/price.py"]) == ("GET /price", "GET /orders/<int:n>")
    assert endpoints(state, ["views.py"])[1] == "POST /order"
    reads = subject(endpoints=endpoints(state, ["views.py"]), config={"server": {"app": "a:app", "ready": "/up"}})
    assert [each["path"] for each in drafted(reads)] == ["/price", "/up"], "what reads, and needs no number"


def test_rows_of_production_are_what_the_database_of_the_case_told() -> None:
    state = case(databases=(DatabaseFacts("postgresql://db", "postgresql", TABLES),))
    assert row_counts(state) == {"orders": 500_000}


def test_what_the_case_found_asks_for_gates() -> None:
    race = Finding("f", "shop/cart.py", 3, 3, "check-then-act", "m", Severity.WARNING, "rules", "fp")
    slow = Finding("g", "shop/cart.py", 9, 9, "n-plus-one", "m", Severity.WARNING, "rules", "fp2")
    asked = proposed(case(findings=(race, slow), upstreams=(Upstream("rates.example", 9, 2),)), ["a.py"])
    assert asked == {
        "stress": "check-then-act at cart.py:3",
        "performance": "n-plus-one at cart.py:9",
        "faults": "calls go to rates.example",
    }


@pytest.mark.parametrize(
    ("rate", "status", "said"),
    [
        ({"failed": 0, "base_failed": 28}, GateStatus.PASS, "head 0 of 30 runs fail, base 28 of 30; the interval ends"),
        ({"failed": 1, "base_failed": 28, "message": "2 == 1"}, GateStatus.FAIL, "test_a: head 1 of 30 runs fail"),
        ({"failed": 0, "base_failed": 2}, GateStatus.INCONCLUSIVE, "no test fails more often without the fix"),
        ({"failed": 0, "base_runs": 0}, GateStatus.INCONCLUSIVE, "no test fails more often without the fix"),
        ({"failed": 2, "over": 2, "base_failed": 28}, GateStatus.INCONCLUSIVE, "a repetition did not end"),
        ({"failed": 3, "over": 3, "base_failed": 28}, GateStatus.FAIL, "test_a: head 3 of 30 runs fail (3 of them"),
        ({"failed": 0, "runs": 0, "problem": "test_a did not run"}, GateStatus.INCONCLUSIVE, "test_a did not run"),
    ],
)
def test_stress_needs_a_control_and_forgives_nothing(rate: dict[str, Any], status: GateStatus, said: str) -> None:
    known = {"test": "t.py::test_a", "runs": 30, "base_runs": 30, "seed": 7, "replayed": 2, "replays": 2} | rate
    result = StressGate().fold(subject(), [TestRate(**known)])
    assert (result.status, result.reason.startswith(said)) == (status, True), result.reason
    again = "workbench test --perturb --seed 7 t.py::test_a, failed in 2 of 2 replays"
    assert (again in result.evidence[0].text) is bool(known["failed"])
