"""The case that a verb is about, read from its file."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.case.events import Event
from workbench.case.fold import fold
from workbench.case.state import CaseState
from workbench.cli.common import COULD_NOT_TELL, WRONG_USAGE
from workbench.cli.output import fail
from workbench.engine.options import Options
from workbench.engine.store.base import StoreError
from workbench.engine.store.library import CaseNotFoundError, library_of


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
    except CaseNotFoundError as error:
        fail(str(error))
        return WRONG_USAGE
    except StoreError as error:
        fail(str(error))
        return COULD_NOT_TELL
