"""Alertmanager's webhook (version 4) and its list of alerts; PagerDuty's webhooks (3 and 2) and its Events API (2).

Formats: prometheus.io/docs/alerting/latest/configuration/#webhook_config and
developer.pagerduty.com/docs/webhooks-overview.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from workbench.analysis.intake.notes import Notes, at, iso, items, moment
from workbench.case.intake import Intake

SERVICE = ("service", "app", "app_kubernetes_io_name", "deployment", "job", "component")
RELEASE = ("release", "version", "revision", "app_version", "git_sha")
ENDPOINT = ("route", "handler", "uri", "path")
"""Labels that name a service, its release and a route, the surest first."""


def alertmanager(data: Mapping[str, Any], source: str) -> Intake:
    """What firing alerts say together."""
    notes = Notes()
    alerts = list(items(data, "alerts"))
    firing = [(path, alert) for path, alert in alerts if alert.get("status", "firing") != "resolved"] or alerts
    summaries = [f"{path}.annotations" for path, _ in firing[:1]]
    said = notes.first(
        "question",
        data,
        *(
            f"{place}.{key}"
            for place in ("commonAnnotations", *summaries)
            for key in ("summary", "description", "message")
        ),
        "commonLabels.alertname",
        *(f"{path}.labels.alertname" for path, _ in firing[:1]),
    )
    for place in ("commonAnnotations", *summaries):
        more = at(data, f"{place}.description")
        if more and more != said:
            notes.take("detail", more, f"{place}.description")
            break
    times = [(found, path) for path, alert in firing if (found := moment(alert.get("startsAt"))) is not None]
    if times:
        first, path = min(times)
        notes.take("since", iso(first), f"{path}.startsAt")
    labels = ["commonLabels", "groupLabels", *(f"{path}.labels" for path, _ in firing)]
    for name, keys in (("service", SERVICE), ("release", RELEASE), ("endpoint", ENDPOINT), ("severity", ("severity",))):
        notes.first(name, data, *(f"{place}.{key}" for key in keys for place in labels))
    notes.first("runbook", data, *(f"{place}.runbook_url" for place in ("commonAnnotations", *summaries)))
    for path, alert in firing[:1]:
        asked = parse_qs(urlsplit(str(alert.get("generatorURL", ""))).query).get("g0.expr", [""])[0]
        notes.take("metric", asked, f"{path}.generatorURL")
    notes.take("alerts", len(firing), "alerts")
    return Intake("alertmanager", source, notes.done())


def pagerduty(data: Mapping[str, Any], source: str) -> Intake:
    """An incident of a webhook, or an event as it was sent to PagerDuty."""
    notes = Notes()
    incident = next(
        (place for place in ("event.data", "messages[0].incident", "incident") if at(data, place)), "payload"
    )
    notes.first("question", data, *(f"{incident}.{key}" for key in ("title", "summary", "description")))
    notes.first("detail", data, f"{incident}.body.details", "messages[0].log_entries[0].channel.details")
    notes.time("since", data, f"{incident}.created_at", f"{incident}.timestamp", "event.occurred_at")
    details = f"{incident}.custom_details"
    services = (
        f"{incident}.service.summary",
        f"{incident}.service.name",
        f"{incident}.component",
        f"{incident}.source",
    )
    notes.first("service", data, *services, *(f"{details}.{key}" for key in SERVICE))
    for name, keys in (("release", RELEASE), ("endpoint", ENDPOINT), ("users", ("users", "affected_users"))):
        notes.first(name, data, *(f"{details}.{key}" for key in keys))
    notes.first("severity", data, f"{incident}.priority.summary", f"{incident}.severity", f"{incident}.urgency")
    notes.first("ticket", data, f"{incident}.html_url", f"{incident}.incident_key", "dedup_key")
    return Intake("pagerduty", source, notes.done())
