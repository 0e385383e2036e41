"""What the spans of traces say together: who calls whom, where the time goes, what is asked again and again."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from workbench.analysis.intake.errors import reported, traced
from workbench.analysis.intake.notes import Notes, iso
from workbench.analysis.intake.spans import RawSpan
from workbench.case.code import MapEdge, MapNode
from workbench.case.intake import Intake, SpanGroup
from workbench.case.logs import LogError

GROUPS = 200
"""Groups of spans that are kept, those with the most time first."""

_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\$\d+|%s|\?")
_ROUTE = re.compile(r"/[0-9a-f-]{8,}|/\d+")


def trace_intake(form: str, spans: Iterable[RawSpan], source: str) -> Intake:
    """Everything that is taken over of one or more traces. Raises ValueError where there is no span."""
    found = list(spans)
    if not found:
        raise ValueError("it holds no span")
    by_id = {span.id: span for span in found}
    groups = _groups(found, by_id)
    nodes, edges = _map(found, by_id)
    roots = [span for span in found if span.parent not in by_id]
    slowest = max(roots or found, key=lambda span: span.seconds)
    notes = Notes()
    notes.take("question", _question(slowest, groups), f"span {slowest.id}")
    starts = [span.start for span in found if span.start > 0]
    if starts:
        notes.take("since", iso(datetime.fromtimestamp(min(starts), UTC)), "the first span's start")
    notes.take("service", slowest.service, "service.name of the slowest entry")
    notes.take("release", slowest.resource.get("service.version"), "service.version of the slowest entry")
    notes.take("endpoint", slowest.name, f"span {slowest.id}")
    users = {user for span in found if (user := span.either("enduser.id", "user.id"))}
    notes.take("users", len(users) or "", "enduser.id of the spans")
    notes.take("spans", f"{len(found)} of {len({span.service for span in found})} services", "the document")
    return Intake(form, source, notes.done(), _errors(found), groups[:GROUPS], nodes, edges)


def _name(span: RawSpan) -> str:
    statement = _statement(span)
    return statement[:120] if statement else _ROUTE.sub("/…", span.name)


def _statement(span: RawSpan) -> str:
    """Its database statement with the values left out."""
    return _VALUES.sub("?", " ".join(span.either("db.query.text", "db.statement").split()))


def _groups(spans: Sequence[RawSpan], by_id: Mapping[str, RawSpan]) -> tuple[SpanGroup, ...]:
    children: defaultdict[str, float] = defaultdict(float)
    for span in spans:
        children[span.parent] += span.seconds
    members: defaultdict[tuple[str, str, str], list[RawSpan]] = defaultdict(list)
    for span in spans:
        parent = by_id.get(span.parent)
        members[span.service, _name(span), _name(parent) if parent else ""].append(span)
    groups = [_group(key, each, children, by_id) for key, each in members.items()]
    return tuple(sorted(groups, key=lambda group: (-group.seconds, group.name)))


def _group(
    key: tuple[str, str, str], spans: Sequence[RawSpan], children: Mapping[str, float], by_id: Mapping[str, RawSpan]
) -> SpanGroup:
    service, name, parent = key
    callers = (by_id[span.parent].frame for span in spans if span.parent in by_id)
    return SpanGroup(
        service=service,
        name=name,
        parent=parent,
        count=len(spans),
        seconds=round(sum(max(0.0, span.seconds - children.get(span.id, 0.0)) for span in spans), 6),
        longest=round(max(span.seconds for span in spans), 6),
        most=max(Counter(span.parent for span in spans).values()),
        errors=sum(span.failed for span in spans),
        statement=_statement(spans[0]),
        frame=next((span.frame for span in spans if span.frame), None),
        caller=next((frame for frame in callers if frame), None),
    )


def _map(spans: Sequence[RawSpan], by_id: Mapping[str, RawSpan]) -> tuple[tuple[MapNode, ...], tuple[MapEdge, ...]]:
    nodes: dict[str, MapNode] = {}
    calls: Counter[tuple[str, str]] = Counter()
    answered = {span.parent for span in spans}
    for span in spans:
        here = f"service:{span.service}"
        nodes.setdefault(here, MapNode(here, span.service or "unnamed service", "host"))
        parent = by_id.get(span.parent)
        if parent is not None and parent.service != span.service:
            calls[f"service:{parent.service}", here] += 1
        if span.id not in answered and (target := _target(span)) is not None:
            nodes.setdefault(target.id, target)
            calls[here, target.id] += 1
    return tuple(nodes.values()), tuple(MapEdge(one, other, count) for (one, other), count in calls.items())


def _target(span: RawSpan) -> MapNode | None:
    """What a span calls that writes no spans of its own."""
    if system := span.either("db.system.name", "db.system"):
        label = " ".join(part for part in (system, span.either("db.namespace", "db.name")) if part)
        return MapNode(f"db:{label}", label, "table")
    if system := span.either("messaging.system"):
        label = f"{system} {span.either('messaging.destination.name', 'messaging.destination')}".strip()
        return MapNode(f"queue:{label}", label, "queue")
    client = span.either("span.kind") in ("client", "") and span.either(
        "http.request.method", "http.method", "rpc.system"
    )
    host = span.either("server.address", "net.peer.name", "peer.service")
    return (
        MapNode(f"host:{host}", host, "host")
        if client and host and span.either("url.full", "http.url", "peer.service")
        else None
    )


def _errors(spans: Sequence[RawSpan]) -> tuple[LogError, ...]:
    """The exceptions that spans recorded, each kind and place once with its count."""
    counts: Counter[str] = Counter()
    kept: dict[str, LogError] = {}
    of = f"{len(spans)} spans"
    for span in spans:
        for name, told in span.events:
            if name != "exception" and "exception.type" not in told:
                continue
            kind, message = str(told.get("exception.type", "error")), str(told.get("exception.message", ""))
            whole = traced(str(told.get("exception.stacktrace", "")), of)
            error = whole[0] if whole else reported(kind, message, [span.frame] if span.frame else [], of)
            counts[error.id] += 1
            kept.setdefault(error.id, error)
    return tuple(replace(error, count=counts[error.id], share=counts[error.id] / len(spans)) for error in kept.values())


def _question(slowest: RawSpan, groups: Sequence[SpanGroup]) -> str:
    said = f"{slowest.name} takes {slowest.seconds:.2f} s"
    most = next((group for group in groups if group.name != _name(slowest)), None)
    if most is not None:
        said += f"; {most.seconds:.2f} s of it in {most.name}"
        said += f", {most.count} times" if most.count > 1 else ""
    return said
