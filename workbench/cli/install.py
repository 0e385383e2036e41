"""``workbench install``: a plugin into the environment of this program."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from workbench.cli.common import BAD, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail, print_json, say
from workbench.cli.plugins import print_rows, rows_of
from workbench.engine.installing import packages_now, way_to_install
from workbench.engine.plugins import Plugins
from workbench.engine.process.editor import run_in_foreground


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 1 when it is not installed, or announces nothing that loads."""
    arguments = _parser(common).parse_args(argv)
    if bad := next((each for each in arguments.what if each.startswith("-")), ""):
        fail(f"{bad} is no plugin", todo="give the name of a distribution, a folder or an address")
        return WRONG_USAGE
    way = way_to_install(arguments.what, arguments.editable, arguments.upgrade)
    if way.why_not:
        fail(f"not installed: {way.why_not}", "nothing was changed", way.todo)
        return BAD
    if arguments.dry_run:
        say(shlex.join(way.argv))
        return GOOD
    before = () if arguments.upgrade else Plugins().names()
    code = run_in_foreground(way.argv, quiet=arguments.format == "json")
    if code:
        fail(
            f"not installed: {shlex.join(way.argv)} ended with {code}",
            "the environment may be half changed",
            "mend what it says above, then again",
        )
        return BAD
    rows = [row for package in packages_now(before) for row in rows_of(package, Path.cwd())]
    if arguments.format == "json":
        print_json({"schema": 1, "installed": arguments.what, "plugins": rows})
    else:
        print_rows(rows)
    if not rows:
        fail("no new plugin of workbench is announced by it", "it is installed", "workbench plugins: all there are")
    return GOOD if rows and not any(row["error"] for row in rows) else BAD


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    parser = verb_parser("install", "Install plugins into the environment of workbench, and show what came.", common)
    parser.add_argument(
        "what", metavar="PLUGIN", nargs="+", help="a distribution, a folder or an address, as pip has it"
    )
    parser.add_argument("-e", "--editable", action="store_true", help="one folder, whose edits hold at the next start")
    parser.add_argument("--upgrade", action="store_true", help="to the newest version; then every plugin is shown")
    parser.add_argument("--dry-run", action="store_true", help="say what would be run")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser
