"""``workbench report CASE``: what the record says, as Markdown, one HTML file or JSON."""

from __future__ import annotations

import argparse

from workbench.analysis.ranking import Ranking
from workbench.case.state import CaseState
from workbench.cli.common import COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import aside, fail, plain, print_json, write
from workbench.cli.picking import picked
from workbench.engine.options import from_arguments
from workbench.engine.reports import FORMATS, KINDS, paper
from workbench.engine.reports.files import NoReportError, full_document, plan_file, report_text
from workbench.engine.views import derive

_FILES = ("rules", "dashboard")
"""Of a plan: the rules for Prometheus as YAML, the dashboard for Grafana as JSON."""

_REQUEST = "pr"
"""As a format too: the text of a request is Markdown anyway."""


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("report", "Write a report on a case: nothing in it but what the record holds.", common)
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="its id or a prefix (default: the latest)")
    parser.add_argument("--as", dest="kind", choices=tuple(KINDS), default="timeline")
    parser.add_argument("--format", choices=(*FORMATS, *_FILES, _REQUEST), default="markdown")
    arguments = parser.parse_args(argv)
    if arguments.format == _REQUEST:
        arguments.kind, arguments.format = _REQUEST, "markdown"
    if arguments.format in _FILES and arguments.kind != "plan":
        fail(
            f"--format {arguments.format} goes with --as plan", "nothing was written", "give --as plan, or no --format"
        )
        return WRONG_USAGE
    found = picked(from_arguments(arguments), arguments.of)
    state, events = found.state, found.events
    made = paper(arguments.kind, state, derive(state, Ranking()), events)
    if arguments.format in _FILES:
        return _file(state, arguments.format)
    if arguments.format == "json":
        document, masked = full_document(made, state)
        print_json(document)
    else:
        text, masked = report_text(made, arguments.format)
        if arguments.format == "html":
            print(plain(text))
        else:
            write(text)
    if masked:
        aside(f"{masked:,} e-mail addresses (or secrets) masked")
    return GOOD


def _file(state: CaseState, form: str) -> int:
    try:
        write(plan_file(state, form).rstrip("\n"))
    except NoReportError as error:
        fail(str(error), todo="workbench validate makes one")
        return COULD_NOT_TELL
    return GOOD
