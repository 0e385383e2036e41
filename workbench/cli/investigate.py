"""``workbench investigate``: the document of an investigation, headless."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from datetime import UTC, datetime

from workbench.cli.common import COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.inputs import add_inputs, inputs_of, password_in
from workbench.cli.opening import opened
from workbench.cli.output import fail, print_json, say
from workbench.cli.progress import Progress
from workbench.cli.surroundings import add_surroundings, refused
from workbench.engine import documents
from workbench.engine.intake import taken_over
from workbench.engine.investigation import Question
from workbench.engine.session import Session
from workbench.engine.times import parse_time

QUESTION_LIMIT = 100_000
"""Characters of a question that are read; a longer one is cut and says so."""


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    arguments = _parser(common).parse_args(argv)
    if why := refused(arguments):
        fail(why, todo="give --db env:NAME, and the address in the variable NAME")
        return WRONG_USAGE
    if why := password_in(vars(arguments)):
        fail(why, todo="give --metrics env:NAME, and the address in the variable NAME")
        return WRONG_USAGE
    if not arguments.question and not arguments.documents:
        fail("there is no question", todo="say what is wrong, or --from FILE for an alert, ticket, report or trace")
        return WRONG_USAGE
    question = sys.stdin.read() if arguments.question == "-" else arguments.question
    if len(question) > QUESTION_LIMIT:
        fail(
            f"the question has {len(question)} characters",
            f"its first {QUESTION_LIMIT} are read",
            "say it shorter, or give the text with --from",
        )
        question = question[:QUESTION_LIMIT]
    since = None
    if arguments.since:
        since = parse_time(arguments.since, datetime.now(UTC))
        if since is None:
            fail(f"--since {arguments.since} is no time", todo="give 14:02, 30m, 2h, 3d or 2026-05-12T14:02Z")
            return WRONG_USAGE
    asked = Question(
        question,
        tuple(arguments.log),
        since,
        arguments.deployed,
        change_sources=tuple(arguments.changes),
        database=arguments.db,
        playbook=arguments.playbook,
        inputs=inputs_of(vars(arguments)),
    )
    return asyncio.run(_investigate(arguments, asked))


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    parser = verb_parser("investigate", "Answer a question about a repository and its logs.", common)
    parser.add_argument("question", nargs="?", default="", help="what is wrong, in plain words; - reads standard input")
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    parser.add_argument("--log", action="append", default=[], metavar="SOURCE", help="a log source; may be repeated")
    parser.add_argument("--since", default="", metavar="T", help="look at what happened since then")
    parser.add_argument("--deployed", default="", metavar="REV", help="the revision that runs in production")
    parser.add_argument("--sarif", action="append", default=[], metavar="FILE", help="findings of another tool")
    add_surroundings(parser)
    add_inputs(parser)
    parser.add_argument(
        "--format", choices=("text", "json", "mermaid"), default="text", help="mermaid: the map alone, as a flowchart"
    )
    return parser


async def _investigate(arguments: argparse.Namespace, question: Question) -> int:
    started = time.monotonic()
    session = await opened(arguments)
    known = len(session.notices)
    progress = Progress("listing the files")
    stop = session.subscribe(lambda views: progress.show(_line(session)))
    try:
        question = await taken_over(session.services, question, arguments.documents)
        await session.investigate(question)
        document = documents.investigation(session.state, session.views, time.monotonic() - started)
        progress.clear()
        for notice in session.notices[known:]:
            fail(*notice)
        if arguments.format == "json":
            print_json(document)
        elif arguments.format == "mermaid":
            _print_map(session)
        else:
            _print_text(document)
        return GOOD if session.views.ranking.files or session.views.errors else COULD_NOT_TELL
    finally:
        progress.clear()
        stop()
        await session.close()


def _line(session: Session) -> str:
    running = ", ".join(f"{job.name} {job.far}".strip() for job in session.services.jobs.all if job.running)
    return f"{len(session.views.errors)} errors, {len(session.views.findings)} findings; running: {running}"


def _print_map(session: Session) -> None:
    from workbench.analysis.mermaid import mermaid

    for line in mermaid(session.views.nodes, session.views.edges).splitlines():
        say(line)


def _print_text(document: dict[str, object]) -> None:
    from workbench.cli.text import investigation_text

    for line in investigation_text(document):
        say(line)
