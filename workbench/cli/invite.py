"""``workbench invite CASE``: let somebody else join a case."""

from __future__ import annotations

import argparse
import re
from contextlib import closing
from datetime import UTC, datetime

from workbench.case.enums import Role
from workbench.cli.common import GOOD, WRONG_USAGE, verb_parser
from workbench.cli.output import fail, say
from workbench.engine.options import from_arguments
from workbench.engine.store.base import Store
from workbench.engine.store.library import library_of
from workbench.engine.together.invitations import Invitations
from workbench.engine.together.inviting import invite, revoke

_SPAN = re.compile(r"(\d+)([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Run the verb and return the exit code."""
    parser = verb_parser("invite", "Let somebody else join a case, for a while and in a role.", common)
    parser.add_argument("of", metavar="CASE", help="its id or a prefix")
    roles = [role.value for role in Role]
    parser.add_argument("--role", choices=roles, default=Role.COMMENTER.value, help="(default: commenter)")
    parser.add_argument("--for", dest="span", default="8h", metavar="T", help="how long: 30m, 8h, 2d (default: 8h)")
    parser.add_argument("--name", default="", help="who it is for: what they write is signed so")
    parser.add_argument("--list", action="store_true", help="the invitations to the case")
    parser.add_argument("--revoke", default="", metavar="ID", help="take one back; who came by it is sent away")
    arguments = parser.parse_args(argv)
    seconds = seconds_of(arguments.span)
    if seconds is None:
        fail(f"--for {arguments.span} is no time", todo="give 30m, 8h or 2d")
        return WRONG_USAGE
    options = from_arguments(arguments)
    library, invitations = library_of(options), Invitations(options.data / "invitations.sqlite")
    case = library.find(arguments.of)
    if arguments.list:
        return _list(invitations, case)
    with closing(library.store(case)) as store:
        if arguments.revoke:
            store.append([revoke(invitations, case, arguments.revoke, options.actor)])
            say(f"revoked {arguments.revoke}")
            return GOOD
        return _invite(invitations, store, case, arguments, seconds, options.actor)


def seconds_of(span: str) -> int | None:
    """``30m``, ``8h`` or ``2d`` in seconds; None for what is no such time."""
    found = _SPAN.fullmatch(span)
    return int(found[1]) * _SECONDS[found[2]] if found else None


def _invite(
    invitations: Invitations, store: Store, case: str, arguments: argparse.Namespace, seconds: float, actor: str
) -> int:
    role = Role(arguments.role)
    token, made, event = invite(invitations, case, role, seconds, arguments.name, actor)
    store.append([event])
    say(f"token       {token}")
    say(f"invitation  {made.id}: {role.value}, until {made.expires:%Y-%m-%d %H:%M} UTC, for one joiner")
    say(f"to join     WORKBENCH_TOKEN=… workbench join ssh://HOST/{case}   (on this host: workbench join {case})")
    say("The token is shown once; only its hash is kept.")
    return GOOD


def _list(invitations: Invitations, case: str) -> int:
    now = datetime.now(UTC)
    for each in invitations.of(case):
        state = "revoked" if each.revoked else "expired" if each.expires <= now else "used" if each.used else "open"
        say(f"{each.id}  {each.role.value:<9}  {state:<7}  until {each.expires:%Y-%m-%d %H:%M} UTC  {each.name}")
    return GOOD
