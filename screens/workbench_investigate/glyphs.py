"""A glyph or word and a tone for every state of pane 1; the colour never says it alone."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.case.enums import CauseStatus, CheckStatus, Level, Severity, Trend, TriageState

CAUSE: Mapping[CauseStatus, tuple[str, str]] = {
    CauseStatus.PROPOSED: ("○", "muted"),
    CauseStatus.SUPPORTED: ("✔", "success"),
    CauseStatus.REFUTED: ("✘", "error"),
    CauseStatus.INCONCLUSIVE: ("?", "warning"),
}
SEVERITY: Mapping[Severity, tuple[str, str]] = {
    Severity.ERROR: ("✘", "error"),
    Severity.WARNING: ("▲", "warning"),
    Severity.INFO: ("·", "muted"),
}
TREND: Mapping[Trend, tuple[str, str]] = {
    Trend.NEW: ("✘ new", "error"),
    Trend.RISEN: ("▲", "warning"),
    Trend.AS_ALWAYS: ("≡", "muted"),
    Trend.FALLEN: ("▽", "muted"),
    Trend.GONE: ("– gone", "muted"),
    Trend.UNKNOWN: ("✘", "error"),
}
CHECK: Mapping[CheckStatus, tuple[str, str]] = {
    CheckStatus.RUNNING: ("◐", "accent"),
    CheckStatus.DONE: ("✔", "success"),
    CheckStatus.FAILED: ("✘", "error"),
    CheckStatus.TIMED_OUT: ("✘", "error"),
    CheckStatus.CANCELLED: ("–", "muted"),
    CheckStatus.INTERRUPTED: ("?", "warning"),
    CheckStatus.NOT_AVAILABLE: ("–", "muted"),
}
LEVEL: Mapping[Level, tuple[str, str]] = {
    Level.DEBUG: ("D", "muted"),
    Level.INFO: ("I", "muted"),
    Level.WARNING: ("W", "warning"),
    Level.ERROR: ("E", "error"),
    Level.CRITICAL: ("C", "error"),
    Level.UNKNOWN: (" ", "muted"),
}
TRIAGE: Mapping[TriageState, tuple[str, str]] = {
    TriageState.UNTOUCHED: ("", ""),
    TriageState.RELEVANT: ("✔ relevant", "success"),
    TriageState.NOISE: ("✘ noise", "muted"),
    TriageState.KNOWN: ("◇ known", "history"),
}
