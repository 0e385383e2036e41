"""Steps of the fold for a change: its tests, proofs, proposals, patches and gates. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workbench.case.codec import decode
from workbench.case.enums import GateStatus
from workbench.case.events import Event
from workbench.case.state import CaseState, PatchRecord
from workbench.case.work import Approval, GateResult, Proof, Proposal, TestRun


def tested(state: CaseState, event: Event) -> CaseState:
    """A run of tests ended; the last twenty stay."""
    run = decode(TestRun, event.data["run"])
    return replace(state, tree=run.tree or state.tree, test_runs=(*state.test_runs[-19:], run))


def proof_finished(state: CaseState, event: Event) -> CaseState:
    """A proof ended."""
    proof = decode(Proof, event.data["proof"])
    return replace(state, tree=proof.head or state.tree, proofs={**state.proofs, proof.id: proof})


def proposal_offered(state: CaseState, event: Event) -> CaseState:
    """A fixer offered a change."""
    proposal = decode(Proposal, event.data["proposal"])
    return replace(state, proposals={**state.proposals, proposal.id: proposal})


def proposal_judged(state: CaseState, event: Event) -> CaseState:
    """A person judged a proposal; why each part was rejected stays."""
    proposal = state.proposals.get(event.data["proposal"])
    if proposal is None:
        return state
    reasons = (event.data["reason"],) if event.data.get("reason") else ()
    judged = replace(proposal, state=event.data["state"], rejected=proposal.rejected + reasons)
    return replace(state, proposals={**state.proposals, proposal.id: judged})


def patch_applied(state: CaseState, event: Event) -> CaseState:
    """A change was applied to the checkout."""
    record = decode(PatchRecord, event.data["patch"])
    return replace(state, patches={**state.patches, record.id: record})


def patch_undone(state: CaseState, event: Event) -> CaseState:
    """A change was taken back, or made again."""
    record = state.patches.get(event.data["patch"])
    if record is None:
        return state
    undone = bool(event.data.get("undone", True))
    return replace(state, patches={**state.patches, record.id: replace(record, undone=undone)})


def gate_finished(state: CaseState, event: Event) -> CaseState:
    """A gate ended."""
    result = decode(GateResult, event.data["gate"])
    return replace(state, tree=result.tree or state.tree, gates={**state.gates, result.id: result})


def gate_waived(state: CaseState, event: Event) -> CaseState:
    """A gate that is not green was waived, with a reason and until when."""
    result = state.gates.get(event.data["gate"])
    if result is None:
        return state
    until = event.data.get("until")
    waived = replace(
        result,
        status=GateStatus.WAIVED,
        waived_by=event.actor,
        waived_until=datetime.fromisoformat(until) if until else None,
        reason=f"waived: {event.data['reason']}",
    )
    return replace(state, gates={**state.gates, result.id: waived})


def gate_approved(state: CaseState, event: Event) -> CaseState:
    """A person approved the change as it stands."""
    made = Approval(event.actor, event.data["tree"], event.at)
    return replace(state, approvals=(*state.approvals, made))
