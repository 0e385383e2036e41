"""How proposals look as rows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from workbench_kit.line import Line, Piece

from workbench.case.work import Proposal, Tested

_OUTCOME = {"green": ("✔", "success"), "red": ("✘", "error"), "inconclusive": ("?", "warning")}
_STATE = {"applied": "success", "partly": "success", "rejected": "muted", "conflicts": "warning"}


def proposal_height(proposal: Proposal) -> int:
    """Lines of a proposal."""
    return len(proposal_lines(proposal, 80))


def proposal_lines(proposal: Proposal, width: int) -> Sequence[Line]:
    """Title and fixer; size and what each set of tests said; then what needs a second look or is to be known."""
    files = "1 file" if len(proposal.paths) == 1 else f"{len(proposal.paths)} files"
    size: tuple[Piece, ...] = ((f"  +{proposal.added} ", "success"), (f"−{proposal.removed} ", "error"))
    size += ((files, "muted"),) if proposal.paths else ()
    state = (proposal.state, _STATE.get(proposal.state, "muted"))
    lines = [Line(((proposal.title, "strong"),), right=((f"{proposal.fixer} · ", "muted"), state))]
    if proposal.paths:
        lines.append(Line(size))
    if proposal.tests:
        lines.append(Line(tuple(piece for tested in proposal.tests for piece in _tested(tested))))
    lines += [Line(((f"    {each.name}: {each.reason}", "error"),)) for each in proposal.tests if each.outcome == "red"]
    if proposal.tamper:
        word = "left out unless chosen" if proposal.denied else "look twice"
        lines.append(Line(((f"  ▲ {word}: {proposal.tamper[0]}", "warning"), *_more(proposal.tamper))))
    if proposal.needed:
        lines.append(Line(((f"  needed: {', '.join(proposal.needed)}", ""),)))
    lines += [Line(((f"  {text}", "muted"),)) for text in proposal.note.split("\n") if text]
    lines += [Line(((f"  $ {command}", ""),)) for command in proposal.commands]
    return lines


def _tested(tested: Tested) -> tuple[Piece, ...]:
    glyph, tone = _OUTCOME[tested.outcome]
    return ((f"  {glyph} ", tone), (tested.name, "muted"))


def _more(tamper: Sequence[str]) -> tuple[Piece, ...]:
    return ((f" and {len(tamper) - 1} more", "muted"),) if len(tamper) > 1 else ()
