"""What a pane has of the case, and which commands it offers."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.worker import Worker, WorkerState

from workbench_kit.commands import Command, Where
from workbench_kit.desk import Desk, Place
from workbench_kit.diff_view import DiffView
from workbench_kit.dispatch import reason
from workbench_kit.facts import facts_of, running
from workbench_kit.faults import RETRY, UNDONE, fault
from workbench_kit.footer import Footer
from workbench_kit.header import Header, ImpactLine
from workbench_kit.keymap import IN_FOOTER, bindings
from workbench_kit.keymaps import as_pressed, keyed
from workbench_kit.layout import Columns
from workbench_kit.list_view import ListView
from workbench_kit.panel import Panel
from workbench_kit.tour import TourLine, hint

if TYPE_CHECKING:
    from workbench.engine.views import NextStep

LOOKING = {1: "investigate", 2: "fix", 3: "validate"}
"""What the others are told of where we are, by the step."""

TICK = 1.0
"""Seconds between two looks at the clock."""


class CaseScreen(Columns):
    """A screen of panels on one case. The app calls ``renew`` when the case has changed and the screen is in sight."""

    STEP: ClassVar[int] = 0
    PLACES: ClassVar[tuple[Where, ...]] = ()
    """Where the commands are from that this pane carries out, beside those of every pane."""
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.PANE)

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__()
        self.came_from: list[Panel] = []

    def show_case(self) -> None:
        """Put what the case holds now into the panels."""
        raise NotImplementedError

    def problems(self) -> list[Place]:
        """What ``J`` and ``K`` visit, in order."""
        return []

    def go_problem(self, place: Place) -> None:
        """Go to one of them."""

    def why_not(self, command: str) -> str:
        """Why a command cannot be carried out now; empty when it can."""
        if command.startswith("pane.panel_"):
            number = int(command[-1])
            return "" if self.numbered(number) else f"this pane has no panel {number}"
        if command == "run.stop":
            return "nothing runs" if self.desk.session.services.jobs.idle else ""
        if command in ("pane.next_problem", "pane.previous_problem"):
            return "" if self.problems() else "there is no problem yet"
        if command == "pane.edit":
            return "" if self.here().path else "nothing with a file is selected"
        if command == "pane.undo":
            return "" if self.desk.history.done else "we have done nothing that can be taken back"
        if command == "pane.redo":
            return "" if self.desk.history.undone else "nothing was taken back"
        return ""

    def labelled(self, command: Command) -> Command:
        """The command as the focused panel calls it."""
        command = keyed(self.app, command)
        labels = self.focused.labels if isinstance(self.focused, Panel) else {}
        return replace(command, label=labels[command.id]) if command.id in labels else command

    def next_step(self) -> NextStep:
        """What to do next here, and its key."""
        return self.desk.views.next_step

    def here(self) -> Place:
        """The place that the selection speaks of."""
        return self.desk.place

    def on_mount(self) -> None:
        self.set_interval(TICK, self._tick)
        if self.desk.tour:
            self.mount(TourLine(), before=self.query_one(Footer))
            self.call_after_refresh(self.renew)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.renew_footer()

    def on_screen_resume(self) -> None:
        self.renew()

    def _tick(self) -> None:
        """What takes long says for how long: only the words that change are painted."""
        header = self.query_one(Header)
        if self.is_current and (now := running(self.desk.session)) != header.facts.state:
            header.facts = replace(header.facts, state=now)
            header.renew()

    def renew(self) -> None:
        """Show the case as it stands, in the bars and the panels."""
        step = self.next_step()
        facts = facts_of(self.desk.session, self.STEP, self.desk.following)
        facts = replace(facts, next_step=step.text, next_key=as_pressed(self.app, step.key))
        for bar in (self.query_one(Header), self.query_one(ImpactLine)):
            bar.facts = facts
            bar.renew()
        for line in self.query(TourLine):
            line.say(hint(self.desk.session, self.desk.tour))
        self.show_case()
        self.renew_footer()
        self.settle()

    def renew_footer(self) -> None:
        """Show the keys that mean something now."""
        self.desk.look(LOOKING.get(self.STEP, ""), self.here())
        footer = self.query_one(Footer)
        footer.commands = [self.labelled(command) for command in IN_FOOTER if self.offers(command)]
        footer.renew()

    def offers(self, command: Command) -> bool:
        """Whether ``command`` belongs here and can be carried out now."""
        if command.where not in (Where.EVERYWHERE, Where.PANE, Where.VIEW, Where.JUDGE, *self.PLACES):
            return False
        if command.where is Where.JUDGE:
            return isinstance(self.focused, ListView) and self.focused.judges and self.focused.row_count() > 0
        if command.id == "view.range":
            return isinstance(self.focused, DiffView) and self.focused.row_count() > 0
        return not reason(self.app, command)

    def work(self, doing: Coroutine[Any, Any, None]) -> None:
        """Carry out something that waits for the engine; what fails is said, and the case goes on."""
        self.run_worker(doing, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            fault(self.app, f"{type(error).__name__}: {error}", UNDONE, RETRY, grave=True)

    def go_panel(self, panel: Panel, remember: bool = False) -> None:
        """Focus ``panel``; with ``remember``, Esc comes back to the one that had the focus."""
        if remember and isinstance(self.focused, Panel) and self.focused is not panel:
            self.came_from.append(self.focused)
        entered, self.front = panel is not self.front, panel
        self.lay_out()
        self.set_focus(panel)  # at once: the next key may be on its way
        if entered:
            self.entered(panel)

    def numbered(self, number: int) -> Panel | None:
        """The panel of that number, or None."""
        return next((panel for panel in self.panels if panel.number == number), None)
