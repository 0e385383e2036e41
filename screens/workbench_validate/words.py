"""What to do next in pane 3. Pure."""

from __future__ import annotations

from workbench.analysis.plan.watching import named
from workbench.analysis.verdict import is_stale, worst_first
from workbench.case.enums import GateStatus, Verdict
from workbench.engine.session import Session
from workbench.engine.views import NextStep


def next_step(session: Session) -> NextStep:
    """The one line, and its key."""
    gates, tree = session.gates, session.change.tree
    results = gates.results()
    if session.monitor.running and session.monitor.tripped:
        plan = session.state.plan
        what = named(sorted(session.monitor.tripped), plan.triggers if plan is not None else ())
        return NextStep(f"roll back: {what} tripped", "7")
    if gates.planning:
        return NextStep("the plan is made: the way back is tried", "S")
    if gates.running:
        left = len(gates.began) + len(gates.waiting)
        return NextStep(f"{left} gate{'s' * (left != 1)} to come", "S")
    if not session.change.differs:
        return NextStep("there is no change to judge yet", "2")
    if all(result.status is GateStatus.NOT_RUN for result in results):
        return NextStep("let the gates judge the change", "a")
    failed = [each for each in worst_first(results, tree) if _failed(each.status) and not is_stale(each, tree)]
    if failed:
        return NextStep(f"{failed[0].id}: {failed[0].reason}", "J")
    if due := gates.due(tree):
        return NextStep(f"run what is stale or open: {', '.join(due[:3])}", "R")
    judgement = gates.judgement(tree)
    if judgement.verdict is Verdict.READY:
        return NextStep("ready: commit it", "")
    return NextStep(judgement.reasons[0], "J")


def _failed(status: GateStatus) -> bool:
    return status in (GateStatus.FAIL, GateStatus.ERROR)
