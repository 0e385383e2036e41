"""Options that every verb takes, before or after the verb, and the exit codes."""

from __future__ import annotations

import argparse
import os

GOOD, BAD, WRONG_USAGE, COULD_NOT_TELL, INTERRUPTED = 0, 1, 2, 3, 130

LEAST_MEMORY = 256
"""MB of address space with which a worker can do all that it is asked."""

USAGE = "exit codes: 0 good, 1 bad, 2 wrong usage, 3 could not tell, 130 interrupted"

_STORE = "data folder, or postgresql://HOST/DATABASE of a team, or env:NAME (environment: WORKBENCH_STORE)"


class _Plain(argparse.Action):
    """Tells the printing, wherever on the command line it stands, and whatever is started from here."""

    def __call__(self, *given: object) -> None:
        os.environ["WORKBENCH_PLAIN"] = os.environ["NO_COLOR"] = "1"


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that every verb takes. Absent ones are left off the namespace, so that parses can be merged."""
    group = parser.add_argument_group("everywhere")
    unset = argparse.SUPPRESS
    group.add_argument("--case", metavar="ID", default=unset, help="go on with this case")
    group.add_argument("--store", metavar="DIR", type=_store, default=unset, help=_STORE)
    group.add_argument("--config", metavar="FILE", type=_file, default=unset, help="settings before the repository's")
    group.add_argument("--jobs", metavar="N", type=_jobs, default=unset, help="worker processes at most")
    group.add_argument("--memory", metavar="MB", type=_memory, default=unset, help="memory of each worker at most")
    group.add_argument("--trust", action="store_true", default=unset, help="allow this repository's code to be run")
    group.add_argument("--readonly", action="store_true", default=unset, help="change nothing, run nothing of it")
    group.add_argument("--safe", action="store_true", default=unset, help="built-in plugins only")
    group.add_argument("--plain", action=_Plain, nargs=0, default=unset, help="words for glyphs, for a screen reader")
    group.add_argument("--no-color", action="store_true", default=unset, help="no colours (environment: NO_COLOR)")


def verb_parser(verb: str, description: str, common: argparse.Namespace) -> argparse.ArgumentParser:
    """A parser for one verb that starts from what was given before the verb."""
    parser = argparse.ArgumentParser(
        prog=f"workbench {verb}",
        description=description,
        epilog=USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.set_defaults(**{key: value for key, value in vars(common).items() if key != "rest"})
    return parser


def _file(text: str) -> str:
    """A file as given, which must be there."""
    from pathlib import Path

    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return text


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes: 1 or more")
    return int(text)


def _memory(text: str) -> int:
    if not text.isdecimal() or 0 < int(text) < LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"{text!r} is too little: {LEAST_MEMORY} or more, 0 for no bound")
    return int(text)


def _store(text: str) -> str:
    """A store as given; every user of the machine can read a password in a command line."""
    from urllib.parse import urlsplit

    if "://" in text and (urlsplit(text).password or "password=" in text):
        raise argparse.ArgumentTypeError("a password does not belong here: put the address in a variable, env:NAME")
    return text
