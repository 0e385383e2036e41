"""``workbench bisect``: the commit with which a test began to fail, or to be slow."""

from __future__ import annotations

import argparse
import asyncio
import itertools

from workbench.case.codec import encode
from workbench.cli.common import GOOD, verb_parser
from workbench.cli.opening import opened
from workbench.cli.output import print_event, print_json, say, write
from workbench.cli.progress import Progress
from workbench.engine.proof.bisect import Bisected, bisect
from workbench.engine.proof.trials import Tried, counted

_GLYPHS = {"good": "✔", "bad": "✘", "skip": "–"}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 found, 3 could not tell."""
    text = "Find the commit with which a test began to fail. A search that was stopped goes on where it was."
    parser = verb_parser("bisect", text, common)
    parser.add_argument("test", help="node id of the test, as it stands in the working tree")
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--good", default="", metavar="REV", help="where it passes (default: searched backwards)")
    parser.add_argument("--bad", default="HEAD", metavar="REV", help="where it fails (default: HEAD)")
    by = "what makes a commit bad: outcome, seconds, or the NAME of a number that the test records (record_property)"
    parser.add_argument("--by", default="outcome", metavar="NAME", help=by)
    parser.add_argument("--format", choices=("text", "json", "jsonl"), default="text")
    arguments = parser.parse_args(argv)
    return asyncio.run(_bisect(arguments))


async def _bisect(arguments: argparse.Namespace) -> int:
    session = await opened(arguments)
    progress = Progress(f"looking for the commit that broke {arguments.test}")
    count = itertools.count(1)

    def told(commit: str, tried: Tried, known: bool) -> None:
        if arguments.format == "jsonl":
            print_event({"commit": commit, **encode(tried), "remembered": known})
        elif arguments.format == "text":
            say(f"{_GLYPHS[tried.trial]} {commit[:10]} {tried.reason}{' (tried before)' if known else ''}")
        progress.show(f"{next(count)} commits tried")

    try:
        found = await bisect(session.services, arguments.test, arguments.good, arguments.bad, arguments.by, told)
    finally:
        progress.clear()
        await session.close()
    if arguments.format == "json":
        print_json({"schema": 1, **encode(found)})
    elif arguments.format == "jsonl":
        print_event({"schema": 1, **encode(found)})
    else:
        _print(found)
    return GOOD


def _print(found: Bisected) -> None:
    last = found.commits[-1]
    say(f"{found.test}: the suspect is {last[:10]} {found.subject} ({counted(found.tried)})")
    if len(found.commits) > 1:
        others = ", ".join(commit[:10] for commit in found.commits[:-1])
        say(f"  or one of {others}: the test could not be run there")
    write(found.diff.rstrip("\n"))
