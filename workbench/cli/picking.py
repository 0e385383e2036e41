"""The case that a verb is about: read from its file, or gone on with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workbench.case.events import Event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.cli.common import COULD_NOT_TELL
from workbench.cli.ending import ended
from workbench.cli.output import aside, fail
from workbench.engine.options import Options
from workbench.engine.store.base import StoreError
from workbench.engine.store.library import CaseNotFoundError, library_of

UNDER_WAY = timedelta(days=14)
"""How long after its last event a case is still gone on with by itself."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A case and all of its events."""

    state: CaseState
    events: list[Event]


def picked(options: Options, prefix: str) -> Picked | int:
    """The case that ``prefix`` names, the latest one without; the exit code after saying why there is none."""
    library = library_of(options)
    try:
        cards = [] if prefix else library.cards(1)
        if not prefix and not cards:
            fail("there is no case yet", todo="workbench investigate QUESTION opens one")
            return COULD_NOT_TELL
        events = library.events(library.find(prefix or cards[0].id))
        return Picked(fold(CaseState(), events), events)
    except (CaseNotFoundError, StoreError) as error:
        return ended(error)


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
