"""Inviting somebody to a case, and taking it back: both stand in the record."""

from __future__ import annotations

from datetime import UTC

from workbench.case.enums import Role
from workbench.case.events import Event, new_event
from workbench.case.roles import name_refusal
from workbench.engine.together.invitations import Invitation, InvitationError, Invitations

LONGEST = 30 * 24 * 3600.0
"""Seconds that an invitation may hold at most."""


def invite(
    invitations: Invitations, case: str, role: Role, seconds: float, name: str, actor: str
) -> tuple[str, Invitation, Event]:
    """The token, its invitation, and what is to be journaled. Raises InvitationError and StoreError."""
    if not 0 < seconds <= LONGEST:
        raise InvitationError("an invitation holds for 30 days at most")
    if name and (why := name_refusal(name)):
        raise InvitationError(why)
    token, made = invitations.make(case, role, seconds, name)
    told = {
        "invitation": made.id,
        "role": role.value,
        "name": name,
        "until": made.expires.astimezone(UTC).isoformat(timespec="minutes").replace("+00:00", "Z"),
    }
    return token, made, new_event("access.invited", actor, told)


def revoke(invitations: Invitations, case: str, ident: str, actor: str) -> Event:
    """Take an invitation to ``case`` back; gives what is to be journaled. Raises InvitationError and StoreError."""
    known = {each.id for each in invitations.of(case)}
    if ident not in known:
        raise InvitationError(f"there is no invitation {ident} to this case")
    invitations.revoke(ident)
    return new_event("access.revoked", actor, {"invitation": ident})
