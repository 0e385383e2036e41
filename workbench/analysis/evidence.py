"""From what logs and findings say to signals of the ranking. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from workbench.analysis.ranking import Ranking, rank_chunk
from workbench.analysis.ranking.history import Commit
from workbench.case.code import Boost, Finding
from workbench.case.enums import Severity, Trend
from workbench.case.logs import LogError
from workbench.case.signals import Signal

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


Told = tuple[str, str, str, str, float]
"""What a finding adds to a ranking: path, function, text, id, weight. Plain: thousands go to a worker at once."""


def told(findings: Sequence[Finding]) -> list[Told]:
    """What ``findings`` add, those left out that add nothing."""
    return [
        (found.path, found.symbol, f"{found.rule}: {found.message}", found.id, FINDING_WEIGHT[found.severity])
        for found in findings
        if FINDING_WEIGHT[found.severity]
    ]


def boosts_of(errors: Sequence[LogError], findings: Sequence[Told]) -> Iterator[Boost]:
    """Signals from the errors' frames and from findings, most of them for a function as well as for its file."""
    totals: Counter[str] = Counter()
    for error in errors:
        totals[error.of] += error.count
    for error in errors:
        yield from _error(error, error.count / (totals[error.of] or 1))
    for path, symbol, text, ident, weight in findings:
        yield Boost(path, Signal("finding", weight, text, (ident,)), symbol)


def rank_evidence(
    index_path: str,
    listing: str,
    question: str,
    evidence: tuple[Sequence[Boost], Sequence[LogError], Sequence[Told]],
    commits: Sequence[Commit],
    since: datetime | None,
) -> list[Ranking]:
    """For a worker: the one ranking with what was reported so far, boosts of analyzers, errors and findings; see
    :func:`workbench.analysis.ranking.rank_chunk`."""
    boosts, errors, findings = evidence
    return rank_chunk(index_path, listing, question, (*boosts, *boosts_of(errors, findings)), commits, since)


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
