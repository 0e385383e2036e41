"""From bytes to an intake: what kind of document it is, and its reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.analysis.intake.alerts import alertmanager, pagerduty
from workbench.analysis.intake.notes import at
from workbench.analysis.intake.sentry import is_sentry, sentry
from workbench.analysis.intake.spans import jaeger, otlp
from workbench.analysis.intake.texts import github_issue, plain_text
from workbench.analysis.intake.traces import trace_intake
from workbench.case.errors import ToldError
from workbench.case.intake import Intake

LIMIT = 64 << 20
"""Bytes of a document at most."""

KNOWN = (
    "Alertmanager and PagerDuty webhooks, GitHub issues, Sentry events, OTLP and Jaeger traces (all JSON), plain text"
)


class IntakeError(ToldError, ValueError):
    """A document that cannot be read; the text says which, why, and what can be."""


def intake_chunk(path: str, source: str) -> list[Intake]:
    """For a worker: the document at ``path``, told of as ``source``. Raises IntakeError."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise IntakeError(f"{source}: {error.strerror or error}") from error
    return [read_intake(data, source)]


def read_intake(data: bytes, source: str) -> Intake:
    """What ``data`` says. Raises IntakeError."""
    if len(data) > LIMIT:
        raise IntakeError(f"{source}: larger than {LIMIT >> 20} MB")
    text = data.decode("utf-8-sig", "replace").strip()
    if not text or "\0" in text:
        raise IntakeError(f"{source}: {'empty' if not text else 'no text'}; what can be read: {KNOWN}")
    if text[0] not in "{[":
        return plain_text(text, source)
    try:
        document = _json(text)
    except (ValueError, RecursionError) as error:
        if text[0] == "[":
            return plain_text(text, source)
        raise IntakeError(f"{source}: begins like JSON and is none: {error}") from error
    try:
        found = _read(document, source)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise IntakeError(f"{source}: not as its kind should be: {error}") from error
    if found is None:
        raise IntakeError(f"{source}: no kind of document that is known; what can be read: {KNOWN}")
    if not found.value("question") and not found.errors:
        raise IntakeError(f"{source}: {found.format.replace('_', ' ')} that says nothing of what is wrong")
    return found


def _json(text: str) -> Any:
    """The JSON value, or the objects of a file with one on each line as a list."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        lines = text.splitlines()
        if len(lines) < 2:
            raise
        return [json.loads(line) for line in lines if line.strip()]


def _read(document: Any, source: str) -> Intake | None:
    if isinstance(document, list):
        return _several([each for each in document if isinstance(each, Mapping)], source)
    if not isinstance(document, Mapping):
        return None
    if "resourceSpans" in document or "resource_spans" in document:
        return trace_intake("otlp", otlp(document), source)
    if isinstance(at(document, "data[0].spans"), list):
        return trace_intake("jaeger", jaeger(document), source)
    if isinstance(document.get("alerts"), list):
        return alertmanager(document, source)
    if is_sentry(document):
        return sentry(document, source)
    if str(at(document, "event.event_type") or "").startswith("incident") or at(document, "messages[0].incident"):
        return pagerduty(document, source)
    if "event_action" in document or isinstance(at(document, "payload.summary"), str):
        return pagerduty(document, source)
    if isinstance(document.get("title") or at(document, "issue.title"), str):
        return github_issue(document, source)
    return None


def _several(documents: list[Mapping[str, Any]], source: str) -> Intake | None:
    if any("resourceSpans" in each for each in documents):
        return trace_intake("otlp", (span for each in documents for span in otlp(each)), source)
    if documents and all("labels" in each and "startsAt" in each for each in documents):
        return alertmanager({"alerts": documents}, source)
    return _read(documents[0], source) if len(documents) == 1 else None
