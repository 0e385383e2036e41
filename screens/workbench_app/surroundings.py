"""What the start screen is filled with: facts of the repository, logs that were found, recent cases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench_kit.cases import RecentCase
from workbench_kit.facts import facts_of, title_of
from workbench_kit.header import Facts
from workbench_kit.when import span

if TYPE_CHECKING:
    from workbench.engine.session import Session

MOST = 10
"""Recent cases that are listed."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``logs`` are locations that were found, not read; ``note`` says so."""

    facts: Facts
    logs: tuple[str, ...]
    note: str
    cases: tuple[RecentCase, ...]


async def look(session: Session) -> Surroundings:
    """Look around, without reading a log."""
    cards = await asyncio.to_thread(session.services.library.cards)
    now = datetime.now(UTC)
    cases = tuple(
        RecentCase(
            card.id, title_of(card.question), card.repo.rpartition("/")[2], _ago((now - card.touched).total_seconds())
        )
        for card in cards
        if card.question
    )
    from workbench.engine.logs.around import around

    logs = await asyncio.to_thread(around, session.services.repository.root, Path.cwd())
    note = f"{len(logs)} found, none read yet" if logs else "none found"
    return Surroundings(facts_of(session, 0), logs, note, cases[:MOST])


def _ago(seconds: float) -> str:
    return f"{span(seconds)} ago" if seconds >= 60 else "just now"


async def repository_of(session: Session, case: str) -> str:
    """The repository of a recent case."""
    cards = await asyncio.to_thread(session.services.library.cards)
    return next((card.repo for card in cards if card.id == case), "")
