"""``workbench stats``: four questions about the cases on this machine."""

from __future__ import annotations

import argparse
from typing import Any

from workbench.analysis.record.stats import case_stats, statistics
from workbench.cli.common import GOOD, verb_parser
from workbench.cli.output import fail, print_json, say
from workbench.engine.options import from_arguments
from workbench.engine.store.base import StoreError
from workbench.engine.store.library import library_of

_MOST = 10_000


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("stats", "What the cases on this machine have in common, from their records alone.", common)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    arguments = parser.parse_args(argv)
    library = library_of(from_arguments(arguments))
    unread: list[str] = []
    cases = []
    for card in library.cards(_MOST):
        try:
            cases.append(case_stats(library.events(card.id)))
        except StoreError as error:
            unread.append(f"{card.id}: {error}")
    told = statistics(cases)
    if arguments.format == "json":
        print_json({"schema": 1, **told, "unread": unread})
        return GOOD
    for line in unread:
        fail(f"not counted: {line}", "the other cases are counted", "workbench doctor looks at the data folder")
    _text(told)
    return GOOD


def _text(told: dict[str, Any]) -> None:
    say(f"{told['cases']} cases")
    say("\nHow fast (median, longest)")
    for span in told["times"]:
        name = f"{span['from']} → {span['to']}".replace("_", " ")
        late = f", {span['out_of_order']} out of order" if span["out_of_order"] else ""
        shown = f"{_span(span['median'])}, {_span(span['longest'])}  n={span['n']}" if span["n"] else "not recorded"
        say(f"  {name:30} {shown}{late}")
    say("\nHow well proven")
    say(f"  fixes proven                   {_share(told['proofs']['fixes_proven'])}")
    say(f"  proofs that failed first       {_share(told['proofs']['failed_first'])}")
    say("\nHow careful")
    say(f"  gates waived                   {told['gates']['waived']}")
    say(f"  unsafe proposals refused       {told['gates']['unsafe_proposals_refused']}")
    say("\nHow lasting")
    say(f"  reopened within 14 days        {_share(told['lasting']['reopened'])}")
    say(f"  handovers                      {told['lasting']['handovers']}")


def _share(part: dict[str, Any]) -> str:
    share = "" if part["share"] is None else f" ({part['share']:.0%})"
    return f"{part['count']} of {part['of']}{share}"


def _span(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
