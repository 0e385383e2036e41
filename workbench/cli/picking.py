"""The case that a verb is about: read from its file, or gone on with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workbench.case.events import Event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.cli.output import aside
from workbench.engine.options import Options
from workbench.engine.store.library import library_of

UNDER_WAY = timedelta(days=14)
"""How long after its last event a case is still gone on with by itself."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A case and all of its events."""

    state: CaseState
    events: list[Event]


def picked(options: Options, prefix: str) -> Picked:
    """The case that ``prefix`` names, else ``--case``, else the latest. Raises CaseNotFoundError, StoreError."""
    library = library_of(options)
    events = library.events(library.find(prefix or options.case or library.latest()))
    return Picked(fold(CaseState(), events), events)


def going_on(repo: Path, options: Options) -> Options:
    """With the case that asks something about this repository, the latest that is under way, where none is named: so
    that what proves and validates a fix stands where its errors do. It is told which case that is."""
    if options.case:
        return options
    root, now = repo.resolve(), datetime.now(UTC)
    for card in library_of(options).cards():
        about = card.repo and not card.problem and root.is_relative_to(card.repo)
        if about and card.question and now - card.touched < UNDER_WAY:
            aside(f"goes on with case {card.id}: {card.question}")
            return replace(options, case=card.id)
    return options
