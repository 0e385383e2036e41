"""``workbench logs``: errors and patterns of logs alone."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from workbench.analysis.logs.files import likely
from workbench.analysis.redact import redact
from workbench.cli.common import COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import aside, fail, print_event, print_json, say
from workbench.cli.progress import Progress
from workbench.engine.logs.document import document
from workbench.engine.logs.lens import lens_for
from workbench.engine.logs.reading import Reader, Reading, who
from workbench.engine.logs.sources import GRAMMAR, feeds_of
from workbench.engine.times import parse_time

AWAITED = 4
"""How many times the sample a log must be for what the sample says to be printed first."""


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code: 0 when something was read, 2 for wrong usage, 3 when nothing could be."""
    arguments = _parser(common).parse_args(argv)
    since = parse_time(arguments.since, datetime.now(UTC)) if arguments.since else None
    if arguments.since and since is None:
        fail(f"--since {arguments.since} is no time", todo="give 14:02, 30m, 2h, 3d or 2026-05-12T14:02Z")
        return WRONG_USAGE
    if not arguments.sources:
        fail("no log source was given", todo=f"likely here: {', '.join(likely(Path.cwd())) or 'none found'}")
        return WRONG_USAGE
    if arguments.follow:
        from workbench.cli.logs_follow import follow

        return follow(arguments)
    with _spooled(arguments.sources) as sources:
        return _read(arguments, sources, since)


def _parser(common: argparse.Namespace) -> argparse.ArgumentParser:
    parser = verb_parser("logs", f"Errors and patterns of logs alone.\n\nSOURCE: {GRAMMAR}", common)
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="what to read; several are merged by time")
    parser.add_argument("--repo", default="", metavar="R", help="map frames and messages to this checkout")
    parser.add_argument("--since", default="", metavar="T", help="compare what happened since then with before")
    parser.add_argument("--question", default="", metavar="Q", help="order errors by these words too")
    parser.add_argument("--assignments", default="", metavar="FILE", help="write CSV line_no,group_id for every line")
    parser.add_argument("--who", default="", metavar="FILE", help="write CSV of the users and requests of each error")
    parser.add_argument("--follow", action="store_true", help="go on as the logs grow")
    parser.add_argument("--all", action="store_true", help="print errors and patterns that were always there too")
    parser.add_argument("--format", choices=("text", "json", "jsonl"), default="text")
    return parser


def _read(arguments: argparse.Namespace, sources: list[str], since: datetime | None) -> int:
    started = time.monotonic()
    gc.disable()  # one short run without circles of objects: looking for them takes a twentieth of it
    with feeds_of(sources, arguments) as feeds:
        reader = Reader(feeds, lens_for(arguments.repo, arguments.question, since), bool(arguments.assignments))
        with Progress("fetching the logs"):
            reader.survey()
        if _awaits_sample(arguments.format, reader):
            _show_sample(reader.sample(), arguments.format, started)
        with Progress(f"reading {reader.size / (1 << 20):,.0f} MB"):
            reading = reader.read()
        try:
            if arguments.assignments:
                reader.write_assignments(arguments.assignments, reading)
            if arguments.who:
                from workbench.cli.spreadsheet import csv_text

                Path(arguments.who).write_text(csv_text(("error_id", "kind", "value"), who(reading)), encoding="utf-8")
        except OSError as error:
            fail(f"a file could not be written: {error}", "the logs were read", "give a file in a folder that is there")
            return COULD_NOT_TELL
    _show(reading, arguments, started)
    gc.freeze()  # nor are they looked for at the end
    return GOOD if reading.table.lines else COULD_NOT_TELL


def _awaits_sample(form: str, reader: Reader) -> bool:
    """Whether somebody reads what the sample says: not where a program waits for one document."""
    return form == "jsonl" or (reader.sampled * AWAITED < reader.size and (form == "text" or sys.stderr.isatty()))


def _show_sample(reading: Reading, form: str, started: float) -> None:
    if form == "jsonl":
        print_event({"event": "sample", **document(reading, time.monotonic() - started)})
    else:
        from workbench.cli.logs_text import sample_text

        for line in sample_text(reading, _width()):
            aside(redact(line)[0])


def _show(reading: Reading, arguments: argparse.Namespace, started: float) -> None:
    seconds = time.monotonic() - started
    if arguments.format == "json":
        print_json(document(reading, seconds))
    elif arguments.format == "jsonl":
        print_event({"event": "result", **document(reading, seconds)})
    else:
        from workbench.cli.logs_text import reading_text

        for line in reading_text(reading, arguments.all, _width()):
            say(redact(line)[0])


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


@contextmanager
def _spooled(sources: list[str]) -> Iterator[list[str]]:
    """Standard input is read twice (a sample, then all of it), so it is kept in a file meanwhile."""
    if "-" not in sources:
        yield sources
        return
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="workbench-stdin-", delete=False) as spool, suppress(KeyboardInterrupt):
        while data := os.read(sys.stdin.fileno(), 1 << 20):
            spool.write(data)
    try:
        yield [f"-={spool.name}" if source == "-" else source for source in sources]
    finally:
        Path(spool.name).unlink(missing_ok=True)
