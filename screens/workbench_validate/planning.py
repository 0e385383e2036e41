"""What pane 3 does with the plan: show it, and let people change it; every change is journaled."""

from __future__ import annotations

from workbench_kit.dialogs import Ask, Prompt
from workbench_kit.panel import TextPanel
from workbench_kit.trusting import Trusting

from workbench.analysis.plan.make import edited, item_of, parsed
from workbench.case.enums import GateStatus
from workbench.case.plan import Trigger
from workbench_validate.detail import plan as no_plan
from workbench_validate.monitor_rows import about, monitor_rows
from workbench_validate.plan_rows import plan_rows

ROLLED_BACK, STOP = "it was rolled back", "stop watching"


class Planning(Trusting):
    """The part of the pane that is about the plan."""

    plan: TextPanel
    monitor: TextPanel

    def show_plan(self) -> None:
        """Show the plan, or what keeps it from being made."""
        session = self.desk.session
        state, tree = session.state, session.change.tree
        if state.plan is None:
            ran = any(gate.status is not GateStatus.NOT_RUN for gate in session.gates.results())
            self.plan.show_text(no_plan(ran))
            return
        self.plan.show_text(plan_rows(state, tree), (state.plan, state.plan_edits, tree))

    def show_monitor(self) -> None:
        """Show where the triggers stand after the deploy, or how the last watch ended."""
        session = self.desk.session
        self.monitor.show_text(monitor_rows(session.state, session.monitor), about(session.state, session.monitor))

    def do_validate_monitor(self) -> None:
        session = self.desk.session
        if session.state.plan is None:
            self.app.notify("there is no plan to watch by: a makes it", severity="warning")
        elif not session.monitor.running:
            self.when_trusted(session.monitor.start)
        else:
            self._attend()

    def _attend(self) -> None:
        """Ask how the watch is to end."""
        monitor = self.desk.session.monitor

        def answered(answer: str | None) -> None:
            if answer == ROLLED_BACK:
                monitor.take_back()
            elif answer == STOP:
                monitor.stop()

        said = "Stopped early, the watch is inconclusive: what did not trip has not held to the end."
        self.app.push_screen(
            Ask("The deploy is being watched", said, [("b", ROLLED_BACK), ("s", STOP), ("n", "watch on")]), answered
        )

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
