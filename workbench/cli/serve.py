"""``workbench serve``: a case for others, over standard input and output, or to look at in a browser."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import closing, suppress

from workbench.case.enums import Role
from workbench.cli.common import COULD_NOT_TELL, GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail
from workbench.engine.options import Options, from_arguments


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("serve", "Serve cases to those who join; `workbench join` starts it by itself.", common)
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--stdio", action="store_true", help="to one joiner, over standard input and output")
    way.add_argument("--web", action="store_true", help="to viewers in a browser (extra web)")
    parser.add_argument("of", metavar="CASE", nargs="?", default="", help="the case for --web")
    parser.add_argument("--host", default="127.0.0.1", help="of --web (default: this machine alone)")
    parser.add_argument("--port", type=int, default=0, help="of --web (default: a free one)")
    parser.add_argument("--for", dest="span", default="8h", metavar="T", help="how long the token of --web holds")
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.DRIVER.value, help="at most")
    parser.add_argument("--invited", action="store_true", help="only to who brings an invitation")
    parser.add_argument("--name", default="", help="who joins, whatever they say (for a forced command of sshd)")
    arguments = parser.parse_args(argv)
    return _web(arguments) if arguments.web else _stdio(arguments)


def _web(arguments: argparse.Namespace) -> int:
    import socket

    from workbench.cli.invite import seconds_of
    from workbench.cli.picking import picked
    from workbench.cli.web import serve

    seconds = seconds_of(arguments.span)
    if seconds is None:
        fail(f"--for {arguments.span} is no time", todo="give 30m, 8h or 2d")
        return WRONG_USAGE
    options = from_arguments(arguments)
    found = picked(options, arguments.of)
    port = arguments.port
    try:
        if not port:
            with socket.create_server((arguments.host, 0)) as probe:
                port = probe.getsockname()[1]
        store = options.store or str(options.data)
        serve(found.state.id, store, options.actor, arguments.host, port, seconds, _journal(options, found.state.id))
    except ImportError:
        fail("a browser needs textual-serve", todo="pip install 'bug-workbench[web]'")
        return COULD_NOT_TELL
    except OSError as error:
        fail(f"{arguments.host}:{port}: {error.strerror or error}", "nothing is served", "give another --port")
        return COULD_NOT_TELL
    return GOOD


def _journal(options: Options, case: str) -> Callable[[str], None]:
    """Writes into the record of ``case`` that a browser was refused."""

    def refused(why: str) -> None:
        from workbench.engine.store.base import StoreError
        from workbench.engine.store.library import library_of
        from workbench.engine.together.serving import journal_refusal

        with suppress(StoreError), closing(library_of(options).store(case)) as store:
            journal_refusal(store, "somebody in a browser", why)

    return refused


def _stdio(arguments: argparse.Namespace) -> int:
    from workbench.engine.store.library import library_of
    from workbench.engine.together.connection import Connection
    from workbench.engine.together.door import Door
    from workbench.engine.together.invitations import Invitations
    from workbench.engine.together.relaying import relayed
    from workbench.engine.together.wire import receive

    options = from_arguments(arguments)
    source, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdin.close()
    role = None if arguments.invited else Role(arguments.role)
    door = Door(role, arguments.name, getattr(arguments, "case", ""))
    greeting = receive(source)
    if greeting is None or relayed(greeting, options, source, out):
        return GOOD
    Connection(source, out, library_of(options), Invitations(options.data / "invitations.sqlite")).run(door, greeting)
    return GOOD
