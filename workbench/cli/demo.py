"""``workbench demo``: a real incident to try it on."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from workbench.cli.common import GOOD, WRONG_USAGE, verb_parser
from workbench.cli.open import open_screens
from workbench.cli.output import fail, say
from workbench.demo import DemoError, write_demo


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Write the demo's project and log, then open the screens on it."""
    parser = verb_parser("demo", "Write a small Django project with an incident, and open it.", common)
    parser.add_argument("--dir", default="", metavar="D", help="where (default: a new temporary folder)")
    parser.add_argument("--prepare-only", action="store_true", help="write it and start nothing")
    arguments = parser.parse_args(argv)
    folder = Path(arguments.dir) if arguments.dir else Path(tempfile.mkdtemp(prefix="workbench-demo-"))
    try:
        incident = write_demo(folder)
    except (DemoError, OSError) as error:
        fail(f"the demo could not be written to {folder}: {error}", todo="give an empty folder with --dir")
        return WRONG_USAGE
    if arguments.prepare_only:
        say(f"repository  {incident.repo}")
        say(f"log         {incident.log}")
        say(f"question    {incident.question}")
        return GOOD
    os.environ.setdefault("WORKBENCH_PYTHON", sys.executable)
    arguments.log = [str(incident.log)]
    arguments.question = incident.question
    arguments.deployed = incident.deployed or ""
    return open_screens(str(incident.repo), arguments)
