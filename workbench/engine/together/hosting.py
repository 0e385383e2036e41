"""What a session does for those who join its case: answer on this host, and invite."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from workbench.case.enums import Role
from workbench.engine.services import Services
from workbench.engine.together.invitations import InvitationError, Invitations
from workbench.engine.together.inviting import invite

if TYPE_CHECKING:
    from workbench.engine.together.listening import Listener

HOLDS = 8 * 3600.0
"""Seconds that an invitation of the screen holds."""


class Hosting:
    """Of one session. Where the case itself was joined there is nothing to host."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._listener: Listener | None = None
        self.invitations = Invitations(services.options.data / "invitations.sqlite")

    async def listen(self) -> str:
        """Let other accounts of this host join; gives why they cannot, the empty string where they can."""
        services = self._services
        if services.options.visit is not None or self._listener is not None:
            return ""
        from workbench.engine.together.listening import Listener

        group = str(services.config.get("together.group") or "")
        case = services.journal.state.id
        self._listener = await asyncio.to_thread(Listener, services.library, self.invitations, case, group)
        return self._listener.problem

    async def invite(self, role: Role, name: str = "") -> str:
        """A token for one joiner. Raises InvitationError, StoreError and ReadOnlyError."""
        services = self._services
        if services.options.visit is not None:
            raise InvitationError("only where the case is can somebody be invited to it")
        case, actor = services.journal.state.id, services.options.actor
        token, _, event = await asyncio.to_thread(invite, self.invitations, case, role, HOLDS, name, actor)
        await services.journal.append(event)
        return token

    async def close(self) -> None:
        """Let everyone go."""
        if self._listener is not None:
            await asyncio.to_thread(self._listener.close)
