"""What pane 3 does with the plan: show it, and let people change it; every change is journaled."""

from __future__ import annotations

from workbench_kit.case_screen import CaseScreen
from workbench_kit.dialogs import Prompt
from workbench_kit.panel import TextPanel

from workbench.analysis.plan.make import edited, item_of, parsed
from workbench.case.enums import GateStatus
from workbench.case.plan import Trigger
from workbench_validate.detail import plan as no_plan
from workbench_validate.plan_rows import plan_rows


class Planning(CaseScreen):
    """The part of the pane that is about the plan."""

    plan: TextPanel

    def show_plan(self) -> None:
        """Show the plan, or what keeps it from being made."""
        session = self.desk.session
        state, tree = session.state, session.change.tree
        if state.plan is None:
            ran = any(gate.status is not GateStatus.NOT_RUN for gate in session.gates.results())
            self.plan.show_text(no_plan(ran))
            return
        self.plan.show_text(plan_rows(state, tree), (state.plan, state.plan_edits, state.monitors, tree))

    def edit_plan(self) -> None:
        """Ask what the step or trigger under the cursor is to be instead."""
        row, made = self.plan.current, self.desk.state.plan
        item = (
            item_of(edited(made, self.desk.state.plan_edits), row.ref) if row is not None and made is not None else None
        )
        if item is None:
            self.app.notify("select a step or a trigger: the rest was measured and is not edited", severity="warning")
            return
        part = "threshold" if isinstance(item, Trigger) else "text"
        parts = (
            "threshold, window, minimum, comparator, query, action, owner"
            if part == "threshold"
            else "text, command, note"
        )
        value = getattr(item, part)

        def written(text: str | None) -> None:
            if not text:
                return
            name, _, given = (piece.strip() for piece in text.partition("="))
            try:
                parsed(item, name, given)
            except ValueError as error:
                self.app.notify(f"{error}; nothing was changed", severity="error")
                return
            data = {"item": item.id, "part": name, "value": given}
            self.work(self.desk.session.record("plan.edited", data))

        shown = f"{value:g}" if isinstance(value, float) else value
        self.app.push_screen(Prompt(f"Change one of: {parts}", f"{part} = {shown}"), written)
