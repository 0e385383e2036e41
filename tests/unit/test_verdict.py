"""The verdict is the worst of the required gates, and nothing but passes makes it ready."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.verdict import honest, judge, worst_first
from workbench.case.model import GateResult, GateStatus, Verdict

TREE = "9d0e4b"


def gate(status: GateStatus, tree: str = TREE, required: bool = True, examined: int = 3) -> GateResult:
    return GateResult(f"g-{status}-{tree}", "suite", status, "because", tree=tree, required=required, examined=examined)


results = st.lists(
    st.builds(gate, st.sampled_from(GateStatus), st.sampled_from([TREE, "other"]), st.booleans(), st.integers(0, 2)),
    max_size=6,
)


@given(results)
def test_ready_means_every_required_gate_passed_or_was_waived_on_this_tree(gates: list[GateResult]) -> None:
    if judge(gates, TREE).verdict is not Verdict.READY:
        return
    required = [g for g in gates if g.required]
    assert any(g.status is GateStatus.PASS for g in required)
    for one in required:
        assert one.tree == TREE
        assert one.status in (GateStatus.PASS, GateStatus.WAIVED, GateStatus.SKIPPED)
        assert one.examined > 0 or one.status is not GateStatus.PASS


@given(results)
def test_a_failing_required_gate_is_never_ready(gates: list[GateResult]) -> None:
    failing = gate(GateStatus.FAIL)
    judged = judge([*gates, failing], TREE)
    assert judged.verdict is Verdict.NOT_READY
    assert any("fail" in reason for reason in judged.reasons)


def test_no_gates_are_not_ready() -> None:
    assert judge([], TREE).verdict is Verdict.INCONCLUSIVE


def test_a_stale_pass_is_inconclusive_and_named() -> None:
    judged = judge([gate(GateStatus.PASS, tree="before")], TREE)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert "stale" in judged.not_checked[0]


def test_a_pass_that_examined_nothing_is_inconclusive() -> None:
    empty = replace(gate(GateStatus.PASS), examined=0)
    assert honest(empty).status is GateStatus.INCONCLUSIVE
    assert judge([empty], TREE).verdict is Verdict.INCONCLUSIVE


def test_worst_first() -> None:
    order = [g.status for g in worst_first([gate(s) for s in GateStatus], TREE)]
    assert order[0] is GateStatus.FAIL
    assert order.index(GateStatus.INCONCLUSIVE) < order.index(GateStatus.PASS) < order.index(GateStatus.SKIPPED)
