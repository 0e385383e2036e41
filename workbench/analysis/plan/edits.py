"""From a plan and what people changed of it to the plan that holds. Pure.

An edit names an item, a part of it and what that is to be. Beside the parts of steps and triggers there are two of
steps alone: ``after`` adds a step behind the one that it names, ``dropped`` leaves one out (empty: takes it in again).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from workbench.case.plan import Plan, PlanStep, Trigger
from workbench.case.state import PlanEdit

EDITABLE = {"text", "command", "note", "threshold", "window", "minimum", "action", "owner", "query", "comparator"}
AFTER, DROPPED = "after", "dropped"


def edited(plan: Plan, edits: Sequence[PlanEdit]) -> Plan:
    """The plan as people changed it; an edit of an item that the plan no longer has changes nothing."""
    known = {"period", *(step.id for step in plan.steps), *(trigger.id for trigger in plan.triggers)}
    known |= {edit.item for edit in edits if edit.part == AFTER}
    for edit in edits:
        plan = _with(plan, edit)
    dropped = {edit.item for edit in edits if edit.part == DROPPED and edit.value}
    said = [
        edit for edit in edits if edit.item in known and edit.part != AFTER and (edit.part != DROPPED or edit.value)
    ]
    return replace(
        plan, steps=tuple(step for step in plan.steps if step.id not in dropped), edits=tuple(map(_told, said))
    )


def dropped_steps(plan: Plan, edits: Sequence[PlanEdit]) -> tuple[PlanStep, ...]:
    """The steps of the plan that people left out."""
    gone = {edit.item for edit in edits if edit.part == DROPPED and edit.value}
    whole = edited(plan, [edit for edit in edits if edit.part != DROPPED])
    return tuple(step for step in whole.steps if step.id in gone)


def _with(plan: Plan, edit: PlanEdit) -> Plan:
    if edit.item == "period" and (period := _number(edit.value)) is not None:
        return replace(plan, period=period)
    if edit.part == AFTER:
        at = next((at for at, step in enumerate(plan.steps, 1) if step.id == edit.value), len(plan.steps))
        own = PlanStep(edit.item, "own", "", note=f"added by {edit.by}")
        return replace(plan, steps=(*plan.steps[:at], own, *plan.steps[at:]))
    return replace(
        plan,
        steps=tuple(_changed(step, edit) if step.id == edit.item else step for step in plan.steps),
        triggers=tuple(_changed(each, edit) if each.id == edit.item else each for each in plan.triggers),
    )


def _told(edit: PlanEdit) -> str:
    if edit.part == DROPPED:
        return f"{edit.item} left out ({edit.by})"
    return f"{edit.item} {edit.part}: {edit.value} ({edit.by})"


def _changed(item: Any, edit: PlanEdit) -> Any:
    try:
        part = {edit.part: parsed(item, edit.part, edit.value)}
    except ValueError:
        return item
    if isinstance(item, Trigger) and edit.part == "threshold":
        part |= {"gate": "", "note": f"set by {edit.by}"}
    elif edit.part == "command":
        part |= {"seconds": None, "gate": ""}  # another command takes another time
    return replace(item, **part)


def parsed(item: PlanStep | Trigger, part: str, value: str) -> Any:
    """What an edit makes of a part. Raises ValueError for a part that is none or a value that it cannot have."""
    if part not in EDITABLE or part not in {field.name for field in fields(item)}:
        raise ValueError(f"{part} is no part of {item.id} that can be edited")
    if part == "comparator" and value not in (">", ">=", "<", "<="):
        raise ValueError("a comparator is > >= < or <=")
    if part in ("threshold", "window", "minimum"):
        number = _number(value)
        if number is None or (part != "threshold" and number <= 0):
            raise ValueError(f"{part} is a number: {value!r} is none")
        return int(number) if part == "minimum" else number
    return value


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def item_of(plan: Plan, ident: str) -> PlanStep | Trigger | None:
    """The step or trigger of that id."""
    items: Iterable[PlanStep | Trigger] = (*plan.steps, *plan.triggers)
    return next((item for item in items if item.id == ident), None)
