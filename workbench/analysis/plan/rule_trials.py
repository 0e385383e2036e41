"""Tests of the rules, for ``promtool test rules``: each alert fires on what it is for and is silent without it. Pure.

Format: prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.analysis.plan.metrics import Chosen
from workbench.analysis.plan.rules import ENDPOINTS, FAMILIES, FLOW, LATENCY, POOL
from workbench.case.plan import Rule

AT = "90m"
"""When each alert is looked at, in a test whose series have a value a minute."""
ENDPOINT = "/"
Labels = Mapping[str, str]


def trials_yaml(chosen: Mapping[str, Chosen], rules: Sequence[Rule], file: str) -> str:
    """The file of tests, as JSON, which is YAML: all goes wrong, and nothing does. ``rules`` stand in ``file``."""
    alerts = [rule for rule in rules if rule.alert]
    tests = [_trial(alerts, chosen, bad) for bad in (True, False)]
    return json.dumps({"rule_files": [file], "evaluation_interval": "1m", "tests": tests}, indent=1)


def _trial(alerts: Sequence[Rule], chosen: Mapping[str, Chosen], bad: bool) -> Mapping[str, Any]:
    """Every alert is expected where things go ``bad``, none where they do not."""
    series: dict[str, str] = {}
    expected: list[Mapping[str, Any]] = []
    for rule in alerts:
        values, labels = _series(rule, chosen, bad)
        series |= values
        summary = rule.summary.replace(f"{{{{ $labels.{chosen['requests'].endpoint} }}}}", ENDPOINT)
        fires = {"exp_labels": {"severity": "page", **labels}, "exp_annotations": {"summary": summary}}
        expected.append({"eval_time": AT, "alertname": rule.name, "exp_alerts": [fires] if bad else []})
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": value} for name, value in series.items()],
        "alert_rule_test": expected,
    }


def _series(rule: Rule, chosen: Mapping[str, Chosen], bad: bool) -> tuple[Mapping[str, str], Labels]:
    """The series by name, and the labels that the alert carries beside its own."""
    match rule.about:
        case about if about in (FLOW, ENDPOINTS):
            metric = chosen["requests"]
            place = f'{metric.endpoint}="{ENDPOINT}"'
            failing = 10 if bad else 0
            return {
                f'{metric.name}{{{metric.status}="200",{place}}}': "0+10x120",
                f'{metric.name}{{{metric.status}="500",{place}}}': f"0+{failing}x120",
            }, {metric.endpoint: ENDPOINT} if about == ENDPOINTS else {}
        case about if about == LATENCY:
            metric, limit = chosen["latency"], float(rule.expr.rpartition(" ")[2])
            place = f'{metric.endpoint}="{ENDPOINT}"'
            below = 0 if bad else 10
            return {
                f'{metric.name}{{le="{limit / 2:g}",{place}}}': f"0+{below}x120",
                f'{metric.name}{{le="{limit * 10:g}",{place}}}': "0+10x120",
                f'{metric.name}{{le="+Inf",{place}}}': "0+10x120",
            }, {metric.endpoint: ENDPOINT}
        case about if about == POOL:
            metric = chosen["pool"]
            limit_series = {metric.limit: "10x120"} if metric.limit else {}
            return {metric.name: "10x120" if bad else "0x120", **limit_series}, {}
        case about if about == FAMILIES:
            series = rule.expr.partition("increase(")[2].partition("[5m]")[0]
            value = json.loads(series.partition("=")[2].removesuffix("}"))
            return {series: "_x88 1x30" if bad else "3x120"}, {chosen["errors"].error: value}
        case _:
            raise ValueError(f"{rule.about} has no test")
