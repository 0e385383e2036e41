"""``workbench mcp``: the case for agents, over the Model Context Protocol on standard input and output."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
from dataclasses import replace
from pathlib import Path

from workbench.cli.common import COULD_NOT_TELL, GOOD, verb_parser
from workbench.cli.output import fail
from workbench.engine.options import Options, from_arguments
from workbench.engine.session import Session
from workbench.engine.store.library import NoCaseYetError, library_of


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 3 where what it needs is not installed, or there is no case."""
    text = "Serve a case to an agent: the Model Context Protocol on standard input and output."
    parser = verb_parser("mcp", text, common)
    parser.add_argument("--repo", default=".", metavar="R", help="the repository (default: this folder)")
    writes = "the agent may investigate, add evidence and, with --trust, run tests and prove"
    parser.add_argument("--write", action="store_true", help=writes)
    arguments = parser.parse_args(argv)
    if importlib.util.find_spec("mcp") is None:
        fail("the package mcp is not installed", todo="workbench install 'bug-workbench[mcp]'")
        return COULD_NOT_TELL
    options = from_arguments(arguments)
    root = Path(arguments.repo).resolve()
    asyncio.run(_serve(root, _on_a_case(options, root, arguments.write), arguments.write))
    return GOOD


def _on_a_case(options: Options, root: Path, write: bool) -> Options:
    """The case that was named, else the latest of this repository, else a new one where that may be written.

    Raises CaseNotFoundError, StoreError.
    """
    case = options.case
    if not case:
        cards = (card for card in library_of(options).cards() if card.repo == str(root) and not card.problem)
        case = next((card.id for card in cards), "")
    if not case and not write:
        raise NoCaseYetError(f"there is no case of {root} yet; --write lets the agent open one")
    return replace(options, case=case, readonly=options.readonly or not write, actor=f"{options.actor} (agent)")


async def _serve(root: Path, options: Options, write: bool) -> None:
    from workbench.cli.mcp_tools import server_of

    session = await Session.open(root, options)
    session.rank()
    try:
        await server_of(session, write and not options.readonly).run_stdio_async()
    finally:
        await session.close()
