"""Who may write what at a shared case, and what a name may be. Pure."""

from __future__ import annotations

import unicodedata

from workbench.case.enums import Role
from workbench.case.events import Event

SAID = frozenset(
    """note.added comment.added evidence.pinned triage.set cause.added cause.judged error.grouped entry.starred
    entry.corrected""".split()
)
"""Kinds that are somebody's word: they stand beside each other and merge without a conflict."""

NAME_LIMIT = 64
"""Characters of a person's name."""

ENGINE = "workbench/"
"""How the actors begin that are no person."""


def name_refusal(name: str) -> str:
    """Why ``name`` cannot be a person's at a case; empty when it can."""
    if not name or name != name.strip():
        return "a name is needed, without blanks around it"
    if len(name) > NAME_LIMIT:
        return f"a name of {len(name)} characters; {NAME_LIMIT} are the most"
    if any(unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("Zl", "Zp") for char in name):
        return "a name with control characters in it"
    if name.casefold().startswith(ENGINE):
        return f"names that begin with {ENGINE} are the program's own"
    return ""


def write_refusal(event: Event, role: Role, name: str, drives: bool) -> str:
    """Why ``name`` in ``role`` may not write ``event``; empty when they may. ``drives``: they have the wheel."""
    if role is Role.VIEWER:
        return f"{event.kind} is not written: {name} is here as a viewer, who reads"
    if event.kind == "case.opened" or event.kind.startswith("access."):
        return f"{event.kind} is written by the serving side alone"
    by_engine = event.actor.startswith(ENGINE)
    if event.actor != name and not (by_engine and drives):
        return f"{event.kind} is signed by another than {name}"
    if event.kind not in SAID and not drives:
        return f"{event.kind} is not written: only who has the wheel runs and changes things"
    return ""
