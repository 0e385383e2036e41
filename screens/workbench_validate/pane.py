"""Pane 3: the verdict and the gates, what the selected one measured, the plan, and the watch after the deploy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import ClassVar

from textual.binding import BindingType
from workbench_kit.code_reader import CodeReader
from workbench_kit.commands import Where
from workbench_kit.cursor_view import CursorView
from workbench_kit.desk import Desk, Place
from workbench_kit.keymap import bindings
from workbench_kit.panel import ListPanel, Panel, TextPanel

from workbench.case.enums import GateStatus
from workbench.engine.views import NextStep
from workbench_validate.detail import gate_detail, verdict_detail
from workbench_validate.gating import Gating
from workbench_validate.planning import Planning
from workbench_validate.rows import GATE, GateListRow, GateRow, gate_rows, row_height, row_id, row_lines, verdict_row
from workbench_validate.words import next_step

PROBLEMS = ("error", "warning")
"""Tones of the gates that ``J`` and ``K`` visit."""


class ValidatePane(Planning, Gating):
    """Gates on the left, the selected one in the middle, the plan and the watch after the deploy on the right."""

    CSS = "ValidatePane.-wide { #left { width: 36%; } #right { width: 46%; } }"
    STEP = 3
    PLACES = (Where.VALIDATE, Where.RUN)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.VALIDATE, Where.RUN)

    def __init__(self, desk: Desk) -> None:
        self.gates = ListPanel(row_id, row_lines, height=row_height, id="gates").titled(
            4, "Gates", "looking for gates …", elastic=True
        )
        self.detail = TextPanel(id="detail").titled(
            5, "Gate", "what the gate under the cursor measured: 4 goes to the gates, a runs them", elastic=True
        )
        self.plan = TextPanel(id="plan").titled(6, "Plan", elastic=True)
        self.monitor = TextPanel(id="monitor").titled(7, "Monitor")
        super().__init__(desk)
        self._ran = False

    def columns(self) -> tuple[Sequence[Panel], Sequence[Panel], Sequence[Panel]]:
        return [self.gates], [self.detail], [self.plan, self.monitor]

    def on_mount(self) -> None:
        self.gates.focus()
        self.work(self.desk.session.follow())

    def _tick(self) -> None:
        super()._tick()
        if self.desk.session.gates.began and self.is_current:
            self.show_case()

    def show_case(self) -> None:
        session = self.desk.session
        tree = session.change.tree
        self.gates.update(self._rows())
        if self._ran and not session.gates.running and self.gates.cursor == 0:
            self.gates.action_sort()
            self.gates.move_to(0)
        self._ran = session.gates.running
        self.gates.caption = f"tree {tree[:7]}" if tree else ""
        self.show_plan()
        self.show_monitor()
        self._show_gate()

    def _rows(self) -> list[GateListRow]:
        session = self.desk.session
        live, tree = session.gates, session.change.tree
        results = live.results()
        if not results:
            return []
        left = len(live.began) + len(live.waiting)
        judged = verdict_row(live.judgement(tree), results, tree, live.problem, left)
        now = monotonic()
        rows = gate_rows(results, tree, live.began, live.waiting, now)
        return [judged, *(self._live(row, now) for row in rows)]

    def _live(self, row: GateRow, now: float) -> GateRow:
        """With how far it is, where it is under way."""
        if row.seconds is None:
            return row
        live, name = self.desk.session.gates, row.gate.id
        return replace(row, progress=live.progress.get(name, (0, 0)), left=live.left(name, now))

    def _show_gate(self) -> None:
        row, session = self.gates.current, self.desk.session
        if isinstance(row, GateRow):
            self.detail.retitle(row.gate.id)
            self.detail.show_text(gate_detail(row))
            return
        ran = any(gate.status is not GateStatus.NOT_RUN for gate in session.gates.results())
        self.detail.retitle("Verdict")
        judgement = session.gates.judgement(session.change.tree)
        self.detail.show_text(verdict_detail(judgement, session.gates.problem, ran))

    def next_step(self) -> NextStep:
        return next_step(self.desk.session)

    def selected_gate(self) -> str:
        row = self.gates.current
        return row.gate.id if isinstance(row, GateRow) else ""

    def on_cursor_view_moved(self, event: CursorView.Moved) -> None:
        if event.view is self.gates:
            self._show_gate()
            self.renew_footer()

    def on_cursor_view_opened(self, event: CursorView.Opened) -> None:
        if event.view is self.gates:
            self.go_panel(self.detail, remember=True)
        elif event.view is self.plan:
            self.open_plan()
        elif event.view is self.monitor:
            self.do_validate_monitor()
        elif (place := self.here()).path:
            self.app.push_screen(CodeReader(self.desk.session, place))

    def problems(self) -> list[Place]:
        rows = (row for row in self._rows() if isinstance(row, GateRow) and not row.stale)
        return [Place("", 0, row.gate.id, row.gate.id) for row in rows if GATE[row.gate.status][1] in PROBLEMS]

    def go_problem(self, place: Place) -> None:
        self.gates.go(place.ref)

    def go_gate(self, name: str) -> None:
        self.gates.go(name)
        self.go_panel(self.gates, remember=True)

    def here(self) -> Place:
        row = self.detail.current if self.focused is self.detail else None
        if row is not None and row.path:
            return Place(row.path, row.at, row.ref)
        gate = self.gates.current
        if isinstance(gate, GateRow):
            return Place("", 0, gate.gate.id, f"{gate.gate.id}: {gate.gate.reason}")
        return Place()
