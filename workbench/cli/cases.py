"""``workbench cases``: the cases on this machine."""

from __future__ import annotations

import argparse

from workbench.case.codec import encode
from workbench.cli.common import GOOD, verb_parser
from workbench.cli.output import print_json, say
from workbench.engine.options import from_arguments
from workbench.engine.store.library import library_of


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("cases", "List the cases on this machine, latest first.", common)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    arguments = parser.parse_args(argv)
    cards = library_of(from_arguments(arguments)).cards()
    if arguments.format == "json":
        print_json({"schema": 1, "cases": encode(cards)})
        return GOOD
    for card in cards:
        title = card.question.splitlines()[0][:70] if card.question else "(nothing asked yet)"
        say(f"{card.id}  {card.touched:%Y-%m-%d %H:%M}  {title}  {card.repo}")
    if not cards:
        say("no cases yet")
    return GOOD
