"""What pane 3 does with the plan: show it, and let people change it; every change is journaled."""

from __future__ import annotations

from secrets import token_hex

from workbench_kit.dialogs import Ask, Prompt
from workbench_kit.faults import fault
from workbench_kit.panel import TextPanel
from workbench_kit.trusting import Trusting

from workbench.analysis.plan.edits import AFTER, DROPPED, dropped_steps, edited, item_of, parsed
from workbench.case.enums import GateStatus
from workbench.case.plan import PlanStep, Trigger
from workbench_validate.detail import plan as no_plan
from workbench_validate.monitor_rows import about, monitor_rows
from workbench_validate.plan_rows import GATE, plan_rows

ROLLED_BACK, STOP = "it was rolled back", "stop watching"
TRIGGER = "threshold, window, minimum, comparator, query, action, owner"
STEP = "text, command, note; add = a step after it; drop"


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
            fault(
                self.app,
                "there is no plan to watch by",
                "nothing is watched",
                "a runs the gates and makes the plan",
                timeout=6,
            )
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

    def open_plan(self) -> None:
        """What Enter does in the plan: to the gate that measured a number; else ask what is to be instead."""
        row, state = self.plan.current, self.desk.state
        if row is None or state.plan is None:
            return
        made = edited(state.plan, state.plan_edits)
        if row.ref.startswith(GATE):
            self.go_gate(row.ref.removeprefix(GATE))
        elif (item := item_of(made, row.ref)) is not None:
            self._ask(item)
        elif any(step.id == row.ref for step in dropped_steps(state.plan, state.plan_edits)):
            self._edit(row.ref, DROPPED, "")
        else:
            said = "what was measured is not edited"
            fault(self.app, said, "the plan is as it was", "select a step or a trigger", timeout=6)

    def go_gate(self, name: str) -> None:
        """Go to a gate in the list of gates."""
        raise NotImplementedError

    def _ask(self, item: PlanStep | Trigger) -> None:
        trigger = isinstance(item, Trigger)
        title = f"Change one of: {TRIGGER if trigger else STEP}"
        part = "threshold" if trigger else "text"
        value = getattr(item, part)

        def written(text: str | None) -> None:
            if not text:
                return
            name, _, given = (piece.strip() for piece in text.partition("="))
            if not trigger and name == "drop":
                self._edit(item.id, DROPPED, "left out")
            elif not trigger and name == "add" and given:
                self._add(item.id, given)
            elif self._may(item, name, given):
                self._edit(item.id, name, given)

        shown = f"{value:g}" if isinstance(value, float) else value
        self.app.push_screen(Prompt(title, f"{part} = {shown}"), written)

    def _may(self, item: PlanStep | Trigger, name: str, given: str) -> bool:
        try:
            parsed(item, name, given)
        except ValueError as error:
            fault(self.app, str(error), "nothing was changed", "give another value", grave=True)
            return False
        return True

    def _edit(self, item: str, part: str, value: str) -> None:
        self.work(self.desk.session.record("plan.edited", {"item": item, "part": part, "value": value}))

    def _add(self, after: str, text: str) -> None:
        """A step of a person's own; its id is its author's, so that two who add at once add two."""
        item = f"own-{token_hex(3)}"

        async def added() -> None:
            for part, value in ((AFTER, after), ("text", text)):
                await self.desk.session.record("plan.edited", {"item": item, "part": part, "value": value})

        self.work(added())
