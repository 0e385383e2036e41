"""The change of a case as who joined sees it: made there by git alone, secrets and addresses masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.analysis.redact import redact_bytes
from workbench.case.errors import GitError
from workbench.engine.against import VIEWS, Sides, View, Wanted, sides
from workbench.engine.proof.change import NoChangeError
from workbench.engine.repo.facts import Facts
from workbench.engine.repo.trees import Trees
from workbench.engine.together.wire import WireError, number_of, packed, text_of, unpacked

LARGEST = 2 << 20
"""Bytes of a diff that is still sent."""
CONTEXT = 1000
"""Lines around a hunk at most."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Both sides of a change with the patch between, secrets masked; ``patch`` is None where both are those that the
    asking side knows. ``problem`` says why there is no patch to see."""

    sides: Sides
    patch: bytes | None = None
    problem: str = ""


def asked(wanted: Wanted, known: tuple[str, str]) -> dict[str, Any]:
    """The request for a change, by one that knows the diff between the trees ``known``."""
    old, new = known
    return {"view": wanted.view, "context": wanted.context, "space": wanted.ignore_space, "old": old, "new": new}


def answered(message: Mapping[str, Any], facts: Facts, began: str, cache: Path) -> tuple[dict[str, Any], int]:
    """The answer of the side that has the repository, and how many secrets and addresses were masked in it. Raises
    WireError for a request that is none."""
    said = text_of(message, "view")
    view: View | None = next((view for view in VIEWS if view == said), None)
    if view is None:
        raise WireError("there is no such view of a change")
    wanted = Wanted("", min(number_of(message, "context"), CONTEXT), message.get("space") is True, view)
    trees = Trees(facts, cache)
    try:
        both = sides(facts, trees, began, wanted)
        told = {name: getattr(both, name) for name in ("base", "base_tree", "tree", "old", "new")}
        if (both.old, both.new) == (text_of(message, "old", ""), text_of(message, "new", "")):
            return told, 0
        patch = trees.diff(both.old, both.new, *wanted.options)
    except (NoChangeError, GitError, OSError) as error:
        return {"problem": str(error)}, 0
    clean, masked = redact_bytes(patch, emails=True)
    if len(clean) > LARGEST:
        return told | {"problem": f"the change is too large to be sent: {len(clean) >> 20} MB"}, 0
    if clean.count(b"\n") != patch.count(b"\n"):
        return told | {"problem": "the change holds a secret of several lines: it is not sent"}, 0
    return told | {"data": packed(clean)}, masked


def brought(told: Mapping[str, Any]) -> Brought:
    """What the answer says. Raises WireError for one that is none."""
    both = Sides(*(text_of(told, name, "") for name in ("base", "base_tree", "tree", "old", "new")))
    patch = unpacked(text_of(told, "data")) if "data" in told else None
    return Brought(both, patch, text_of(told, "problem", ""))
