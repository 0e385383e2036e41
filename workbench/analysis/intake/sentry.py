"""Sentry's events: as SDKs send them, as webhooks and the API give them (snake and camel case).

Format: develop.sentry.dev/sdk/data-model/event-payloads/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.analysis.intake.errors import reported
from workbench.analysis.intake.notes import Notes, at, items, moment
from workbench.case.intake import Intake
from workbench.case.logs import Frame, LogError

BREADCRUMBS = 30
"""The last ones are taken over."""

_WRAPPERS = ("data.event", "data.error", "event")


def is_sentry(data: Mapping[str, Any]) -> bool:
    """Whether it is an event of Sentry, in a wrapper or not."""
    return _base(data) is not None


def sentry(data: Mapping[str, Any], source: str) -> Intake:
    """Errors with their frames, release, service, users and breadcrumbs."""
    base = _base(data) or ""
    event = at(data, base) if base else data
    dot = f"{base}." if base else ""
    notes = Notes()
    errors = _errors(event)
    told = errors[0] if errors else None
    if told is not None:
        said = f"{told.type}: {told.message}" if told.message else told.type
        notes.take("question", said, f"{dot}exception")
    else:
        notes.first(
            "question", data, *(f"{dot}{key}" for key in ("logentry.formatted", "logentry.message", "message", "title"))
        )
    notes.time(
        "since",
        data,
        f"{dot}firstSeen",
        "data.issue.firstSeen",
        f"{dot}timestamp",
        f"{dot}datetime",
        f"{dot}dateCreated",
    )
    release = notes.first("release", data, f"{dot}release.version", f"{dot}release", f"{dot}dist")
    notes.first("endpoint", data, f"{dot}transaction", f"{dot}culprit", f"{dot}request.url")
    notes.first("environment", data, f"{dot}environment")
    if not notes.first("service", data, f"{dot}project_name", f"{dot}project.slug"):
        notes.take("service", release.rpartition("@")[0], f"{dot}release")
    notes.first("host", data, f"{dot}server_name")
    notes.first("logger", data, f"{dot}logger")
    if not notes.first("users", data, "data.issue.userCount", f"{dot}userCount") and at(event, "user"):
        notes.take("users", 1, f"{dot}user")
    notes.first("ticket", data, f"{dot}web_url", f"{dot}issue_url", f"{dot}event_id", f"{dot}eventID")
    for key, value in _tags(event):
        notes.take("tag", f"{key}={value}", f"{dot}tags")
    for number, crumb in _breadcrumbs(event):
        notes.take("breadcrumb", _crumb(crumb), f"{dot}breadcrumbs.values[{number}]")
    return Intake("sentry", source, notes.done(), errors)


def _base(data: Mapping[str, Any]) -> str | None:
    if _is_event(data):
        return ""
    return next((base for base in _WRAPPERS if _is_event(at(data, base))), None)


def _is_event(data: Any) -> bool:
    if not isinstance(data, Mapping):
        return False
    marks = ("event_id", "eventID", "platform", "breadcrumbs", "sdk")
    return ("exception" in data or "logentry" in data or "entries" in data) and any(mark in data for mark in marks)


def _entry(event: Any, kind: str) -> Any:
    """What the API puts into ``entries``, the SDK at the top."""
    told = next((item.get("data") for _, item in items(event, "entries") if item.get("type") == kind), None)
    return told if told is not None else at(event, kind)


def _errors(event: Any) -> tuple[LogError, ...]:
    """One error: the exception raised last, with the frames of the nearest one that has some of the application's."""
    told = _entry(event, "exception")
    values = [item for _, item in items(told, "values")] if isinstance(told, Mapping) else list(told or ())
    if not values:
        return ()
    framed = [_frames(value) for value in reversed(values)]
    ours = next((frames for frames in framed if any(frame.mapped for frame in frames)), framed[0])
    last, *others = list(reversed(values))
    cause = " ← ".join(f"{each.get('type')}: {each.get('value')}" for each in others)
    kind, message = str(last.get("type") or "error"), str(last.get("value") or "")
    error = reported(kind, message, ours, "events in the report", cause=cause)
    where = at(event, "transaction")
    return (replace(error, endpoints=((where, 1),)) if isinstance(where, str) else error,)


def _frames(value: Mapping[str, Any]) -> tuple[Frame, ...]:
    return tuple(_frame(frame) for _, frame in items(value, "stacktrace.frames"))


def _frame(frame: Mapping[str, Any]) -> Frame:
    def either(*names: str) -> Any:
        return next((frame[name] for name in names if frame.get(name) is not None), None)

    line = either("lineno", "lineNo")
    text = either("context_line", "contextLine") or _line_of(frame.get("context"), line)
    path = str(either("filename", "abs_path", "absPath", "module") or "")
    own = bool(either("in_app", "inApp"))
    return Frame(
        path, line if isinstance(line, int) else 0, str(frame.get("function") or "?"), own, str(text or "").strip()
    )


def _line_of(context: Any, line: Any) -> str:
    pairs: Sequence[Any] = context if isinstance(context, list) else ()
    return next((str(pair[1]) for pair in pairs if isinstance(pair, list) and len(pair) == 2 and pair[0] == line), "")


def _tags(event: Any) -> list[tuple[str, str]]:
    tags = at(event, "tags")
    if isinstance(tags, Mapping):
        pairs = list(tags.items())
    else:
        pairs = [
            (each.get("key"), each.get("value")) if isinstance(each, Mapping) else tuple(each)
            for each in tags or ()
            if isinstance(each, Mapping) or (isinstance(each, list) and len(each) == 2)
        ]
    return [(str(key), str(value)) for key, value in pairs if value is not None][:20]


def _breadcrumbs(event: Any) -> Sequence[tuple[int, Mapping[str, Any]]]:
    told = _entry(event, "breadcrumbs")
    values = told.get("values") if isinstance(told, Mapping) else told
    crumbs: list[Any] = list(values or ())
    return [(number, each) for number, each in enumerate(crumbs) if isinstance(each, Mapping)][-BREADCRUMBS:]


def _crumb(crumb: Mapping[str, Any]) -> str:
    time = moment(crumb.get("timestamp"))
    data = crumb.get("data")
    more = " ".join(f"{key}={value}" for key, value in data.items()) if isinstance(data, Mapping) else ""
    parts = [f"{time:%H:%M:%S}" if time else "", str(crumb.get("category") or crumb.get("type") or "")]
    return " ".join(part for part in (*parts, str(crumb.get("message") or ""), more) if part)[:300]
