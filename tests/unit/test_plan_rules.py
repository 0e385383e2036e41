"""The parts of a plan, without a repository: order, window, triggers, edits, and states that never say ok."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from workbench.analysis.plan.changes import flags_of, services_of, traffic_of, window_of
from workbench.analysis.plan.edits import dropped_steps, edited
from workbench.analysis.plan.facts import Facts
from workbench.analysis.plan.make import make_plan
from workbench.analysis.plan.metrics import choose, exposed, in_code
from workbench.analysis.plan.migrations import migrations_of
from workbench.analysis.plan.watching import Course, ended
from workbench.case.enums import GateStatus
from workbench.case.model import Figure, GateResult
from workbench.case.plan import PlanStep, Trigger
from workbench.case.state import PlanEdit

AT = datetime(2026, 3, 2, tzinfo=UTC)
FACTS = Facts("t", "b", "ready", "ann")


def test_a_migration_that_takes_away_runs_after_the_code_and_one_that_adds_before() -> None:
    adds = 'migrations.AddField("order", "paid", x)'
    drops = 'migrations.RemoveField("order", "old")'
    found = migrations_of(
        {"a/migrations/0002_add.py": adds, "a/migrations/0003_drop.py": drops}, ["a/migrations/0001_x.py"]
    )
    kinds = [step.kind for step in make_plan(replace(FACTS, migrations=found)).steps]
    assert kinds == ["before", "canary", "deploy", "after"]
    assert found[0].previous == "0001_x"


def test_the_window_is_where_the_log_has_fewest_requests_and_there_is_none_of_a_short_log() -> None:
    start = AT.timestamp()
    day = [(start + hour * 3600, start + hour * 3600 + 3599, 10 if hour in (3, 4) else 1000) for hour in range(24)]
    window = window_of(traffic_of(day))
    assert window is not None
    assert (window.start, window.end) == (3, 5)
    assert window.share == pytest.approx(20 / 22020, rel=0.05)
    more = [(at + 86400, end + 86400, count) for at, end, count in day[:6]]
    longer = window_of(traffic_of(day + more))
    assert longer is not None
    assert (longer.start, longer.end) == (3, 5), "hours that the log has twice count no more than the others"
    assert longer.share == pytest.approx(window.share, rel=0.01)
    assert window_of(traffic_of(day[:5])) is None
    assert "the log covers 5 h, not a day" in " ".join(
        make_plan(replace(FACTS, traffic=traffic_of(day[:5]))).not_measured
    )


def test_a_limit_of_the_latency_rests_on_the_load_gate_or_is_not_there() -> None:
    assert not [each for each in make_plan(FACTS).triggers if each.id == "p95"]
    load = GateResult("load", "load", GateStatus.PASS, "", tree="t", figures=(Figure("p95", 0.2, "s"),), examined=300)
    (p95,) = [each for each in make_plan(replace(FACTS, gates={"load": load})).triggers if each.id == "p95"]
    assert (p95.threshold, p95.gate) == (pytest.approx(0.3), "load")
    stale = replace(load, tree="older")
    assert not [each for each in make_plan(replace(FACTS, gates={"load": stale})).triggers if each.id == "p95"]


def test_edits_hold_and_one_that_means_nothing_changes_nothing() -> None:
    plan = make_plan(FACTS)
    edits = [PlanEdit("failures", "threshold", "0.05", "bob", AT), PlanEdit("failures", "threshold", "many", "bob", AT)]
    (first,) = [each for each in edited(plan, edits[:1]).triggers if each.id == "failures"]
    assert (first.threshold, first.note) == (0.05, "set by bob")
    assert edited(plan, edits[1:]).triggers == plan.triggers


def test_people_add_steps_and_leave_some_out_and_another_command_was_not_measured() -> None:
    measured = PlanStep("migrate:a", "before", "migrate a", "migrate", 1.5, "migration")
    plan = replace(make_plan(FACTS), steps=(measured, *make_plan(FACTS).steps))
    edits = [
        PlanEdit("own-1", "after", "canary", "bob", AT),
        PlanEdit("own-1", "text", "tell support", "bob", AT),
        PlanEdit("own-2", "after", "gone since", "ann", AT),
        PlanEdit("own-2", "text", "at the end", "ann", AT),
        PlanEdit("deploy", "dropped", "left out", "ann", AT),
        PlanEdit("migrate:a", "command", "migrate --fast", "ann", AT),
    ]
    made = edited(plan, edits)
    assert [step.text for step in made.steps][-2:] == ["tell support", "at the end"]
    assert [step.id for step in made.steps] == ["migrate:a", "canary", "own-1", "own-2"]
    assert (made.steps[0].command, made.steps[0].seconds, made.steps[0].gate) == ("migrate --fast", None, "")
    assert [step.id for step in dropped_steps(plan, edits)] == ["deploy"]
    assert "deploy left out (ann)" in made.edits
    back = edited(plan, [PlanEdit("deploy", "dropped", "", "ann", AT)])
    assert "deploy" in [step.id for step in back.steps], "taken in again"


def test_metrics_are_found_in_code_and_on_the_page() -> None:
    code = in_code(['Histogram("http_request_duration_seconds", "d", ["view"])\nGauge("db_pool_waiting", "w")'])
    assert code["http_request_duration_seconds_bucket"] == ("view",)
    chosen = choose({**code, **exposed('http_requests_total{code="200",path="/"} 3\n')})
    assert (chosen["requests"].status, chosen["requests"].missing) == ("code", False)
    assert not chosen["latency"].missing
    assert not chosen["pool"].missing
    assert chosen["errors"].missing


def test_flags_and_the_order_of_services() -> None:
    diff = "+++ b/s.py\n@@ -1 +1,2 @@\n-USE_OLD = 1\n+USE_OLD = 2\n+ENABLE_NEW = False\n"
    assert flags_of(diff) == (("ENABLE_NEW", "s.py:2"),)
    web = "  web:\n    build: .\n    depends_on:\n      - worker\n"
    compose = f"services:\n{web}  worker:\n    build: .\n  db:\n    image: x\n"
    assert services_of(compose) == ("worker", "web")


def test_a_trigger_has_no_data_until_there_are_enough_samples_then_holds_is_near_and_trips() -> None:
    course = Course(Trigger("f", "5xx", "logs", "status:5xx", ">", 0.1, 60, 20, "roll back", "ann"), 0.12)
    states = []
    for at, events, of in ((0, 0, 0), (1, 0, 10), (2, 0, 100), (3, 9, 100), (4, 30, 120)):
        course.add(at, events, of)
        states.append(course.seen(AT).state)
    assert states == ["no_data", "no_data", "holding", "near", "tripped"]
    assert ended([course.seen(AT)], AT, AT, rolled_back=False).outcome == "inconclusive"
    assert ended([], AT, AT, rolled_back=False).outcome == "inconclusive"
    assert ended([], AT, AT, rolled_back=True).outcome == "rolled_back"
