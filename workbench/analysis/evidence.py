"""From what logs and findings say to signals of the ranking. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.case.code import Boost, Signal
from workbench.case.enums import Severity, Trend
from workbench.case.logs import LogError
from workbench.case.state import Report

TREND_WEIGHT: Mapping[Trend, float] = {
    Trend.NEW: 1.0,
    Trend.RISEN: 0.8,
    Trend.UNKNOWN: 0.6,
    Trend.AS_ALWAYS: 0.1,
    Trend.FALLEN: 0.05,
    Trend.GONE: 0.0,
}
"""How much an error says of what is going wrong now."""

DEEPEST, CALLER = 1.0, 0.35
"""The deepest frame of ours against the frames that led to it."""

FINDING_WEIGHT: Mapping[Severity, float] = {Severity.ERROR: 0.25, Severity.WARNING: 0.1, Severity.INFO: 0.0}


def boosts_of(report: Report) -> Iterator[Boost]:
    """Signals from the errors' frames and from findings, most of them for a function as well as for its file."""
    total = sum(error.count for error in report.errors) or 1
    for error in report.errors:
        yield from _error(error, error.count / total)
    for found in report.findings:
        weight = FINDING_WEIGHT[found.severity]
        if weight:
            signal = Signal("finding", weight, f"{found.rule}: {found.message}", (found.id,))
            yield Boost(found.path, signal, found.symbol)


def _error(error: LogError, share: float) -> Iterator[Boost]:
    mapped = [frame for frame in error.frames if frame.mapped]
    strength = TREND_WEIGHT[error.trend] * (0.5 + 0.5 * share)
    if not strength:
        return
    for depth, frame in enumerate(reversed(mapped)):
        weight = strength * (DEEPEST if depth == 0 else CALLER / depth)
        what = "end here" if depth == 0 else "pass here"
        text = f"{error.count} × {error.type} {what} ({error.trend.value.replace('_', ' ')})"
        yield Boost(frame.path, Signal("log_error", weight, text, (error.id,)), frame.function, frame.line)
