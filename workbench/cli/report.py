"""``workbench report CASE``: what the record says, as Markdown, one HTML file or JSON."""

from __future__ import annotations

import argparse

from workbench.analysis.ranking import Ranking
from workbench.case.codec import encode
from workbench.cli.common import GOOD, verb_parser
from workbench.cli.output import plain, print_json, say
from workbench.cli.picking import picked
from workbench.engine.options import from_arguments
from workbench.engine.reports import FORMATS, KINDS, document, html, markdown, paper
from workbench.engine.views import derive


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("report", "Write a report on a case: nothing in it but what the record holds.", common)
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="its id or a prefix (default: the latest)")
    parser.add_argument("--as", dest="kind", choices=tuple(KINDS), default="timeline")
    parser.add_argument("--format", choices=FORMATS, default="markdown")
    arguments = parser.parse_args(argv)
    found = picked(from_arguments(arguments), arguments.of)
    if isinstance(found, int):
        return found
    state, events = found.state, found.events
    made = paper(arguments.kind, state, derive(state, Ranking()), events)
    if arguments.format == "json":
        print_json(document(made, **({"timeline": encode(state.timeline)} if made.kind == "timeline" else {})))
    elif arguments.format == "html":
        print(plain(html(made)))
    else:
        for line in markdown(made):
            say(line)
    return GOOD
