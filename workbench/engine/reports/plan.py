"""The plan as a report: how to deploy, how to take it back and when, what to watch, what was not measured. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from workbench.analysis.plan.edits import edited
from workbench.analysis.record.chronicle import Cited, Pointer
from workbench.case.plan import Plan, PlanStep, Trigger
from workbench.engine.reports.model import Said, Section, Source, line, section, words


def plan(source: Source) -> Iterator[Section]:
    """The plan as people edited it; every number names its place in the record, and the gate that measured it."""
    if source.state.plan is None:
        yield section("Plan", [Said("no plan was made yet: validating the change makes one")])
        return
    made = edited(source.state.plan, source.state.plan_edits)
    writer = _Writer(source, made)
    yield section("Change", writer.head())
    yield section("Deploy", (said for step in made.steps for said in writer.step(step)))
    yield section("Roll back with", writer.rollback())
    yield section(
        "Roll back when", (said for at, each in enumerate(made.triggers) for said in writer.trigger(at, each))
    )
    yield section("Watch", writer.rules())
    yield section("Not measured", (Said(line(text), writer.events) for text in made.not_measured))
    yield section("Edited", (Said(line(text), writer.events) for text in made.edits))


class _Writer:
    """The lines of one plan."""

    def __init__(self, source: Source, made: Plan) -> None:
        self._source = source
        self._plan = made
        changed = (each.id for each in source.told.events.values() if each.kind == "plan.edited")
        self.events = (source.told.event_of("plan", ""), *changed)

    def head(self) -> Iterator[Said]:
        """Which trees, and what the gates said when it was made."""
        made, state = self._plan, self._source.state
        stale = ", which is not the tree of now" if state.tree and made.tree != state.tree else ""
        yield Said(f"from {made.base or 'nothing'} to {made.tree or 'nothing'}{stale}", self.events)
        if made.verdict:
            yield Said(f"the verdict when it was made: {words(made.verdict)}", self.events)

    def step(self, step: PlanStep) -> Iterator[Said]:
        """A step with its command and how long it took where that was measured."""
        took, figures, events = "", self._measured(step), self.events
        if step.seconds is not None and figures:
            took = f", {step.seconds:g} s"
            if step.gate:
                took += f" as the {step.gate} gate measured it"
                events = (*events, self._source.told.event_of("gate", step.gate))
        elif step.command:
            took = ", duration not measured"
        yield Said(f"{line(step.text)}{took}", tuple(filter(None, events)), figures)
        if step.command:
            yield Said(line(step.command), self.events, depth=1, code=True)
        if step.note:
            yield Said(line(step.note), self.events, depth=1)

    def _measured(self, step: PlanStep) -> tuple[Cited, ...]:
        """How long it took, where the plan as it was made says so: people may have added steps and left some out."""
        plan = self._source.state.plan
        steps = plan.steps if plan is not None else ()
        at = next((at for at, each in enumerate(steps) if each.id == step.id), None)
        return self._number(("steps", at, "seconds"), step.seconds) if at is not None else ()

    def rollback(self) -> Iterator[Said]:
        """The exact commands, what their rehearsal said, what is lost."""
        back = self._plan.rollback
        yield Said(line(back.reason), self.events, mark=words(back.status))
        yield from (Said(line(command), self.events, code=True) for command in back.commands)
        if back.seconds is not None:
            yield self._told("the commands took {} s", ("rollback", "seconds"), back.seconds)
        if back.ran is not None and back.passed is not None:
            figures = (
                *self._number(("rollback", "passed"), back.passed),
                *self._number(("rollback", "ran"), back.ran),
            )
            text = f"base's suite on the schema left behind ({line(back.schema)}): {back.passed} of {back.ran} pass"
            yield Said(text, self.events, figures)
        yield from (Said(f"lost when the schema is taken back: {line(name)}", self.events) for name in back.lost)

    def trigger(self, at: int, each: Trigger) -> Iterator[Said]:
        """One trigger in a sentence, its query under it."""
        figures = (
            *self._number(("triggers", at, "threshold"), each.threshold),
            *self._number(("triggers", at, "window"), each.window),
            *self._number(("triggers", at, "minimum"), each.minimum),
        )
        gate = self._source.told.event_of("gate", each.gate) if each.gate else ""
        asked = f"over {each.window:g} s, from {each.minimum} samples on"
        done = f"{line(each.action)} ({line(each.owner)})"
        text = f"{line(each.metric)} {each.comparator} {each.threshold:g} {asked}: {done}"
        yield Said(text, tuple(filter(None, (*self.events, gate))), figures)
        yield Said(f"{each.source} {line(each.query)}", self.events, depth=1, code=True)
        if each.gate:
            yield Said(f"the threshold rests on the {each.gate} gate", self.events, depth=1)
        if each.note:
            yield Said(line(each.note), self.events, depth=1)

    def rules(self) -> Iterator[Said]:
        """The rules by what they are about; one on a metric that nothing has is marked."""
        if self._plan.promtool:
            yield Said(line(self._plan.promtool), self.events)
        for rule in self._plan.rules:
            gone = f" (no such metric: {', '.join(rule.missing)})" if rule.missing else ""
            yield Said(f"{line(rule.about)}{gone}", self.events, mark=line(rule.name))
            yield Said(line(rule.expr), self.events, depth=1, code=True)

    def _told(self, text: str, pointer: Pointer, value: float) -> Said:
        return Said(text.format(f"{value:g}"), self.events, self._number(pointer, value))

    def _number(self, pointer: Pointer, value: float | None) -> tuple[Cited, ...]:
        if value is None or not math.isfinite(value):
            return ()
        shown = str(value) if isinstance(value, int) else f"{value:g}"
        return self._source.cited("plan", "", pointer, value, shown)
