"""``workbench report CASE``: what the record says, as Markdown, one HTML file or JSON."""

from __future__ import annotations

import argparse

from workbench.analysis.plan.rules import dashboard, rules_yaml
from workbench.analysis.ranking import Ranking
from workbench.case.codec import encode
from workbench.case.state import CaseState
from workbench.cli.common import COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail, plain, print_json, say, write
from workbench.cli.picking import picked
from workbench.engine.options import from_arguments
from workbench.engine.planning.document import plan_document
from workbench.engine.reports import FORMATS, KINDS, document, html, markdown, paper
from workbench.engine.views import derive

_FILES = ("rules", "dashboard")
"""Of a plan: the rules for Prometheus as YAML, the dashboard for Grafana as JSON."""


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("report", "Write a report on a case: nothing in it but what the record holds.", common)
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="its id or a prefix (default: the latest)")
    parser.add_argument("--as", dest="kind", choices=tuple(KINDS), default="timeline")
    parser.add_argument("--format", choices=(*FORMATS, *_FILES), default="markdown")
    arguments = parser.parse_args(argv)
    if arguments.format in _FILES and arguments.kind != "plan":
        fail(f"--format {arguments.format} goes with --as plan")
        return WRONG_USAGE
    found = picked(from_arguments(arguments), arguments.of)
    if isinstance(found, int):
        return found
    state, events = found.state, found.events
    made = paper(arguments.kind, state, derive(state, Ranking()), events)
    if arguments.format in _FILES:
        return _file(state, arguments.format)
    if arguments.format == "json":
        more = {"timeline": encode(state.timeline)} if made.kind == "timeline" else {}
        print_json(document(made, **({"plan": plan_document(state)} if made.kind == "plan" else more)))
    elif arguments.format == "html":
        print(plain(html(made)))
    else:
        for line in markdown(made):
            say(line)
    return GOOD


def _file(state: CaseState, form: str) -> int:
    made = state.plan
    if made is None:
        fail("no plan was made yet", todo="workbench validate makes one")
        return COULD_NOT_TELL
    if form == "rules":
        write(rules_yaml(made.rules, state.id).rstrip("\n"))
    else:
        print_json(dashboard(made.rules, state.id))
    return GOOD
