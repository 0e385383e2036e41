"""``workbench import FILE``: a case that was exported elsewhere."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from workbench.cli.common import GOOD, WRONG_USAGE, verb_parser
from workbench.cli.ending import ended
from workbench.cli.output import fail, say
from workbench.cli.progress import Progress
from workbench.engine.options import from_arguments
from workbench.engine.store.exchange import ExchangeError, read, take_in
from workbench.engine.store.library import library_of


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("import", "Take in a case that `workbench export` wrote; its ids stay what they were.", common)
    parser.add_argument("file", metavar="FILE", help="the file; - is standard input")
    arguments = parser.parse_args(argv)
    library = library_of(from_arguments(arguments))
    try:
        given = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text(encoding="utf-8")
        carried = read(given.splitlines())
        with closing(library.store(carried.case)) as store, Progress(f"taking in {len(carried.events)} events"):
            fresh = take_in(carried, store)
    except (OSError, UnicodeDecodeError) as error:
        what = f"{arguments.file}: {getattr(error, 'strerror', None) or error}"
        fail(what, "nothing was taken in", "give a file that workbench export wrote")
        return WRONG_USAGE
    except ExchangeError as error:
        return ended(error, arguments.file)
    already = len(carried.events) - fresh
    say(f"{carried.case}: {fresh} events taken in{f', {already} were here already' if already else ''}")
    say(f"workbench report {carried.case}; workbench --case {carried.case} PATH goes on with it")
    return GOOD
