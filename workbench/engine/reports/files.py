"""A report as the text of a file, in the format that the file's name asks for. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from workbench.analysis.plan.rules import dashboard, rules_yaml
from workbench.case.codec import encode
from workbench.case.events import Event
from workbench.case.state import CaseState
from workbench.engine.planning.document import plan_document
from workbench.engine.reports.kinds import paper
from workbench.engine.reports.model import Paper
from workbench.engine.reports.render import document, html, markdown
from workbench.engine.views import Views

SUFFIXES = {
    ".md": "markdown",
    ".html": "html",
    ".json": "json",
    ".yml": "rules",
    ".yaml": "rules",
}
"""The end of a file's name to the format; rules are the Prometheus rules of a plan."""


class NoReportError(ValueError):
    """There is no such report; the message says why."""


def full_document(made: Paper, state: CaseState) -> dict[str, Any]:
    """The JSON of a report, a timeline with its entries and a plan with its parts."""
    if made.kind == "plan":
        return {**document(made, plan=plan_document(state))}
    return {**document(made, **({"timeline": encode(state.timeline)} if made.kind == "timeline" else {}))}


def plan_file(state: CaseState, form: str) -> str:
    """The plan's ``rules`` as YAML or its ``dashboard`` as JSON. Raises NoReportError where no plan was made."""
    if state.plan is None:
        raise NoReportError("no plan was made yet")
    if form == "rules":
        return rules_yaml(state.plan.rules, state.id)
    return json.dumps(dashboard(state.plan.rules, state.id), indent=2, ensure_ascii=True) + "\n"


def file_text(name: str, kind: str, state: CaseState, views: Views, events: Sequence[Event]) -> str:
    """What a file of that name holds. Raises NoReportError for a name whose end asks for nothing that there is."""
    form = SUFFIXES.get(PurePath(name).suffix.lower(), "")
    if not form or (form == "rules" and kind != "plan"):
        known = [end for end, each in SUFFIXES.items() if each != "rules" or kind == "plan"]
        raise NoReportError(f"the file's name says the format: it ends in {', '.join(known)}")
    if form == "rules":
        return plan_file(state, form)
    made = paper(kind, state, views, events)
    if form == "json":
        return json.dumps(full_document(made, state), indent=2, ensure_ascii=True) + "\n"
    return html(made) if form == "html" else "\n".join(markdown(made)) + "\n"
