"""Pane 2: the tests, the change, its proof and the proposals, as far as the case holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from workbench_kit.commands import Where
from workbench_kit.cursor_view import CursorView
from workbench_kit.desk import Desk, Place
from workbench_kit.keymap import bindings
from workbench_kit.pane import Pane
from workbench_kit.panel import ListPanel, Panel, TextPanel

from workbench.case.enums import TestOutcome
from workbench_fix.rows import OUTCOME, output, proof_rows, proposal_lines, result_lines, results


class FixPane(Pane):
    """Tests and output on the left, the change in the middle, proof and proposals on the right."""

    STEP = 2
    PLACES = (Where.FIX, Where.RUN)
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.FIX, Where.RUN)

    def __init__(self, desk: Desk) -> None:
        self.tests = ListPanel(lambda result: result.id, result_lines, id="tests").titled(
            4, "Tests", "no test was run in this case yet", elastic=True
        )
        self.output = TextPanel(id="output").titled(5, "Output", "the output of the selected test")
        self.change = TextPanel(id="change").titled(6, "Change", "nothing was changed yet", elastic=True)
        self.proof = TextPanel(id="proof").titled(
            7, "Proof", "red at base, green with the change, red again without it: nothing was proven yet"
        )
        self.proposals = ListPanel(lambda each: each.id, proposal_lines, height=2, judges=True, id="proposals").titled(
            8, "Proposals", "no fixer has proposed anything yet", elastic=True
        )
        self.proposals.labels = {"judge.yes": "accept", "judge.no": "reject"}
        super().__init__(desk)

    def columns(self) -> tuple[Sequence[Panel], Sequence[Panel], Sequence[Panel]]:
        return [self.tests, self.output], [self.change], [self.proof, self.proposals]

    def on_mount(self) -> None:
        self.tests.focus()

    def show_case(self) -> None:
        state = self.desk.state
        found = results(state)
        bad = sum(OUTCOME[result.outcome][1] == "error" for result in found)
        self.tests.update(found)
        self.tests.caption = f"{len(found)} tests, {bad} failed" if found else ""
        self.proof.show_text(proof_rows(state.proofs.values(), state.tree))
        self.proof.caption = f"base {state.base[:7]}" if state.base else ""
        self.proposals.update(list(state.proposals.values()))
        self.proposals.caption = str(len(state.proposals) or "")
        self.output.show_text(output(self.tests.current))

    def on_cursor_view_moved(self, event: CursorView.Moved) -> None:
        if event.view is self.tests:
            self.output.show_text(output(self.tests.current))
            self.output.caption = self.tests.current.id.rpartition("::")[2] if self.tests.current else ""
            self.settle()

    def problems(self) -> list[Place]:
        bad = [each for each in results(self.desk.state) if OUTCOME[each.outcome][1] == "error"]
        return [Place(each.path, each.line, each.id, each.id) for each in bad]

    def go_problem(self, place: Place) -> None:
        self.tests.go(place.ref)

    def here(self) -> Place:
        current = self.tests.current
        if current is None or current.outcome is TestOutcome.NOT_RUN:
            return self.desk.place
        return Place(current.path, current.line, current.id, current.id)
