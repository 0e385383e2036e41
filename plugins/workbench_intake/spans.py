"""Findings of a trace: one statement many times under one parent, spans that hold most of the time, spans that fail."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.api import Finding, Frame, Severity, SpanGroup, fingerprint
from workbench_intake.places import Located

REPEATED = 5
"""Times that one statement stands under one parent from which it is told."""

SHARE = 0.2
"""Share of the whole time from which a span is told."""


def span_findings(located: Located) -> Iterator[Finding]:
    """Those whose spans, or whose parents, name a line of the checkout."""
    total = sum(span.seconds for span in located.spans) or 1.0
    for span in located.spans:
        place = next((frame for frame in (span.frame, span.caller) if frame is not None and frame.mapped), None)
        if place is None:
            continue
        if span.statement and span.most >= REPEATED:
            text = f"{span.most} × {span.statement[:80]} under one {span.parent or 'request'}: one query for each row"
            yield _finding("WB301", place, text, Severity.ERROR)
        elif span.seconds / total >= SHARE and len(located.spans) > 1:
            text = f"{span.name[:80]}: {span.seconds:.2f} s, {span.seconds / total:.0%} of the trace{_failed(span)}"
            yield _finding("WB302", place, text, Severity.WARNING)


def _failed(span: SpanGroup) -> str:
    return f"; {span.errors} of {span.count} failed" if span.errors else ""


def _finding(rule: str, place: Frame, text: str, severity: Severity) -> Finding:
    mark = fingerprint(rule, place.path, place.function, text.partition(":")[0])
    return Finding(
        id=f"{rule}:{mark[:10]}",
        path=place.path,
        line=max(1, place.line),
        end_line=max(1, place.line),
        rule=rule,
        message=text,
        severity=severity,
        analyzer="intake",
        fingerprint=mark,
        symbol=place.function if place.function != "?" else "",
    )
