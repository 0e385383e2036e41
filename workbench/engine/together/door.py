"""Letting somebody in: a joiner greets first, and who they are is settled before anything is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.case.enums import Role
from workbench.case.roles import name_refusal
from workbench.engine.store.base import Store, StoreError
from workbench.engine.store.library import CaseNotFoundError, Library
from workbench.engine.together.invitations import InvitationError, Invitations
from workbench.engine.together.serving import Joiner, RefusedError, journal_joined, journal_refusal
from workbench.engine.together.wire import PROTOCOL, WireError, number_of, text_of

RANK = {Role.VIEWER: 0, Role.COMMENTER: 1, Role.DRIVER: 2}
KEY = 32
"""Characters of a joiner's key at least: 128 bits in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Door:
    """What one way in allows. ``role`` is that of who brings no invitation, None where one is needed; ``name`` is whom
    the system says is there, empty where only they say it; ``case`` is the only case that is served, empty for all."""

    role: Role | None
    name: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who is let in, and the store of the case."""

    case: str
    store: Store
    joiner: Joiner


def enter(greeting: dict[str, Any], door: Door, library: Library, invitations: Invitations) -> Entered:
    """Whom ``greeting`` names, let in by ``door``. Raises WireError, RefusedError (journaled where there is a case to
    journal it in) and StoreError."""
    if number_of(greeting, "hello") != PROTOCOL:
        raise WireError(f"the other workbench speaks another protocol; this one speaks {PROTOCOL}")
    wanted, claimed = text_of(greeting, "case"), text_of(greeting, "name", "")
    key, token = text_of(greeting, "key", ""), text_of(greeting, "token", "")
    try:
        case = library.find(wanted)
    except CaseNotFoundError as error:
        raise RefusedError(str(error) if door.role else "no such case, or no invitation to it") from error
    store = library.store(case)
    try:
        if door.case and door.case != case:
            raise RefusedError("only another case is served here")
        if len(key) < KEY:
            raise RefusedError("a key of 128 bits is needed")
        joiner = _joiner(door, case, claimed, key, token, invitations)
        asked = text_of(greeting, "role", Role.DRIVER.value)
        joiner = _lowered(joiner, Role(asked) if asked in list(Role) else Role.VIEWER)
        if joiner.invitation:
            journal_joined(store, joiner)
        return Entered(case, store, joiner)
    except (RefusedError, InvitationError) as refusal:
        journal_refusal(store, claimed or door.name, str(refusal))
        store.close()
        raise RefusedError(str(refusal)) from refusal
    except (StoreError, WireError):
        store.close()
        raise


def _joiner(door: Door, case: str, claimed: str, key: str, token: str, invitations: Invitations) -> Joiner:
    name = door.name or claimed
    if token:
        if why := name_refusal(name):
            raise RefusedError(why)
        found = invitations.redeem(token, case, key)
        return Joiner(found.name or name, found.role, key, found.id)
    if door.role is None:
        raise RefusedError("an invitation is needed: ask who works on the case for one")
    if why := name_refusal(name):
        raise RefusedError(why)
    return Joiner(name, door.role, key)


def _lowered(joiner: Joiner, asked: Role) -> Joiner:
    """Who asks for less than they may have gets less."""
    role = min(joiner.role, asked, key=RANK.__getitem__)
    return Joiner(joiner.name, role, joiner.key, joiner.invitation)
