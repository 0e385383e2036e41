"""Proposals as text and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from workbench.case.codec import encode
from workbench.case.model import Proposal

_GLYPHS = {"green": "✔", "red": "✘", "inconclusive": "?"}


def document(case: str, proposals: Sequence[Proposal], said: Sequence[str]) -> dict[str, Any]:
    """What ``--format json`` prints."""
    return {"schema": 1, "case": case, "proposals": [encode(each) for each in proposals], "said": list(said)}


def lines(proposal: Proposal) -> Iterator[str]:
    """One proposal: title and size, then what the tests said, what needs a second look, what to run elsewhere."""
    size = f"+{proposal.added} −{proposal.removed} {', '.join(proposal.paths)}" if proposal.paths else ""
    state = "" if proposal.state == "offered" else f"  [{proposal.state}]"
    yield f"{proposal.id}  {proposal.fixer}: {proposal.title}{state}"
    if size:
        yield f"            {size}"
    for tested in proposal.tests:
        yield f"          {_GLYPHS[tested.outcome]} {tested.name:9} {tested.reason}"
    for mark in proposal.tamper:
        yield f"          ✘ {'left out unless asked for: ' if proposal.denied else 'look twice: '}{mark}"
    if proposal.needed:
        yield f"            needed for green: {', '.join(proposal.needed)}"
    for text in filter(None, proposal.note.split("\n")):
        yield f"            {text}"
    for command in proposal.commands:
        yield f"          $ {command}"
