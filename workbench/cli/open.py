"""``workbench [REPOSITORY]``: the screens, found by entry point so that the core never imports them."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from workbench.cli.common import COULD_NOT_TELL, WRONG_USAGE, verb_parser
from workbench.cli.inputs import add_inputs, inputs_of, password_in
from workbench.cli.output import fail
from workbench.cli.surroundings import add_surroundings, refused


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Open the screens on a repository and return their exit code."""
    parser = verb_parser("[REPOSITORY]", "Open the workbench on a repository.", common)
    parser.add_argument("repository", nargs="?", default=".")
    parser.add_argument("--log", action="append", default=[], metavar="SOURCE", help="a log source; may be repeated")
    parser.add_argument("--question", default="", help="what is wrong")
    parser.add_argument("--deployed", default="", metavar="REV", help="the revision that runs in production")
    add_surroundings(parser)
    add_inputs(parser)
    arguments = parser.parse_args(argv)
    if why := refused(arguments):
        fail(why, todo="give --db env:NAME, and the address in the variable NAME")
        return WRONG_USAGE
    if why := password_in(vars(arguments)):
        fail(why, todo="give --metrics env:NAME, and the address in the variable NAME")
        return WRONG_USAGE
    if "-" in arguments.documents:
        fail("the screens need the terminal, so --from - cannot be read", todo="save it to a file")
        return WRONG_USAGE
    arguments.inputs = inputs_of(vars(arguments))
    return open_screens(arguments.repository, arguments)


def open_screens(path: str, options: argparse.Namespace) -> int:
    """Run the app's entry point. Without a terminal, or without the screens installed, it says so."""
    if not os.path.exists(path):  # noqa: PTH110 - a path as typed, before anything is imported
        fail(f"{path} is neither a verb nor a path", todo="workbench --help lists the verbs")
        return WRONG_USAGE
    # Textual draws on standard error; in a browser, TEXTUAL_DRIVER says where it draws
    terminal = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    if not terminal and "TEXTUAL_DRIVER" not in os.environ:
        fail("the screens need a terminal", todo="headless: workbench investigate QUESTION --repo PATH")
        return WRONG_USAGE
    point = entry_point("workbench.app", "app")
    if not point:
        fail("the screens are not installed", todo="install bug-workbench again")
        return COULD_NOT_TELL
    module, _, name = point.partition(":")
    return int(getattr(import_module(module), name)(path, options))


def entry_point(group: str, name: str) -> str:
    """``module:attribute`` of our entry point of that name, or the empty string.

    Read from the distribution's own file: importlib.metadata takes a tenth of the time to the first paint.
    """
    for folder in sys.path:
        for file in Path(folder).glob("bug_workbench-*.dist-info/entry_points.txt"):
            section = ""
            for line in file.read_text(encoding="utf-8").splitlines():
                if line.startswith("["):
                    section = line.strip("[] ")
                elif section == group and line.partition("=")[0].strip() == name:
                    return line.partition("=")[2].strip()
    return ""
