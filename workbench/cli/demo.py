"""``workbench demo``: a real incident to try it on."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from workbench.cli.common import GOOD, WRONG_USAGE, verb_parser
from workbench.cli.open import open_screens
from workbench.cli.output import fail, say
from workbench.cli.progress import Progress
from workbench.demo import DemoError, DemoIncident, open_demo
from workbench.demo.tour import FIXED
from workbench.engine.options import from_arguments


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Write the demo's project and log, or find them as they were left, then open the screens on it."""
    parser = verb_parser("demo", "A small Django project with an incident, to try it on.", common)
    parser.add_argument("--dir", default="", metavar="D", help="where (default: `demo` in the data folder)")
    parser.add_argument("--prepare-only", action="store_true", help="write it and start nothing")
    parser.add_argument("--tour", action="store_true", help="with hints, from the question to the plan")
    arguments = parser.parse_args(argv)
    folder = Path(arguments.dir) if arguments.dir else from_arguments(arguments).data / "demo"
    try:
        with Progress("writing the demo: a project with its history, and its log"):
            incident = open_demo(folder)
    except (DemoError, OSError) as error:
        fail(
            f"the demo could not be written to {folder}: {error}",
            kept="what is there was left as it is",
            todo="give an empty folder with --dir",
        )
        return WRONG_USAGE
    if arguments.prepare_only:
        say(f"repository  {incident.repo}")
        say(f"log         {incident.log}")
        say(f"question    {incident.question}")
        if incident.again:
            say(f"again       {_again(incident)}")
        return GOOD
    os.environ.setdefault("WORKBENCH_PYTHON", sys.executable)
    arguments.log = [str(incident.log)]
    arguments.question = incident.question
    arguments.deployed = incident.deployed or ""
    arguments.notice = _again(incident) if incident.again else ""
    arguments.tour_until = FIXED if arguments.tour else ""
    return open_screens(str(incident.repo), arguments)


def _again(incident: DemoIncident) -> str:
    """What is said of a demo that was there already."""
    if not incident.kept:
        return f"the demo in {incident.repo.parent}, as it was written"
    shown = ", ".join(incident.kept[:3]) + (f" and {len(incident.kept) - 3} more" if len(incident.kept) > 3 else "")
    return f"the demo in {incident.repo.parent}, with what you changed: {shown}"
