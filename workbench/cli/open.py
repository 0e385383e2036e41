"""``workbench [REPOSITORY]``: the screens, found by entry point so that the core never imports them."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import metadata

from workbench.cli.common import COULD_NOT_TELL, WRONG_USAGE, verb_parser
from workbench.cli.output import fail


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Open the screens on a repository and return their exit code."""
    parser = verb_parser("[REPOSITORY]", "Open the workbench on a repository.", common)
    parser.add_argument("repository", nargs="?", default=".")
    parser.add_argument("--log", action="append", default=[], metavar="SOURCE", help="a log source; may be repeated")
    parser.add_argument("--question", default="", help="what is wrong")
    parser.add_argument("--deployed", default="", metavar="REV", help="the revision that runs in production")
    arguments = parser.parse_args(argv)
    return open_screens(arguments.repository, arguments)


def open_screens(path: str, options: argparse.Namespace) -> int:
    """Run the app's entry point. Without a terminal, or without the screens installed, it says so."""
    if not os.path.exists(path):  # noqa: PTH110 - a path as typed, before anything is imported
        fail(f"{path} is neither a verb nor a path", todo="workbench --help lists the verbs")
        return WRONG_USAGE
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        fail("the screens need a terminal", todo="headless: workbench investigate QUESTION --repo PATH")
        return WRONG_USAGE
    points = list(metadata.entry_points(group="workbench.app", name="app"))
    if not points:
        fail("the screens are not installed", todo="install bug-workbench again")
        return COULD_NOT_TELL
    return int(points[0].load()(path, options))
