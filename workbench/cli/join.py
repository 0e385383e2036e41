"""``workbench join ssh://HOST/CASE``: a case that is somewhere else, with a view of one's own."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from workbench.case.enums import Role
from workbench.cli.common import COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.open import open_screens
from workbench.cli.output import aside, fail, say
from workbench.engine.options import from_arguments
from workbench.engine.store.base import StoreError
from workbench.engine.together.joining import joined
from workbench.engine.together.link import Welcome


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("join", "Join a case that is on another host or of another account.", common)
    parser.add_argument("url", metavar="URL", help="ssh://[USER@]HOST[:PORT]/CASE, or CASE on this host")
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.DRIVER.value, help="at most")
    parser.add_argument("--token", default="", metavar="env:NAME", help="an invitation (default: WORKBENCH_TOKEN)")
    parser.add_argument(
        "--repo", default="", metavar="R", help="a checkout of the repository (default: none is needed)"
    )
    parser.add_argument("--brief", action="store_true", help="print what a late joiner has to know, and leave")
    arguments = parser.parse_args(argv)
    if arguments.token and not arguments.token.startswith("env:"):
        fail("an invitation does not belong into a command line", todo="put it into a variable and give env:NAME")
        return WRONG_USAGE
    token = os.environ.get(arguments.token[4:] if arguments.token else "WORKBENCH_TOKEN", "")
    options = from_arguments(arguments)
    checkout = Path(arguments.repo).resolve() if arguments.repo else None
    if sys.stderr.isatty():
        aside(f"joining {arguments.url}; Ctrl-C stops")
    try:
        visit = joined(arguments.url, options, token, Role(arguments.role), sys.stdin.isatty(), checkout, _greet)
    except (StoreError, OSError) as error:
        fail(f"{arguments.url}: {error}", "nothing was opened", "try when it answers, or ask for a new invitation")
        return COULD_NOT_TELL
    try:
        if arguments.brief:
            return GOOD
        arguments.visit, arguments.case = visit, visit.link.welcome.case
        return open_screens(str(Path(visit.folder)), arguments)
    finally:
        visit.end()


def _greet(welcome: Welcome) -> None:
    """What a late joiner has to know, while the case is on its way; in a browser there is nowhere to print it."""
    if "TEXTUAL_DRIVER" in os.environ:
        return
    for line in welcome.brief:
        say(line)
