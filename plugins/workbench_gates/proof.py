"""The proof as a gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import (
    ChangeSubject,
    Evidence,
    GateHost,
    GateResult,
    GateStatus,
    Known,
    Proof,
    ProofStatus,
    Step,
)

_STATUS = {
    ProofStatus.PROVEN: GateStatus.PASS,
    ProofStatus.NOT_RED: GateStatus.FAIL,
    ProofStatus.NOT_GREEN: GateStatus.FAIL,
    ProofStatus.NOT_NEEDED: GateStatus.FAIL,
    ProofStatus.INCONCLUSIVE: GateStatus.INCONCLUSIVE,
}


class ProofGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Always: a change without a test of its own is not proven, and this says so."""
        return ""

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The engine proves it or has a fresh proof."""
        yield Known((await host.prove(),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Passes only when proven."""
        proof: Proof = results[0]
        done = "red, green, red again" if proof.status is ProofStatus.PROVEN else proof.reason or proof.status.value
        evidence = tuple(Evidence(f"{proof.id}:{step.name}", f"{step.outcome}: {step.reason}") for step in proof.steps)
        return GateResult("proof", "proof", _STATUS[proof.status], done, examined=len(proof.tests), evidence=evidence)
