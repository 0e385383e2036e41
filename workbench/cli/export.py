"""``workbench export CASE FILE``: a case as one file, for another machine."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from workbench.cli.common import GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import aside, fail
from workbench.cli.progress import Progress
from workbench.engine.options import from_arguments
from workbench.engine.store.exchange import exported
from workbench.engine.store.library import library_of


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser(
        "export",
        "Write a case into one file: its record, secrets and e-mail addresses masked, nothing of the vault.",
        common,
    )
    parser.add_argument("of", metavar="CASE", help="its id or a prefix")
    parser.add_argument("file", metavar="FILE", help="where to; - is standard output; a file that is there is kept")
    arguments = parser.parse_args(argv)
    library, masked = library_of(from_arguments(arguments)), list[int]()
    try:
        case = library.find(arguments.of)
        with closing(library.store(case)) as store, Progress("reading the case"):
            lines = [f"{line}\n" for line in exported(case, store, masked.append)]
        if arguments.file == "-":
            sys.stdout.writelines(lines)
            return GOOD
        with Path(arguments.file).open("x", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        fail(f"{arguments.file}: {error.strerror or error}", "nothing was overwritten", "give another file")
        return WRONG_USAGE
    hidden = f", {masked[0]:,} secrets and e-mail addresses masked" if any(masked) else ""
    aside(f"{case}: {len(lines) - 2} lines in {arguments.file}{hidden}")
    return GOOD
