"""``workbench report CASE``: what the record says, as Markdown or JSON."""

from __future__ import annotations

import argparse

from workbench.analysis.ranking import Ranking
from workbench.case.codec import encode
from workbench.cli.common import COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail, print_json, say
from workbench.engine.options import from_arguments
from workbench.engine.reports import KINDS
from workbench.engine.store.base import StoreError
from workbench.engine.store.library import CaseNotFoundError, Library
from workbench.engine.views import derive


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("report", "Write a report on a case: nothing in it but what the record holds.", common)
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="its id or a prefix (default: the latest)")
    parser.add_argument("--as", dest="kind", choices=tuple(KINDS), default="timeline")
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown")
    arguments = parser.parse_args(argv)
    library = Library(from_arguments(arguments).data)
    try:
        cards = library.cards(1)
        if not arguments.of and not cards:
            fail("there is no case yet", todo="workbench investigate QUESTION opens one")
            return COULD_NOT_TELL
        state = library.read(library.find(arguments.of or cards[0].id))
    except CaseNotFoundError as error:
        fail(str(error))
        return WRONG_USAGE
    except StoreError as error:
        fail(str(error))
        return COULD_NOT_TELL
    views = derive(state, Ranking())
    if arguments.format == "json":
        print_json({"schema": 1, "case": state.id, "kind": arguments.kind, "timeline": encode(state.timeline)})
    else:
        for line in KINDS[arguments.kind](state, views):
            say(line)
    return GOOD
