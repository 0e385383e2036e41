"""Monitoring as code: Prometheus rules with their tests, and a Grafana dashboard, for five things by name. Pure.

Burn rates: Beyer et al., The Site Reliability Workbook, ch. 5 (multiwindow, multi-burn-rate alerts). Formats:
prometheus.io/docs/prometheus/latest/configuration/recording_rules and .../unit_testing_rules; Grafana's dashboard JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.analysis.plan.facts import named
from workbench.analysis.plan.metrics import FAMILY, Chosen
from workbench.case.logs import LogError
from workbench.case.plan import Rule

TARGET = 0.999
"""Share of requests that must succeed: a default, until a person edits it."""
BURNS = ((14.4, "1h", "5m"), (6.0, "6h", "30m"))
"""Times the budget, long and short window."""
FULL = 0.9
"""Share of a pool from which it is too full: a default."""
NAMED = 3
"""Endpoints of one error that are named as affected."""
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
    affected = ", ".join(dict.fromkeys(name for error in errors for name, _ in error.endpoints[:NAMED]))
    return (*flow, *_latency(chosen["latency"], slow, affected), *endpoints, *pool, *families)


def _flow(metric: Chosen) -> Iterator[Rule]:
    gone = metric.gone(metric.status)
    bad = f'{metric.name}{{{metric.status}=~"5.."}}'
    for window in sorted({window for _, *windows in BURNS for window in windows}, key=_length):
        expr = f"sum(rate({bad}[{window}])) / sum(rate({metric.name}[{window}]))"
        yield Rule(f"flow:failure_ratio:rate{window}", FLOW, expr, alert=False, missing=gone)
    for factor, long, short in BURNS:
        limit = f"{factor * (1 - TARGET):.6g}"
        expr = f"flow:failure_ratio:rate{long} > {limit} and flow:failure_ratio:rate{short} > {limit}"
        summary = f"failures burn the budget of {TARGET:.1%} {factor:g} times too fast ({long} and {short})"
        yield Rule(f"FlowBurnRate{long}", FLOW, expr, wait="2m", summary=summary, missing=gone)


def _latency(metric: Chosen, slow: float | None, affected: str) -> Iterator[Rule]:
    by, gone = f"le, {metric.endpoint}", metric.gone(metric.endpoint)
    about = f"affected in this case: {affected}" if affected else ""
    for share in (50, 95, 99):
        expr = f"histogram_quantile({share / 100:g}, sum by ({by}) (rate({metric.name}[5m])))"
        yield Rule(f"endpoint:latency_seconds:p{share}", LATENCY, expr, False, "", about, gone)
    if slow is not None:
        summary = f"the 95th percentile is above {slow:g} s, 1.5 times what the load gate measured"
        expr = f"endpoint:latency_seconds:p95 > {slow:g}"
        yield Rule("EndpointSlow", LATENCY, expr, wait="10m", summary=summary, missing=gone)


def _endpoints(metric: Chosen) -> Iterator[Rule]:
    by, gone = metric.endpoint, metric.gone(metric.status, metric.endpoint)
    bad = f'sum by ({by}) (rate({metric.name}{{{metric.status}=~"5.."}}[5m]))'
    expr = f"{bad} / sum by ({by}) (rate({metric.name}[5m]))"
    summary = f"more than 1 % of the requests of {{{{ $labels.{by} }}}} fail"
    yield Rule("endpoint:error_ratio:rate5m", ENDPOINTS, expr, alert=False, missing=gone)
    yield Rule("EndpointErrors", ENDPOINTS, "endpoint:error_ratio:rate5m > 0.01", True, "5m", summary, gone)


def _pool(metric: Chosen) -> Iterator[Rule]:
    """An alert where something says how full is too full; else the figure alone."""
    gone = metric.gone()
    if "wait" in metric.name or "pending" in metric.name or "queue" in metric.name:
        summary = "requests wait for a connection"
        yield Rule("PoolWaits", POOL, f"max({metric.name}) > 0", wait="5m", summary=summary, missing=gone)
    elif metric.limit:
        expr = f"sum({metric.name}) / sum({metric.limit})"
        yield Rule("pool:used_ratio", POOL, expr, alert=False, missing=gone)
        summary = f"more than {FULL:.0%} of the pool is in use"
        yield Rule("PoolFull", POOL, f"pool:used_ratio > {FULL:g}", wait="5m", summary=summary, missing=gone)
    else:
        summary = "no alert: no metric says how much there can be"
        yield Rule("pool:used:max", POOL, f"max({metric.name})", False, "", summary, gone)


def _families(metric: Chosen, errors: Sequence[LogError]) -> Iterator[Rule]:
    """One that was gone comes back with a series of its own, which has no increase yet: its birth counts too."""
    for error in errors:
        mark = error.fingerprint or error.id
        series = f"{metric.name}{{{metric.error}={json.dumps(family(metric, error))}}}"
        told = () if metric.error in FAMILY or error.frames else (f"{metric.name}{{{metric.error}}}",)
        name = re.sub(r"\W+", "", error.type.rsplit(".", 1)[-1]) or "Error"
        yield Rule(
            f"Again{name}_{re.sub(r'[^A-Za-z0-9]', '', mark)[:8]}",
            FAMILIES,
            f"increase({series}[5m]) > 0 or ({series} unless {series} offset 5m) > 0",
            summary=f"{named(error)} is back".replace("{{", "{ {"),
            missing=metric.gone(metric.error) or told,
        )


def family(metric: Chosen, error: LogError) -> str:
    """What the metric's label says of an error: its fingerprint, or its type without its module."""
    return error.fingerprint or error.id if metric.error in FAMILY else error.type.rsplit(".", 1)[-1]


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
    if rule.summary and not rule.alert:
        yield f"        # {' '.join(rule.summary.split())}"
    yield f"        expr: {_quoted(rule.expr)}"
    if rule.alert:
        if rule.wait:
            yield f"        for: {rule.wait}"
        yield "        labels: {severity: page}"
        yield f"        annotations: {{summary: {_quoted(rule.summary)}}}"


def _quoted(text: str) -> str:
    """A JSON string is a YAML string."""
    return json.dumps(text)


def dashboard(rules: Sequence[Rule], case: str) -> Mapping[str, Any]:
    """A Grafana dashboard: a panel for each of the things watched."""
    panels = []
    for at, about in enumerate(ABOUT):
        group = [rule for rule in rules if rule.about == about]
        shown = [rule for rule in group if not rule.alert] or group
        gone = sorted({name for rule in group for name in rule.missing})
        told = dict.fromkeys(rule.summary for rule in group if rule.summary and not rule.alert)
        panels.append(
            {
                "id": at + 1,
                "type": "timeseries",
                "title": about,
                "description": "; ".join([*([f"no such metric: {', '.join(gone)}"] if gone else []), *told]),
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
