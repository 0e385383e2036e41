"""The plan as JSON. Pure."""

from __future__ import annotations

from typing import Any

from workbench.analysis.plan.edits import edited
from workbench.analysis.plan.rules import dashboard, rules_yaml
from workbench.case.codec import encode
from workbench.case.state import CaseState


def plan_document(state: CaseState) -> dict[str, Any] | None:
    """The plan as it holds, with its rules as YAML and its dashboard; None where none was made."""
    if state.plan is None:
        return None
    made = edited(state.plan, state.plan_edits)
    return {
        **encode(made),
        "rules_yaml": rules_yaml(made.rules, state.id),
        "dashboard": dashboard(made.rules, state.id),
    }
