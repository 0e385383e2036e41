"""Reading JSON lines and logfmt: which field is the time, the level, the message, the traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from workbench.analysis.logs.formats.parsed import Parsed
from workbench.analysis.logs.levels import level_of

_MESSAGE: tuple[str, ...] = ("event", "message", "msg", "short_message", "text", "body", "log")
_MESSAGE += ("textpayload", "jsonpayload.message", "jsonpayload.msg", "jsonpayload.event", "body.stringvalue")
_MESSAGE += ("fields.message", "@m", "renderedmessage", "@mt", "messagetemplate")
_TIME: tuple[str, ...] = (
    "timestamp",
    "@timestamp",
    "time",
    "ts",
    "asctime",
    "datetime",
    "date",
    "t",
    "created",
    "eventTime",
)
_TIME += ("timeunixnano", "observedtimeunixnano", "@t", "timeMillis", "receivetimestamp")
_TIME += ("start_time", "startTime", "requestTime", "time_local")
_LEVEL: tuple[str, ...] = ("level", "levelname", "severity", "lvl", "loglevel", "log.level", "level_name", "priority")
_LEVEL += ("severitytext", "severity_text", "jsonpayload.level", "jsonpayload.severity", "@l")
_LOGGER = ("logger", "name", "logger_name", "log.logger", "module", "component", "service")
_HOST = ("host", "hostname", "host.name", "pod")
_TRACE: tuple[str, ...] = (
    "exc_info",
    "exception",
    "traceback",
    "exc_text",
    "stack_info",
    "stack",
    "stacktrace",
    "stack_trace",
)
_TRACE += ("error.stack_trace", "error.stack", "err.stack", "errorVerbose")
_TRACE += (
    "exception.stacktrace",
    "attributes.exception.stacktrace",
    "exception.stack_trace",
    "@x",
    "thrown.extendedStackTrace",
)
_TRACE += (
    "fields.stacktrace",
    "fields.exception",
    "jsonpayload.exc_info",
    "jsonpayload.exception",
    "jsonpayload.traceback",
    "jsonpayload.stack_trace",
)
_PAIR = re.compile(r"([A-Za-z_@][\w.@/-]*)=(\"(?:[^\"\\]|\\.)*\"|[^\s\"]*)(?:\s+|$)")
_ATTRIBUTE = {"key", "value"}
FIELDS = frozenset(
    "user user_id userid uid request_id requestid req_id trace_id correlation_id path url endpoint status method"
    " requestpath requesturl requestmethod"
    " uri request_uri request_path http.target url.path request_method http.method http.request.method"
    " status_code http.status_code http.response.status_code upstream_status http.url url.full"
    " upstream upstream_host upstream_addr peer peer.service server.address http.host upstream_response_time"
    " request_time response_time duration elapsed latency took duration_s duration_seconds elapsed_seconds"
    " duration_ms elapsed_ms latency_ms response_time_ms request_time_ms".split()
)
"""Fields that errors, requests and calls are counted by; kept as they are."""


def read_object(value: Mapping[str, Any]) -> Parsed:
    """A record of a JSON object. An object without a message is known by the names of its fields."""
    named = _flat(value)
    flat = {key.lower(): each for key, each in named.items()} | named
    message = _first(flat, _MESSAGE)
    trace = _trace_text(_first(flat, _TRACE))
    error = flat.get("error") or flat.get("err")
    if isinstance(error, str) and (("\n" in error and not trace) or ".go:" in trace):
        trace = f"{error}\n{trace}" if trace else error  # a stack of Go does not say what happened
    content = str(message) if message is not None else " ".join(f"{key}=" for key in sorted(named))
    return Parsed(
        content,
        time=str(_first(flat, _TIME) or ""),
        level=level_of(_first(flat, _LEVEL)),
        logger=_text(_first(flat, _LOGGER)),
        host=_text(_first(flat, _HOST)),
        trace=trace,
        format="JSON lines",
        fields=tuple((name, str(each)) for name, each in flat.items() if name in FIELDS and each not in (None, "")),
    )


def read_logfmt(line: str) -> Parsed | None:
    """A record of ``key=value`` pairs, or None for a line that is not made of at least three of them."""
    pairs: dict[str, Any] = {}
    at = 0
    while found := _PAIR.match(line, at):
        value = found.group(2)
        pairs[found.group(1)] = _unquoted(value) if value.startswith('"') else value
        at = found.end()
    if len(pairs) < 3 or at < len(line.rstrip()) or not any(name in pairs for name in (*_MESSAGE, *_LEVEL, *_TIME)):
        return None
    parsed = read_object(pairs)
    return Parsed(
        parsed.content,
        time=parsed.time,
        level=parsed.level,
        logger=parsed.logger,
        host=parsed.host,
        trace=parsed.trace,
        format="logfmt",
        fields=parsed.fields,
    )


def _flat(value: Mapping[str, Any]) -> dict[str, Any]:
    """One level of nesting (``error.stack``, ``log.level``, ``http.status``) beside the top one, OpenTelemetry's
    attributes too."""
    flat = dict(value)
    for key, inner in value.items():
        if isinstance(inner, list) and inner and isinstance(inner[0], Mapping) and inner[0].keys() == _ATTRIBUTE:
            flat |= {str(each["key"]): _attribute(each["value"]) for each in inner if each.keys() == _ATTRIBUTE}
        if isinstance(inner, Mapping):
            flat |= {f"{key}.{name}": each for name, each in inner.items()}
            flat |= {low: each for name, each in inner.items() if (low := name.lower()) in FIELDS and low not in flat}
    return flat


def _attribute(value: Any) -> Any:
    """The value of an attribute: ``{"stringValue": …}`` (opentelemetry-proto, common.proto, AnyValue)."""
    return next(iter(value.values()), None) if isinstance(value, Mapping) else value


def _first(flat: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((flat[name] for name in names if flat.get(name) not in (None, "")), None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _trace_text(value: Any) -> str:
    """A traceback as text: a string, a list of lines, or the dictionaries that structlog writes."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        return ""
    if all(isinstance(item, str) for item in value):
        return "\n".join(item.rstrip("\n") for item in value)
    stacks = [item for item in value if isinstance(item, Mapping)]
    return "\nDuring handling of the above exception, another exception occurred:\n".join(
        _stack_text(stack) for stack in reversed(stacks)
    )


def _stack_text(stack: Mapping[str, Any]) -> str:
    lines = ["Traceback (most recent call last):"]
    frames = stack.get("frames")
    for frame in frames if isinstance(frames, list) else []:
        if isinstance(frame, Mapping):
            lines.append(
                f'  File "{frame.get("filename", "?")}", line {frame.get("lineno", 0)}, in {frame.get("name", "?")}'
            )
            if frame.get("line"):
                lines.append(f"    {frame['line']}")
    lines.append(f"{stack.get('exc_type', 'Exception')}: {stack.get('exc_value', '')}")
    return "\n".join(lines)
