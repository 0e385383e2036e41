"""The ranking travels with the case: made where the repository is, read where it is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from workbench.analysis.ranking import Ranking
from workbench.analysis.redact import redact_bytes
from workbench.case.codec import decode, encode
from workbench.case.events import MASKED, new_event
from workbench.case.state import CaseState
from workbench.engine.notices import Notice
from workbench.engine.services import Services
from workbench.engine.store.base import StoreError
from workbench.engine.store.journal import ReadOnlyError

MOST = 200
"""Files, and symbols, of a ranking that travel."""


class SharedRanking:
    """``ranked`` is called with the ranking that the case has, where it was joined without its repository."""

    def __init__(self, services: Services, ranked: Callable[[Ranking], None]) -> None:
        self._services = services
        self._ranked = ranked
        self._shown = ""

    async def publish(self, ranking: Ranking) -> None:
        """Put ``ranking`` into the case; one that cannot be kept is no failure of what was ranked."""
        journal, actor = self._services.journal, self._services.options.actor
        told = replace(ranking, files=ranking.files[:MOST], symbols=ranking.symbols[:MOST])
        data, masked = await asyncio.to_thread(
            lambda: redact_bytes(json.dumps(encode(told), separators=(",", ":")).encode())
        )
        with suppress(StoreError, ReadOnlyError):
            blob = await journal.put_blob(data)
            if blob != journal.state.ranked:
                about = {"blob": blob, "files": len(told.files), MASKED: masked}
                await journal.append(new_event("case.ranked", actor, about))

    def seen(self, state: CaseState) -> None:
        """The case may have another ranking: read it."""
        visit = self._services.options.visit
        if visit is not None and not visit.checkout and state.ranked not in ("", self._shown):
            self._shown = state.ranked
            self._services.jobs.start("ranking", self._read(state.ranked))

    async def _read(self, blob: str) -> None:
        try:
            data = await self._services.journal.get_blob(blob)
            ranking = await asyncio.to_thread(lambda: decode(Ranking, json.loads(data)))
        except (StoreError, ReadOnlyError, KeyError, ValueError, TypeError):
            self._shown = ""
            return
        self._ranked(ranking)


def other_commit(services: Services) -> list[Notice]:
    """What somebody has to know who joined a case with a checkout of another commit than it is about."""
    state, head = services.journal.state, services.repository.facts.head
    visit = services.options.visit
    if visit is None or not visit.checkout or not state.base or state.base == head:
        return []
    here = f"at {head[:12]}" if head else "no git repository"
    what = f"the case is about commit {state.base[:12]}, your checkout is {here}"
    todo = f"check out {state.base[:12]} to see the same"
    return [Notice(what, "the case is shown as it is; of the code you may see other lines", todo)]
