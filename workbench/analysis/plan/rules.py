"""Monitoring as code: Prometheus rules with their tests, and a Grafana dashboard, for five things by name. Pure.

Burn rates: Beyer et al., The Site Reliability Workbook, ch. 5 (multiwindow, multi-burn-rate alerts). Formats:
prometheus.io/docs/prometheus/latest/configuration/recording_rules and .../unit_testing_rules; Grafana's dashboard JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.analysis.plan.metrics import Chosen
from workbench.case.logs import LogError
from workbench.case.plan import Rule

TARGET = 0.999
"""Share of requests that must succeed: a default, until a person edits it."""
BURNS = ((14.4, "1h", "5m"), (6.0, "6h", "30m"))
"""Times the budget, long and short window."""
FLOW, LATENCY, ENDPOINTS, POOL, FAMILIES = (
    "success and failure of the flow",
    "latency percentiles of the affected endpoints",
    "error rate by endpoint",
    "saturation of the pool",
    "recurrence of each error family",
)
ABOUT = (FLOW, LATENCY, ENDPOINTS, POOL, FAMILIES)


def rules_of(chosen: Mapping[str, Chosen], errors: Sequence[LogError], slow: float | None) -> tuple[Rule, ...]:
    """The rules; ``slow`` is the measured limit of the 95th percentile in seconds, None where nothing measured it."""
    flow, endpoints = _flow(chosen["requests"]), _endpoints(chosen["requests"])
    pool, families = _pool(chosen["pool"]), _families(chosen["errors"], errors)
    return (*flow, *_latency(chosen["latency"], slow), *endpoints, *pool, *families)


def _missing(metric: Chosen) -> tuple[str, ...]:
    return (metric.name,) if metric.missing else ()


def _flow(metric: Chosen) -> Iterator[Rule]:
    gone = _missing(metric)
    bad = f'{metric.name}{{{metric.status}=~"5.."}}'
    for window in sorted({window for _, *windows in BURNS for window in windows}, key=_length):
        expr = f"sum(rate({bad}[{window}])) / sum(rate({metric.name}[{window}]))"
        yield Rule(f"flow:failure_ratio:rate{window}", FLOW, expr, alert=False, missing=gone)
    for factor, long, short in BURNS:
        limit = f"{factor * (1 - TARGET):.6g}"
        expr = f"flow:failure_ratio:rate{long} > {limit} and flow:failure_ratio:rate{short} > {limit}"
        summary = f"failures burn the budget of {TARGET:.1%} {factor:g} times too fast ({long} and {short})"
        yield Rule(f"FlowBurnRate{long}", FLOW, expr, wait="2m", summary=summary, missing=gone)


def _latency(metric: Chosen, slow: float | None) -> Iterator[Rule]:
    by = f"le, {metric.endpoint}"
    for share in (50, 95, 99):
        expr = f"histogram_quantile({share / 100:g}, sum by ({by}) (rate({metric.name}[5m])))"
        yield Rule(f"endpoint:latency_seconds:p{share}", LATENCY, expr, alert=False, missing=_missing(metric))
    if slow is not None:
        summary = f"the 95th percentile is above {slow:g} s, 1.5 times what the load gate measured"
        expr = f"endpoint:latency_seconds:p95 > {slow:g}"
        yield Rule("EndpointSlow", LATENCY, expr, wait="10m", summary=summary, missing=_missing(metric))


def _endpoints(metric: Chosen) -> Iterator[Rule]:
    by = metric.endpoint
    bad = f'sum by ({by}) (rate({metric.name}{{{metric.status}=~"5.."}}[5m]))'
    expr = f"{bad} / sum by ({by}) (rate({metric.name}[5m]))"
    yield Rule("endpoint:error_ratio:rate5m", ENDPOINTS, expr, alert=False, missing=_missing(metric))
    yield Rule(
        "EndpointErrors",
        ENDPOINTS,
        "endpoint:error_ratio:rate5m > 0.01",
        wait="5m",
        summary=f"more than 1 % of the requests of {{{{ $labels.{by} }}}} fail",
        missing=_missing(metric),
    )


def _pool(metric: Chosen) -> Iterator[Rule]:
    yield Rule(
        "PoolWaits",
        POOL,
        f"max({metric.name}) > 0"
        if "wait" in metric.name
        else f"max_over_time({metric.name}[5m]) >= max_over_time({metric.name}[1d])",
        wait="5m",
        summary="requests wait for a connection, or the pool is as full as it ever was",
        missing=_missing(metric),
    )


def _families(metric: Chosen, errors: Sequence[LogError]) -> Iterator[Rule]:
    for error in errors:
        mark = error.fingerprint or error.id
        expr = f"increase({metric.name}{{family={json.dumps(mark)}}}[5m]) > 0"
        place = f" at {error.place.path}:{error.place.line}" if error.place else ""
        name = re.sub(r"\W+", "", error.type.rsplit(".", 1)[-1]) or "Error"
        yield Rule(
            f"Again{name}_{re.sub(r'[^A-Za-z0-9]', '', mark)[:8]}",
            FAMILIES,
            expr,
            summary=f"{error.type}{place} is back",
            missing=_missing(metric),
        )


def _length(window: str) -> int:
    return int(window[:-1]) * {"m": 60, "h": 3600, "d": 86400}[window[-1]]


def rules_yaml(rules: Sequence[Rule], case: str) -> str:
    """The file for Prometheus: a group for each of the things watched."""
    lines = ["groups:"]
    for about in ABOUT:
        group = [rule for rule in rules if rule.about == about]
        if group:
            lines += [f"  - name: {_quoted(f'{case} {about}')}", "    rules:"]
            lines += [line for rule in group for line in _rule(rule)]
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"      - {'alert' if rule.alert else 'record'}: {_quoted(rule.name)}"
    if rule.missing:
        yield f"        # no such metric: {', '.join(rule.missing)}"
    yield f"        expr: {_quoted(rule.expr)}"
    if rule.alert:
        if rule.wait:
            yield f"        for: {rule.wait}"
        yield "        labels: {severity: page}"
        yield f"        annotations: {{summary: {_quoted(rule.summary)}}}"


def _quoted(text: str) -> str:
    """A JSON string is a YAML string."""
    return json.dumps(text)


def tests_yaml(chosen: Mapping[str, Chosen], rules: Sequence[Rule], file: str) -> str:
    """A file for ``promtool test rules``: every second request fails, so the fast burn alert fires; none fails, so it
    is silent."""
    metric = chosen["requests"]
    alert = next(rule for rule in rules if rule.name == f"FlowBurnRate{BURNS[0][1]}")

    def series(failing: int) -> list[Mapping[str, str]]:
        return [
            {"series": f'{metric.name}{{{metric.status}="200",{metric.endpoint}="/"}}', "values": "0+10x120"},
            {"series": f'{metric.name}{{{metric.status}="500",{metric.endpoint}="/"}}', "values": f"0+{failing}x120"},
        ]

    fires = [{"exp_labels": {"severity": "page"}, "exp_annotations": {"summary": alert.summary}}]
    tests = [
        {
            "interval": "1m",
            "input_series": series(failing),
            "alert_rule_test": [{"eval_time": "90m", "alertname": alert.name, "exp_alerts": expected}],
        }
        for failing, expected in ((10, fires), (0, []))
    ]
    return json.dumps({"rule_files": [file], "evaluation_interval": "1m", "tests": tests}, indent=1)


def dashboard(rules: Sequence[Rule], case: str) -> Mapping[str, Any]:
    """A Grafana dashboard: a panel for each of the things watched."""
    panels = []
    for at, about in enumerate(ABOUT):
        group = [rule for rule in rules if rule.about == about]
        shown = [rule for rule in group if not rule.alert] or group
        gone = sorted({name for rule in group for name in rule.missing})
        panels.append(
            {
                "id": at + 1,
                "type": "timeseries",
                "title": about,
                "description": f"no such metric: {', '.join(gone)}" if gone else "",
                "gridPos": {"x": 12 * (at % 2), "y": 8 * (at // 2), "w": 12, "h": 8},
                "datasource": {"type": "prometheus", "uid": "${datasource}"},
                "targets": [
                    {
                        "refId": chr(65 + number),
                        "expr": rule.expr if rule.alert else rule.name,
                        "legendFormat": rule.name,
                    }
                    for number, rule in enumerate(shown[:26])
                ],
            }
        )
    return {
        "title": f"workbench {case}",
        "uid": re.sub(r"[^A-Za-z0-9-]", "", f"workbench-{case}")[:40],
        "schemaVersion": 39,
        "time": {"from": "now-1h", "to": "now"},
        "refresh": "10s",
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": panels,
    }
