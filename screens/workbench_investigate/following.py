"""What is selected in pane 1: the middle and the right follow the cursor."""

from __future__ import annotations

from time import monotonic

from textual.timer import Timer
from workbench_kit.cursor_view import CursorView
from workbench_kit.desk import Desk, Place
from workbench_kit.panel import Panel

from workbench.case.code import Check, Hotspot
from workbench.case.logs import LogError
from workbench.case.work import Hypothesis
from workbench.engine.problems import Problem
from workbench_investigate.advising import Advising
from workbench_investigate.causing import Causing
from workbench_investigate.grouping import Grouping
from workbench_investigate.log_actions import Logging
from workbench_investigate.mitigating import Mitigating
from workbench_investigate.patterns import pattern_rows
from workbench_investigate.selection import find, place_of, renewed
from workbench_investigate.why import Subject, why_with
from workbench_investigate.widening import Widening
from workbench_investigate.writing import Writing

SOON, PAUSE = 0.02, 0.15
"""Seconds after which the middle follows the cursor, and between two times that it does: of quick moves, the last."""


class Following(Causing, Widening, Logging, Grouping, Mitigating, Advising, Writing):
    """``subject`` is what the other panels speak of."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.subject: Subject | None = None
        self.following: Timer | None = None
        """Runs while the middle is about to follow the cursor: the cursor itself is painted before it."""
        self._moved_to = ("", "")
        self._followed_at = 0.0
        self._logged: object = None

    def show_subject(self, again: bool = False) -> None:
        """Show what follows from the selection: code, log, why and flow."""
        its, views = self.its, self.desk.views
        place = self.desk.place
        if again and self.subject is not None:
            self.subject = renewed(self.subject, views)
        debt = tuple(item for item in views.debt if item.near == place.path)
        problem = self._judged_problem()
        spot = self.subject if isinstance(self.subject, Hotspot) else None
        functions = tuple(each for each in views.ranking.symbols if spot and each.path == spot.path)
        its.why.show_text(why_with(self.subject, debt, problem, functions), (self.subject, debt, problem, functions))
        its.why.caption = place.text if place.text != place.path else ""
        self.show_flow()
        error = self.subject if isinstance(self.subject, LogError) else None
        if (error, views.patterns) != self._logged:
            self._logged = (error, views.patterns)
            its.patterns.update(pattern_rows(error, views.patterns))
            its.patterns.caption = str(len(views.patterns) or "")
        its.code.follow_views(views)
        if place.path and not (again and its.code.path):
            its.code.show_place(self.desk.session, place)

    def _judged_problem(self) -> Problem | None:
        """The problem that is selected, where people said something of it."""
        if self.subject is None or not self.desk.views.judged:
            return None
        ident = self.desk.place.ref
        return next((each for each in self.desk.views.problems if each.id == ident and each.judged), None)

    def select(self, subject: Subject) -> None:
        """Make ``subject`` what the other panels speak of."""
        self.subject, self.around = subject, None
        self.desk.place = place_of(subject, self.desk.views)
        if not isinstance(subject, Hypothesis | Check):
            self.seen = self.desk.place
        self.show_subject()
        self.follow_in_log()

    def open_place(self, place: Place) -> None:
        """Go to a place in the code; Esc comes back."""
        self.desk.place = place
        self.show_subject()
        self.go_panel(self.its.code, remember=True)

    def entered(self, panel: Panel) -> None:
        self.show_row(panel.id or "", panel.row_key(panel.cursor))

    def show_row(self, panel: str, key: str) -> None:
        """Select what row ``key`` of ``panel`` stands for."""
        subject = find(self.desk.views, panel, key)
        if subject is not None:
            self.select(subject)

    def on_cursor_view_moved(self, event: CursorView.Moved) -> None:
        if event.view.has_focus:
            self._moved_to = (event.view.id or "", event.key)
            if self.following is None:
                self.following = self.set_timer(max(SOON, self._followed_at + PAUSE - monotonic()), self._follow)

    def catch_up(self) -> None:
        if self.following is not None:
            self.following.stop()
            self._follow()

    def _follow(self) -> None:
        self.following = None
        self._followed_at = monotonic()
        self.show_row(*self._moved_to)
        self.renew_footer()

    def problems(self) -> list[Place]:
        left = [each for each in self.desk.views.problems if not each.folded]
        return [Place(each.path, each.line, each.id, each.title) for each in left]

    def go_problem(self, place: Place) -> None:
        for panel in (self.its.errors, self.its.findings, self.its.changed, self.its.files):
            if panel.go(place.ref):
                subject = find(self.desk.views, panel.id or "", place.ref)
                if subject is not None:
                    self.select(subject)
                return
