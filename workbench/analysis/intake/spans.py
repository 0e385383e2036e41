"""Spans of OTLP's JSON and of Jaeger's, in one shape.

Formats: opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (ids in hex, 64-bit numbers as text), the JSON of
Jaeger's query API (times in microseconds). Names of attributes: the semantic conventions, old and new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.analysis.intake.notes import items
from workbench.case.logs import Frame


@dataclass(frozen=True, slots=True)
class RawSpan:
    """One span. ``start`` in seconds since 1970; ``events`` are attribute tables of its events, by name."""

    id: str
    parent: str
    service: str
    name: str
    start: float
    seconds: float
    attributes: Mapping[str, Any]
    resource: Mapping[str, Any]
    failed: bool = False
    events: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def either(self, *names: str) -> str:
        """The first of these attributes that it has."""
        return next((str(self.attributes[name]) for name in names if self.attributes.get(name) is not None), "")

    @property
    def frame(self) -> Frame | None:
        """The line of code that it names, if it names one."""
        path = self.either("code.file.path", "code.filepath")
        line = self.either("code.line.number", "code.lineno")
        function = self.either("code.function.name", "code.function")
        return Frame(path, int(line) if line.isdigit() else 0, function.rpartition(".")[2], True) if path else None


def otlp(data: Mapping[str, Any]) -> Iterator[RawSpan]:
    """The spans of an export; names of fields in camel case, as JSON has them, or in snake case."""
    for _, group in items(data, "resourceSpans" if "resourceSpans" in data else "resource_spans"):
        resource = _attributes(group.get("resource", {}).get("attributes"))
        for scope in ("scopeSpans", "scope_spans", "instrumentationLibrarySpans"):
            for _, batch in items(group, scope):
                for _, span in items(batch, "spans"):
                    yield _otlp(span, resource)


def _otlp(span: Mapping[str, Any], resource: Mapping[str, Any]) -> RawSpan:
    start, end = _number(span.get("startTimeUnixNano")), _number(span.get("endTimeUnixNano"))
    code = span.get("status", {}).get("code", 0)
    events = tuple((str(each.get("name")), _attributes(each.get("attributes"))) for _, each in items(span, "events"))
    return RawSpan(
        id=str(span.get("spanId", "")),
        parent=str(span.get("parentSpanId", "") or ""),
        service=str(resource.get("service.name", "")),
        name=str(span.get("name", "")),
        start=start / 1e9,
        seconds=max(0.0, (end - start) / 1e9),
        attributes=_attributes(span.get("attributes")),
        resource=resource,
        failed=code in (2, "STATUS_CODE_ERROR"),
        events=events,
    )


def jaeger(data: Mapping[str, Any]) -> Iterator[RawSpan]:
    """The spans of every trace in an answer of the query API."""
    for _, trace in items(data, "data"):
        processes = trace.get("processes", {})
        for _, span in items(trace, "spans"):
            process = processes.get(span.get("processID"), {})
            tags = {str(tag.get("key")): tag.get("value") for _, tag in items(span, "tags")}
            parents = [
                str(each.get("spanID"))
                for _, each in items(span, "references")
                if each.get("refType") != "FOLLOWS_FROM"
            ]
            logs = [
                {str(field.get("key")): field.get("value") for _, field in items(log, "fields")}
                for _, log in items(span, "logs")
            ]
            yield RawSpan(
                id=str(span.get("spanID", "")),
                parent=parents[0] if parents else "",
                service=str(process.get("serviceName", "")),
                name=str(span.get("operationName", "")),
                start=_number(span.get("startTime")) / 1e6,
                seconds=_number(span.get("duration")) / 1e6,
                attributes=tags,
                resource={str(tag.get("key")): tag.get("value") for _, tag in items(process, "tags")},
                failed=tags.get("error") in (True, "true") or tags.get("otel.status_code") == "ERROR",
                events=tuple((str(log.get("event", "")), log) for log in logs),
            )


def _attributes(pairs: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        value = pair.get("value") if isinstance(pair, Mapping) else None
        if isinstance(value, Mapping) and value:
            found[str(pair.get("key"))] = next(iter(value.values()))
    return found


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return 0.0
