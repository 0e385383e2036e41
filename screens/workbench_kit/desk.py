"""The desk: what the panes share of the one open case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.case.state import CaseState
    from workbench.engine.session import Session
    from workbench.engine.views import Views

Doing = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the repository, with the id of the thing that led to it. ``line`` is 1-based, 0 for the whole file."""

    path: str = ""
    line: int = 0
    ref: str = ""
    text: str = ""


@dataclass
class History:
    """Our own actions, to take back and do again: pairs of undoing and doing."""

    done: list[tuple[str, Doing, Doing]] = field(default_factory=list)
    undone: list[tuple[str, Doing, Doing]] = field(default_factory=list)

    def did(self, name: str, undo: Doing, redo: Doing) -> None:
        """An action was carried out; what was undone before it cannot be done again."""
        self.done.append((name, undo, redo))
        self.undone.clear()

    async def undo(self) -> str:
        """Take back the last action and give its name; IndexError when there is none. One that refuses stays done."""
        action = self.done[-1]
        await action[1]()
        self.done.remove(action)
        self.undone.append(action)
        return action[0]

    async def redo(self) -> str:
        """Do again what was undone last and give its name; IndexError when there is none. It may refuse likewise."""
        action = self.undone[-1]
        await action[2]()
        self.undone.remove(action)
        self.done.append(action)
        return action[0]


class Desk:
    """One session on the table. Panes read ``views`` and ``state`` from it and are told when they changed."""

    def __init__(self, session: Session, tour: str = "") -> None:
        """``tour`` names the file whose change ends the tour's fix; empty where there is no tour."""
        self.session = session
        self.tour = tour
        self.place = Place()
        self.following = ""
        """The presence whom this screen follows; empty for nobody."""
        self.history = History()

    def look(self, pane: str, place: Place) -> None:
        """Let the others know where we look: the pane, and the place in the code."""
        where = f" {place.path}:{place.line}" if place.path else ""
        self.session.services.wheel.look(f"{pane}{where}")

    @property
    def views(self) -> Views:
        """What there is to show, in order."""
        return self.session.views

    @property
    def state(self) -> CaseState:
        """The case as it stands."""
        return self.session.state
