"""A report as the text of a file, in the format that the file's name asks for. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from workbench.analysis.plan.rules import dashboard, rules_yaml
from workbench.analysis.redact import redact, redact_data
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


def full_document(made: Paper, state: CaseState) -> tuple[dict[str, Any], int]:
    """The JSON of a report, a timeline with its entries and a plan with its parts; and how many e-mail addresses (and
    secrets) were masked in it, since reports are given away."""
    more: dict[str, Any] = {}
    if made.kind == "plan":
        more = {"plan": plan_document(state)}
    elif made.kind == "timeline":
        more = {"timeline": encode(state.timeline)}
    told, masked = redact_data(document(made, **more), emails=True)
    return dict(told), masked


def report_text(made: Paper, form: str) -> tuple[str, int]:
    """A report as ``markdown`` or ``html``, and how many e-mail addresses (and secrets) were masked in it."""
    return redact(html(made) if form == "html" else "\n".join(markdown(made)), emails=True)


def plan_file(state: CaseState, form: str) -> str:
    """The plan's ``rules`` as YAML or its ``dashboard`` as JSON. Raises NoReportError where no plan was made."""
    if state.plan is None:
        raise NoReportError("no plan was made yet")
    if form == "rules":
        return rules_yaml(state.plan.rules, state.id)
    return json.dumps(dashboard(state.plan.rules, state.id), indent=2, ensure_ascii=True) + "\n"


def file_text(name: str, kind: str, state: CaseState, views: Views, events: Sequence[Event]) -> str:
    """What a file of that name holds, addresses masked. Raises NoReportError for a name whose end asks for nothing that
    there is."""
    form = SUFFIXES.get(PurePath(name).suffix.lower(), "")
    if not form or (form == "rules" and kind != "plan"):
        known = [end for end, each in SUFFIXES.items() if each != "rules" or kind == "plan"]
        raise NoReportError(f"the file's name says the format: it ends in {', '.join(known)}")
    if form == "rules":
        return plan_file(state, form)
    made = paper(kind, state, views, events)
    if form == "json":
        return json.dumps(full_document(made, state)[0], indent=2, ensure_ascii=True) + "\n"
    return report_text(made, form)[0] + "\n"
