"""The first word decides: a verb, else a path to open. Nothing but argparse is imported before a verb is chosen."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from time import monotonic
from types import ModuleType

from workbench import __version__
from workbench.cli.common import USAGE, add_common

VERBS = {
    "investigate": "answer a question about a repository and its logs",
    "logs": "errors and patterns of logs alone",
    "errors": "the errors of a case: why each was grouped; split, merge, export",
    "write-test": "the failing test that a cause, an error or a finding calls for",
    "test": "run the tests, each result as it comes",
    "fix": "what fixers propose, each tested in a worktree of its own; taken or rejected by id",
    "prove": "red, green, red again: that the change fixes what its test shows",
    "bisect": "the commit with which a test began to fail or to be slow",
    "validate": "the gates of a change, and the verdict",
    "plugins": "what is loaded, from where, and what is missing",
    "install": "a plugin into the environment of workbench",
    "report": "what the record of a case says: timeline, postmortem, handover, brief, pull request",
    "monitor": "the triggers of the plan, live, after the deploy",
    "stats": "over all cases: times between phases, proofs, gates, reopened cases and handovers",
    "join": "a case that is on another host or of another account, with a view of one's own",
    "invite": "let somebody else join a case: a token that expires, for one case and a role",
    "serve": "a case for those who join: over standard input and output, or to look at in a browser",
    "export": "write a case into one file, secrets masked",
    "import": "take in a case that was exported elsewhere",
    "cases": "the cases on this machine",
    "mcp": "a case for agents, over the Model Context Protocol",
    "doctor": "what was found on this machine and how to mend what is missing",
    "demo": "a real incident to try it on",
    "completion": "a script that completes the command line: bash, zsh, fish",
}
"""Verbs and their line in the help; each is a module of this package with ``run(argv, common) -> int``."""

_MODULES = {"write-test": "write_test", "import": "importing"}
"""Verbs whose module cannot have their name."""

_SCREENS = ("demo", "join")
"""Verbs that open the screens, which give their own notices."""

LONG = 10.0
"""Seconds from which a verb is worth a notice when it ends."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code (see workbench.cli.common)."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(arguments: list[str]) -> int:
    parser = _parser()
    common, unknown = parser.parse_known_args(arguments)
    rest: list[str] = common.rest
    if unknown and not any(each in VERBS for each in rest[:1]):
        # options of the opening before its path: `workbench --from alert.json`
        rest, common = arguments, argparse.Namespace()
    elif unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if rest and rest[0] in VERBS:
        verb = import_module(f"workbench.cli.{_MODULES.get(rest[0], rest[0])}")
        began = monotonic()
        code = _ran(verb, rest[1:], common)
        if monotonic() - began >= LONG and sys.stderr.isatty() and rest[0] not in _SCREENS:
            import_module("workbench.cli.notice").notice(rest[0], code)
        return code
    return _ran(import_module("workbench.cli.open"), rest, common)


def _ran(verb: ModuleType, argv: list[str], common: argparse.Namespace) -> int:
    from workbench.case.errors import ToldError

    try:
        return int(verb.run(argv, common))
    except ToldError as error:
        from workbench.cli.ending import ended

        return ended(error)


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {name:<{width}}  {line}" for name, line in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="workbench",
        usage="workbench [options] [REPOSITORY | VERB ...]",
        description='From "production is failing" to a proven fix: investigate, fix, validate.',
        epilog=f"verbs (workbench VERB --help):\n{verbs}\n\nA folder named like a verb: ./demo\n{USAGE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"workbench {__version__}")
    add_common(parser)
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="REPOSITORY | VERB", help="what to open or do")
    return parser
