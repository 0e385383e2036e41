"""How the plan looks as rows: deploy, roll back with and when, watch, what was not measured. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench_kit.line import Line
from workbench_kit.panel import Build, Row
from workbench_kit.when import brief

from workbench.analysis.plan.edits import dropped_steps, edited
from workbench.case.plan import Plan, Trigger
from workbench.case.state import CaseState
from workbench_validate.monitor_rows import said

GATE = "gate:"
"""What a row cites before the name of the gate that measured its number."""
REHEARSED = {"rehearsed": ("✔", "success"), "failed": ("✘", "error"), "not_rehearsed": ("–", "warning")}


def plan_rows(state: CaseState, tree: str) -> Build:
    """The plan as it holds; a row cites the step, the trigger or (with GATE) the gate that it speaks of."""
    assert state.plan is not None
    made = edited(state.plan, state.plan_edits)
    dropped = dropped_steps(state.plan, state.plan_edits)

    def build(width: int) -> list[Row]:
        rows = (
            said("stale: files changed since it was made; a makes it anew", width, "warning")
            if made.tree != tree
            else []
        )
        rows += [*_head("Deploy"), *_steps(made, width)]
        rows += [row for each in dropped for row in said(f"– left out: {each.text}", width, "muted", each.id, indent=2)]
        rows += [*_head("Roll back with"), *_rollback(made, width)]
        rows += [*_head("Roll back when"), *(row for each in made.triggers for row in _trigger(each, width))]
        rows += [*_head("Watch"), *_watch(made, width)]
        rows += [*_head("Not measured"), *(row for text in made.not_measured for row in said(f"· {text}", width))]
        if made.edits:
            rows += [*_head("Edited"), *(row for text in made.edits for row in said(f"· {text}", width, "history"))]
        return rows

    return build


def _steps(made: Plan, width: int) -> Iterator[Row]:
    for number, step in enumerate(made.steps, 1):
        took = f" ({brief(step.seconds)})" if step.seconds is not None else ""
        yield from said(f"{number}  {step.text}{took}", width, "", step.id, indent=3)
        if step.command:
            measured = "" if step.seconds is not None else "   duration not measured"
            yield from said(f"   $ {step.command}{measured}", width, "muted", step.id, indent=5)
        if step.note:
            yield from said(f"   {step.note}", width, "muted", step.id, indent=3)
        yield from _measured(step.gate, width, 3)


def _rollback(made: Plan, width: int) -> Iterator[Row]:
    back = made.rollback
    glyph, tone = REHEARSED.get(back.status, ("?", "warning"))
    yield from said(f"{glyph} {back.status.replace('_', ' ')}: {back.reason}", width, tone, indent=2)
    for command in back.commands:
        yield from said(f"$ {command}", width, "", indent=2)
    if back.seconds is not None:
        suite = f", base's suite {back.passed} of {back.ran}, schema {back.schema}" if back.ran is not None else ""
        yield from said(f"  took {brief(back.seconds)}{suite}", width, indent=2)
    if back.lost:
        yield from said(f"▲ with the schema: loses {', '.join(back.lost)}", width, "warning", indent=2)


def _trigger(each: Trigger, width: int) -> Iterator[Row]:
    text = f"· {each.metric} {each.comparator} {each.threshold:g} for {brief(each.window)}, n ≥ {each.minimum}"
    yield from said(text, width, "", each.id, indent=2)
    note = f"; {each.note}" if each.note else ""
    yield from said(f"  {each.action}, {each.owner}{note}", width, "muted", each.id, indent=2)
    yield from _measured(each.gate, width, 2)


def _measured(gate: str, width: int, indent: int) -> Iterator[Row]:
    """The gate that a number rests on: Enter goes to it."""
    if gate:
        yield from said(
            f"{' ' * indent}⤷ measured by the {gate} gate", width, "history", f"{GATE}{gate}", indent=indent
        )


def _watch(made: Plan, width: int) -> Iterator[Row]:
    gone = sorted({name for rule in made.rules for name in rule.missing})
    tone = "success" if "pass" in made.promtool else "warning"
    yield from said(f"{len(made.rules)} rules  {'✔' if tone == 'success' else '?'} {made.promtool}", width, tone)
    if gone:
        yield from said(f"no such metric: {', '.join(gone)}", width, "warning")


def _head(title: str) -> Sequence[Row]:
    return [Row(Line(())), Row(Line(((title, "accent strong"),)))]
