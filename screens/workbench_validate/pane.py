"""Pane 3: the gates, what the selected one measured, and the plan, as far as the case holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from workbench_kit.commands import Where
from workbench_kit.cursor_view import CursorView
from workbench_kit.desk import Desk, Place
from workbench_kit.keymap import bindings
from workbench_kit.line import Line
from workbench_kit.pane import Pane
from workbench_kit.panel import ListPanel, Panel, TextPanel

from workbench.case.work import GateResult
from workbench_validate.rows import GATE, detail, gate_lines, worst_first


class ValidatePane(Pane):
    """Gates on the left, the selected one in the middle, the plan on the right."""

    STEP = 3
    PLACES = (Where.VALIDATE, Where.RUN)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.VALIDATE, Where.RUN)

    def __init__(self, desk: Desk) -> None:
        self.gates = ListPanel(lambda gate: gate.id, self._gate_lines, id="gates").titled(
            4, "Gates", "no gate has judged this change yet", elastic=True
        )
        self.detail = TextPanel(id="detail").titled(5, "Gate", "what the selected gate measured", elastic=True)
        self.plan = TextPanel(id="plan").titled(6, "Plan", "there is no plan before the gates have run", elastic=True)
        super().__init__(desk)

    def columns(self) -> tuple[Sequence[Panel], Sequence[Panel], Sequence[Panel]]:
        return [self.gates], [self.detail], [self.plan]

    def on_mount(self) -> None:
        self.gates.focus()

    def show_case(self) -> None:
        state = self.desk.state
        self.gates.update(worst_first(state.gates))
        self.gates.caption = f"tree {state.tree[:7]}" if state.tree and state.gates else ""
        self._show_gate()

    def on_cursor_view_moved(self, event: CursorView.Moved) -> None:
        if event.view is self.gates:
            self._show_gate()

    def _show_gate(self) -> None:
        gate: GateResult | None = self.gates.current
        self.detail.show_text(detail(gate))
        self.detail.retitle(gate.id if gate else "Gate")

    def _gate_lines(self, gate: GateResult, width: int) -> Sequence[Line]:
        return gate_lines(gate, self.desk.state.tree)

    def problems(self) -> list[Place]:
        bad = [gate for gate in worst_first(self.desk.state.gates) if GATE[gate.status][1] == "error"]
        return [Place("", 0, gate.id, gate.id) for gate in bad]

    def go_problem(self, place: Place) -> None:
        self.gates.go(place.ref)
