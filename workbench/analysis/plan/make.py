"""From what was found out to the plan. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from workbench.analysis.plan.facts import Facts, Migration
from workbench.analysis.plan.metrics import choose
from workbench.analysis.plan.rules import rules_of
from workbench.analysis.plan.triggers import SLOWER, triggers_of
from workbench.case.plan import Plan, PlanStep

CANARY = 0.1
"""Share of the requests that meet the new code first."""
ENOUGH = 200
"""Requests that the canary must answer before anything is concluded."""


def make_plan(facts: Facts) -> Plan:
    """The plan; what nothing measured says so, and is listed."""
    chosen = choose(facts.metrics)
    p95 = facts.figure("load", "p95")
    plan = Plan(
        tree=facts.tree,
        base=facts.base,
        verdict=facts.verdict,
        steps=tuple(_steps(facts)),
        window=facts.window,
        rollback=facts.rollback,
        triggers=triggers_of(facts, chosen),
        rules=rules_of(chosen, facts.errors, None if p95 is None else round(SLOWER * p95, 6)),
    )
    return replace(plan, not_measured=tuple(_unmeasured(facts, plan)))


def _steps(facts: Facts) -> Iterator[PlanStep]:
    if facts.window is not None:
        share = f"{facts.window.share:.1%} of {facts.window.of}, by the access log"
        yield PlanStep("window", "window", f"deploy {facts.window.start:02d}:00–{facts.window.end:02d}:00 UTC: {share}")
    if facts.dependencies:
        yield PlanStep("install", "before", f"install what {', '.join(facts.dependencies)} names")
    yield from (_migrate(facts, each) for each in facts.migrations if each.before)
    for name, place in facts.flags:
        yield PlanStep(f"off:{name}", "flag", f"set {name} off before the new code", note=place)
    for path in facts.configuration:
        yield PlanStep(f"settings:{path}", "before", f"settings changed in {path}: bring them to every machine first")
    yield _canary(facts)
    if facts.services:
        yield PlanStep("deploy", "deploy", f"rolling restart, in this order: {', '.join(facts.services)}")
    else:
        yield PlanStep("deploy", "deploy", "rolling restart of everything that serves this code")
    for name, _ in facts.flags:
        text = f"set {name} on, when every process has the new code; off takes it back without a deploy"
        yield PlanStep(f"on:{name}", "flag", text)
    yield from (_migrate(facts, each) for each in facts.migrations if not each.before)


def _migrate(facts: Facts, each: Migration) -> PlanStep:
    kind = "before" if each.before else "after"
    why = "code needs it" if each.before else f"takes away {', '.join(each.removes)}: no code may read it any more"
    seconds = facts.figure("migration", "forward")
    together = len(facts.migrations)
    where = "before the new code" if each.before else "after every old process is gone"
    return PlanStep(
        f"migrate:{each.path}",
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
        return PlanStep(
            "canary", "canary", text, note="how long that takes was not measured: no access log names requests"
        )
    seconds = math.ceil(ENOUGH / (CANARY * rate))
    return PlanStep(
        "canary", "canary", text, seconds=float(seconds), note=f"at {rate:.3g} requests/s of the access log"
    )


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
