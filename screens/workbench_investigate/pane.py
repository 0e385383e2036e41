"""Pane 1: the panels follow the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import BindingType
from workbench_kit.commands import Where
from workbench_kit.cursor_view import CursorView
from workbench_kit.desk import Desk
from workbench_kit.keymap import BY_ID, bindings
from workbench_kit.layout import NARROW
from workbench_kit.panel import Panel, TextPanel
from workbench_kit.time_axis import axis

from workbench.case.enums import CheckStatus, TriageState
from workbench.case.logs import Change
from workbench.engine.problems import FOLDED
from workbench.engine.proposals.asking import TAKEN_BACK
from workbench_investigate.around import around, around_caption
from workbench_investigate.citing import Citing
from workbench_investigate.listing import (
    JUDGED,
    cause_rows,
    change_rows,
    changed_caption,
    changed_title,
    checked,
    empty_texts,
    error_rows,
    errors_caption,
    fingerprint_of,
    heat_caption,
    without_judged,
)
from workbench_investigate.log_panel import LogPanel
from workbench_investigate.panels import Panels
from workbench_investigate.patterns import log_caption
from workbench_investigate.rows import ALWAYS
from workbench_investigate.tree import file_tree, hot_folders


class InvestigatePane(Citing):
    """Causes, errors, files and findings on the left, code and log in the middle, why and what changed on the right."""

    STEP = 1
    PLACES = (Where.INVESTIGATE,)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.INVESTIGATE), BY_ID["run.stop"].binding()]

    def __init__(self, desk: Desk) -> None:
        self.its = Panels(self.triage)
        self.kept = set()
        super().__init__(desk)
        self._always = False
        self._ranked: object = None
        self._triage: object = None
        self._tree = ""

    def columns(self) -> tuple[Sequence[Panel], Sequence[Panel], Sequence[Panel]]:
        return self.its.columns()

    def on_mount(self) -> None:
        for view in (self.its.causes, self.its.errors, self.its.findings, self.its.changed):
            view.free = not self.touched
        self.its.errors.focus()

    def show_case(self) -> None:
        its, views = self.its, self.desk.views
        its.causes.update(cause_rows(views))
        its.causes.caption = str(len(views.causes) or "")
        drawn = axis(views)
        marks = drawn.marks if drawn else ()
        its.errors.update(self._folded(error_rows(views.errors, self.triage, self._always, marks)))
        its.errors.caption = errors_caption(views.errors)
        its.findings.update(self._folded(views.findings))
        self._show_triage()
        its.findings.caption = str(len(views.findings) or "")
        its.changed.update(self._folded(change_rows(views, drawn)))
        its.changed.retitle(changed_title(views.deployed))
        since = self.desk.state.since
        its.around.show_text(
            around(views, since), (views.upstreams, views.databases, views.series, views.changes, since)
        )
        its.around.caption = around_caption(views)
        its.changed.caption = changed_caption(views, self.desk.state.since)
        its.checks.update(views.checks)
        its.checks.caption = checked(views.checks)
        its.log.caption = log_caption(views.sources)
        self.show_log()
        self._show_files()
        for panel, text in empty_texts(self.desk.state, views).items():
            self.its.named(panel).say_empty(text)
        if (tree := self.desk.session.change.tree) != self._tree:
            self._tree = tree
            self.edited()
        self._show_front()
        self._select_first()
        self.show_subject(again=True)

    def _show_front(self) -> None:
        """Where one panel is shown and nobody works here yet, once all is said it is one that has something to say."""
        if self.size.width >= NARROW:
            return
        its, running = self.its, any(check.status is CheckStatus.RUNNING for check in self.desk.views.checks)
        if self.touched or running or not self.desk.views.checks:
            return
        if self.front.row_count() and self.front is not its.checks:
            return
        said = (panel for panel in (its.errors, its.causes, its.findings, its.files, its.changed, its.checks))
        front = next((panel for panel in said if panel.row_count()), None)
        if front is not None and front is not self.front:
            self.go_panel(front)

    def _select_first(self) -> None:
        """Until somebody works here, what stands first is selected."""
        front = self.front
        if not self.touched and front.row_count() and self.desk.place.ref != front.row_key(front.cursor):
            self.show_row(front.id or "", front.row_key(front.cursor))
        if self.subject is None and (problems := self.problems()):
            self.go_problem(problems[0])

    def _show_triage(self) -> None:
        if self.desk.state.triage is not self._triage:
            self._triage = self.desk.state.triage
            for panel in (self.its.findings, self.its.changed, self.its.files):
                panel.repaint()

    def _folded(self, rows: Sequence[Any]) -> list[Any]:
        """``rows`` without what is noise or known; what was judged just now stays until the panel is left."""
        if self.unfolded or not any(state in FOLDED for state in self.desk.views.judged.values()):
            return list(rows)
        return without_judged(rows, self._triage_of_row)

    def _triage_of_row(self, row: Any) -> TriageState:
        fingerprint = fingerprint_of(row)
        return TriageState.UNTOUCHED if fingerprint in self.kept else self.triage(fingerprint)

    def _show_files(self) -> None:
        files, ranking = self.its.files, self.desk.views.ranking
        if ranking is self._ranked:
            return
        self._ranked = ranking
        roots = file_tree(ranking.files)
        if not files.roots:
            files.unfolded |= hot_folders(roots)
        files.show_tree(roots)
        files.caption = heat_caption(ranking)
        files.aside = f"thin question: {ranking.thin_hint}" if ranking.thin else ""

    def edited(self) -> None:
        self.its.code.reread(self.desk.session)

    def on_code_panel_shown(self) -> None:
        self.settle()

    def on_cursor_view_opened(self, event: CursorView.Opened) -> None:
        self.catch_up()
        if event.key == JUDGED:
            self.unfolded = not self.unfolded
            self.show_case()
            self.its.errors.action_sort()
            self.its.findings.action_sort()
            self.its.changed.action_sort()
        elif event.key == ALWAYS:
            self._always = not self._always
            self.show_case()
            self.its.errors.action_sort()
        elif isinstance(event.view, LogPanel):
            self.work(self.open_row(event.row))
        elif isinstance(event.view, TextPanel):
            self.open_cited(event.view.current)
        elif isinstance(self.subject, Change) and event.view is self.its.changed and self.subject.revision:
            self.work(self.show_change(self.subject))
        elif event.view is not self.its.code and self.desk.place.path:
            self.go_panel(self.its.code, remember=True)

    def suspect(self) -> Change | None:
        subject = self.subject
        if not isinstance(subject, Change) or self.focused is not self.its.changed:
            return None
        return subject if subject.revision and subject.kind in TAKEN_BACK else None
