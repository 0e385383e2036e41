"""How proposals look as rows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from workbench_kit.line import Line, Piece

from workbench.case.work import Proposal


def proposal_lines(proposal: Proposal, width: int) -> Sequence[Line]:
    """Title and fixer; size, tests and what needs a second look under it."""
    added = sum(line.startswith("+") and not line.startswith("+++") for line in proposal.diff.splitlines())
    removed = sum(line.startswith("-") and not line.startswith("---") for line in proposal.diff.splitlines())
    files = "1 file" if len(proposal.paths) == 1 else f"{len(proposal.paths)} files"
    warned: tuple[Piece, ...] = (("  ✘ " + ", ".join(proposal.tamper), "error"),) if proposal.tamper else ()
    size: tuple[Piece, ...] = ((f"  +{added} ", "success"), (f"−{removed} ", "error"), (files, "muted"))
    return [
        Line(((proposal.title, "strong"),), right=((f"{proposal.fixer} · {proposal.state}", "muted"),)),
        Line((*size, *warned)),
    ]
