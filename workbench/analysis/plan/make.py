"""From what was found out to the plan; from a plan and what people changed of it to the plan that holds. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from workbench.analysis.plan.facts import Facts, Migration
from workbench.analysis.plan.metrics import choose
from workbench.analysis.plan.rules import rules_of
from workbench.analysis.plan.triggers import SLOWER, triggers_of
from workbench.case.plan import Plan, PlanStep, Trigger
from workbench.case.state import PlanEdit

CANARY = 0.1
"""Share of the requests that meet the new code first."""
ENOUGH = 200
"""Requests that the canary must answer before anything is concluded."""
EDITABLE = {"text", "command", "note", "threshold", "window", "minimum", "action", "owner", "query", "comparator"}


def make_plan(facts: Facts) -> Plan:
    """The plan; what nothing measured says so, and is listed."""
    chosen = choose(facts.metrics)
    p95 = facts.figure("load", "p95")
    steps = tuple(replace(step, id=f"s{number}") for number, step in enumerate(_steps(facts), 1))
    plan = Plan(
        tree=facts.tree,
        base=facts.base,
        verdict=facts.verdict,
        steps=steps,
        window=facts.window,
        rollback=facts.rollback,
        triggers=triggers_of(facts, chosen),
        rules=rules_of(chosen, facts.errors, None if p95 is None else round(SLOWER * p95, 6)),
    )
    return replace(plan, not_measured=tuple(_unmeasured(facts, plan)))


def _steps(facts: Facts) -> Iterator[PlanStep]:
    if facts.window is not None:
        share = f"{facts.window.share:.1%} of {facts.window.of}, by the access log"
        yield PlanStep("", "window", f"deploy {facts.window.start:02d}:00–{facts.window.end:02d}:00 UTC: {share}")
    if facts.dependencies:
        yield PlanStep("", "before", f"install what {', '.join(facts.dependencies)} names")
    yield from (_migrate(facts, each) for each in facts.migrations if each.before)
    for name, place in facts.flags:
        yield PlanStep("", "flag", f"set {name} off before the new code, on after the canary", note=place)
    for path in facts.configuration:
        yield PlanStep("", "before", f"settings changed in {path}: bring them to every machine first")
    yield _canary(facts)
    if facts.services:
        yield PlanStep("", "deploy", f"rolling restart, in this order: {', '.join(facts.services)}")
    else:
        yield PlanStep("", "deploy", "rolling restart of everything that serves this code")
    yield from (_migrate(facts, each) for each in facts.migrations if not each.before)


def _migrate(facts: Facts, each: Migration) -> PlanStep:
    kind = "before" if each.before else "after"
    why = "code needs it" if each.before else f"takes away {', '.join(each.removes)}: no code may read it any more"
    seconds = facts.figure("migration", "forward")
    together = len(facts.migrations)
    where = "before the new code" if each.before else "after every old process is gone"
    return PlanStep(
        "",
        kind,
        f"migrate {each.app or each.path} {each.name}, {where}: {why}",
        each.forward,
        seconds,
        "migration" if seconds is not None else "",
        f"measured for all {together} migrations together" if seconds is not None and together > 1 else "",
    )


def _canary(facts: Facts) -> PlanStep:
    rate = facts.traffic.rate
    text = f"canary on {CANARY:.0%} of the requests until it has answered {ENOUGH}"
    if not rate:
        return PlanStep("", "canary", text, note="how long that takes was not measured: no access log names requests")
    seconds = math.ceil(ENOUGH / (CANARY * rate))
    return PlanStep("", "canary", text, seconds=float(seconds), note=f"at {rate:.3g} requests/s of the access log")


def _unmeasured(facts: Facts, plan: Plan) -> Iterator[str]:
    if facts.window is None:
        hours = facts.traffic.seconds / 3600
        yield (
            f"a low-traffic window: the log covers {hours:.0f} h, not a day"
            if facts.traffic.requests
            else "a low-traffic window: no access log"
        )
    if facts.migrations and facts.figure("migration", "forward") is None:
        yield "how long the migration takes: no migration gate measured it"
    if facts.figure("load", "p95") is None:
        yield "latency under load: no load gate measured this tree"
    if plan.rollback.status != "rehearsed":
        yield f"the roll-back: {plan.rollback.reason}"
    yield "how long a restart takes"
    gone = sorted({name for rule in plan.rules for name in rule.missing})
    yield from (f"no such metric: {name}" for name in gone)


def edited(plan: Plan, edits: Sequence[PlanEdit]) -> Plan:
    """The plan as people changed it; an edit of an item that the plan no longer has changes nothing."""
    for edit in edits:
        if edit.item == "period" and (period := _number(edit.value)) is not None:
            plan = replace(plan, period=period)
            continue
        plan = replace(
            plan,
            steps=tuple(_changed(step, edit) if step.id == edit.item else step for step in plan.steps),
            triggers=tuple(_changed(each, edit) if each.id == edit.item else each for each in plan.triggers),
        )
    named = {step.id for step in plan.steps} | {each.id for each in plan.triggers} | {"period"}
    told = tuple(f"{each.item} {each.part}: {each.value} ({each.by})" for each in edits if each.item in named)
    return replace(plan, edits=told)


def _changed(item: Any, edit: PlanEdit) -> Any:
    try:
        part = {edit.part: parsed(item, edit.part, edit.value)}
    except ValueError:
        return item
    if isinstance(item, Trigger) and edit.part == "threshold":
        part |= {"gate": "", "note": f"set by {edit.by}"}
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
