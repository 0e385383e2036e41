"""``workbench errors``: the errors of a case, why their events were grouped, and people's say in it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence

from workbench.analysis.ranking import Ranking
from workbench.analysis.redact import redact
from workbench.case.codec import encode
from workbench.case.events import new_event
from workbench.case.grouping import Regroup, grouping_data
from workbench.case.logs import LogError
from workbench.cli.common import GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail, print_json, say
from workbench.cli.spreadsheet import csv_text
from workbench.engine.options import Options, from_arguments
from workbench.engine.store.journal import Journal
from workbench.engine.store.library import Library, library_of
from workbench.engine.views import derive

_FIELDS = ("id", "type", "message", "trend", "count", "share", "of", "first_seen", "last_seen", "users", "requests")


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 2 for an error or a variant that is not there."""
    arguments = _parser(common).parse_args(argv)
    options = from_arguments(arguments)
    try:
        library = library_of(options)
        case = library.find(arguments.of or options.case or library.latest())
        if arguments.merge or arguments.split or arguments.undo:
            asyncio.run(_group(library, case, arguments, options))
        errors = _errors(library, case)
        shown = [_find(errors, arguments.why)] if arguments.why else errors
    except ValueError as error:
        fail(str(error), "the errors are grouped as they were", "workbench errors lists them with their ids")
        return WRONG_USAGE
    _show(shown, case, arguments)
    return GOOD


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    parser = verb_parser("errors", "The errors of a case: why each was grouped; split, merge, export.", common)
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="its id or a prefix (default: the latest)")
    parser.add_argument("--why", metavar="ERROR", default="", help="why the events of one error were put together")
    parser.add_argument("--merge", metavar="ERROR", nargs="+", default=[], help="these are one")
    parser.add_argument("--split", metavar="ERROR", default="", help="this is two: --variant is one of its own")
    parser.add_argument("--variant", metavar="N", type=int, default=1, help="by number, as --why lists them")
    parser.add_argument("--undo", metavar="ERROR", default="", help="leave it as it was found")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, for the record")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text")
    return parser


def _errors(library: Library, case: str) -> Sequence[LogError]:
    return derive(library.read(case), Ranking()).errors


def _find(errors: Sequence[LogError], prefix: str) -> LogError:
    found = [error for error in errors if error.id.startswith(prefix) or error.fingerprint.startswith(prefix)]
    if len(found) != 1:
        raise ValueError(f"{prefix} is {'no error' if not found else 'more than one error'} of this case")
    return found[0]


async def _group(library: Library, case: str, arguments: argparse.Namespace, options: Options) -> None:
    errors = _errors(library, case)
    variant = ""
    if arguments.merge:
        action, named = Regroup.MERGE, [_find(errors, each) for each in arguments.merge]
    elif arguments.split:
        action, named = Regroup.SPLIT, [_find(errors, arguments.split)]
        labels = [each.label for each in named[0].variants]
        if not 1 <= arguments.variant <= len(labels):
            raise ValueError(f"{named[0].id} has {len(labels)} variants")
        variant = labels[arguments.variant - 1]
    else:
        action, named = Regroup.UNDO, [_find(errors, arguments.undo)]
    data = grouping_data(action, named, variant, arguments.reason)
    journal = await Journal.open(lambda: library.store(case), "asked for by --readonly" if options.readonly else "")
    try:
        await journal.append(new_event("error.grouped", options.actor, data))
    finally:
        await journal.close()


def _show(errors: Sequence[LogError], case: str, arguments: argparse.Namespace) -> None:
    if arguments.format == "json":
        print_json({"schema": 1, "case": case, "errors": encode(tuple(errors))})
    elif arguments.format == "csv":
        sys.stdout.write(_csv(errors))
    else:
        for error in errors:
            for line in _text(error, bool(arguments.why)):
                say(redact(line)[0])
        if not errors:
            say("no errors in this case")


def _text(error: LogError, everything: bool) -> Iterator[str]:
    yield f"{error.id}  {error.trend.value:10} {error.count:>8,}  {error.type}  {' '.join(error.message.split())[:80]}"
    if everything:
        yield f"    {error.share:.1%} of {error.of}"
        if error.unhandled:
            yield f"    {error.unhandled.share:.1%} of {error.unhandled.of}, n {error.unhandled.count}"
        yield f"    grouped: {error.why or 'one event'}"
        for number, variant in enumerate(error.variants, 1):
            yield f"    variant {number}: {variant.count:,}  {variant.label}"


def _csv(errors: Sequence[LogError]) -> str:
    rows = []
    for error in errors:
        data = encode(error)
        place = f"{error.place.path}:{error.place.line}" if error.place else ""
        rows.append((*(data[name] for name in _FIELDS), place, error.why))
    return csv_text((*_FIELDS, "place", "why"), rows, emails=True)
