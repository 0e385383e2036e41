"""``workbench write-test``: the failing test from the evidence of a case."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from workbench.analysis.ranking import Ranking
from workbench.analysis.writers import TEMPLATES, NothingToWriteError, Written
from workbench.case.codec import encode
from workbench.cli.common import GOOD, verb_parser
from workbench.cli.opening import opened
from workbench.cli.output import print_json, say, write
from workbench.cli.progress import Progress
from workbench.engine.options import from_arguments
from workbench.engine.session import Session
from workbench.engine.store.library import library_of
from workbench.engine.views import Views, derive
from workbench.engine.writing import ask_of, save, subjects, written

LATEST = 100
"""Cases looked through for the latest that asks something: runs of tests and proofs make cases too."""


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 written, 2 for what there is not, 3 where no test can be written."""
    arguments = _parser(common).parse_args(argv)
    options = from_arguments(arguments)
    library = library_of(options)
    named = arguments.of or options.case
    asked = "" if named else next((card.id for card in library.cards(LATEST) if card.question), "")
    arguments.case = library.find(named or asked or library.latest())
    repo = arguments.repo or library.read(arguments.case).repo
    return asyncio.run(_write(arguments, Path(repo)))


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    text = "Write the failing test that a cause, an error or a finding of a case calls for, in the project's idiom."
    parser = verb_parser("write-test", text, common)
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="its id or a prefix (default: the latest)")
    parser.add_argument("--repo", default="", metavar="R", help="the repository (default: that of the case)")
    parser.add_argument("--for", dest="ref", default="", metavar="ID", help="a cause, an error or a finding, by id")
    parser.add_argument("--template", choices=tuple(TEMPLATES), default="", help="in place of what the evidence says")
    parser.add_argument("--print", dest="show", action="store_true", help="write no file: print the test")
    parser.add_argument("--list", action="store_true", help="what a test may be asked for")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser


async def _write(arguments: argparse.Namespace, repo: Path) -> int:
    session = await opened(arguments, repo=repo)
    try:
        views = derive(session.state, Ranking())
        if arguments.list:
            for ref, title in subjects(views):
                say(f"{ref}  {' '.join(title.split())}")
            return GOOD
        with Progress("writing the test"):
            made = await _made(session, views, arguments)
        if not arguments.show:
            await save(session.change, made)
    finally:
        await session.close()
    _print(made, arguments)
    return GOOD


async def _made(session: Session, views: Views, arguments: argparse.Namespace) -> Written:
    """The test asked for; without ``--for`` that of the surest evidence that a test can be written from."""
    if arguments.ref:
        return await written(session.services, ask_of(views, arguments.ref, arguments.template))
    reasons: list[str] = []
    for ref, _ in subjects(views):
        try:
            return await written(session.services, ask_of(views, ref, arguments.template))
        except NothingToWriteError as nothing:
            reasons.append(str(nothing))
    raise NothingToWriteError(
        reasons[0]
        if reasons
        else "this case has no cause, error or finding yet: workbench investigate finds them, in logs with --log"
    )


def _print(made: Written, arguments: argparse.Namespace) -> None:
    if arguments.format == "json":
        print_json({"schema": 1, **encode(made), "saved": not arguments.show})
    elif arguments.show:
        write(made.text.rstrip("\n"))
    else:
        why = f" ({made.why})" if made.why else ""
        say(f"wrote {made.path}: {made.template}")
        say(f"  yours to choose at line {made.blank[0] + 1}: {made.choice}{why}")
        say(f"  run it: workbench test {made.test}")
