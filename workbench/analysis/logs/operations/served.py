"""Requests that were served and how long each took, as access logs and structured records tell it."""

from __future__ import annotations

import re

from workbench.analysis.logs.operations.calls import Call
from workbench.analysis.logs.operations.picked import Picked
from workbench.analysis.logs.scan.who import endpoint_of, who

WANTED = re.compile(rb"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /|\"(?:path|uri|request_uri)\": ?\"/|\bpath=\"?/")
"""Bytes of a line that may be about a request of ours."""

_SECONDS = (
    ("request_time", 1.0),
    ("response_time", 1.0),
    ("duration_s", 1.0),
    ("duration_seconds", 1.0),
    ("elapsed_seconds", 1.0),
    ("duration_ms", 1e-3),
    ("elapsed_ms", 1e-3),
    ("latency_ms", 1e-3),
    ("response_time_ms", 1e-3),
    ("request_time_ms", 1e-3),
    ("duration", 1.0),
    ("elapsed", 1.0),
    ("latency", 1.0),
    ("took", 1.0),
)
"""Fields that hold how long a request took; a number with a unit of its own goes by that unit."""
_PATHS = ("uri", "request_uri", "request_path", "http.target", "url.path")
_METHODS = ("method", "request_method", "http.method", "http.request.method")
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
_NUMBER = re.compile(r"\"?(?P<value>\d+(?:\.\d+)?)\s?(?P<unit>s|sec|ms|us|µs)?\"?$")
_AFTER = re.compile(
    r"\b(?:rt|request_time|rqt|duration|elapsed|latency|took|service)[=: ]\s?\"?"
    r"(?P<named>\d+(?:\.\d+)?)\s?(?P<of>s|sec|ms|us|µs)?\b"
    r"|(?<![\w.])(?P<value>\d+(?:\.\d+)?)\s?(?P<unit>sec|ms|us|µs|s)\b"
    r"|\" \d+ (?P<ingress>\d+\.\d+) \["
    r"|[\" ](?P<last>\d+\.\d{3,6})\"?$"
)
"""After the request: named, with a unit, where the ingress controller of nginx writes it, a last number of seconds."""
_STATUS = re.compile(r"[\" ](?P<status>[1-5]\d\d)\b")


def request_in(line: Picked) -> Call | None:
    """The request that ``line`` tells of, its endpoint in the place of a host; None without one, or without a time."""
    fields, text = dict(line.parsed.fields), line.text
    path = line.field(*_PATHS)
    endpoint = f"{line.field(*_METHODS)} {endpoint_of(path)}".strip() if path else who(text, line.parsed).endpoint
    if not endpoint or len(endpoint) > 120:
        return None
    after = text[text.find(" /") + 1 :]
    seconds = _field(fields)
    seconds = _written(after) if seconds is None else seconds
    if seconds is None:
        return None
    status = line.field("status", "status_code", "http.status_code", "http.response.status_code")
    found = None if status else _STATUS.search(after)
    return Call(endpoint, (status or (found["status"] if found else "")).startswith("5"), seconds=seconds)


def _field(fields: dict[str, str]) -> float | None:
    for name, scale in _SECONDS:
        found = _NUMBER.match(fields.get(name, ""))
        if found:
            return float(found["value"]) * (_UNITS[found["unit"]] if found["unit"] else scale)
    return None


def _written(after: str) -> float | None:
    found = _AFTER.search(after)
    if not found:
        return None
    value = found["named"] or found["value"] or found["ingress"] or found["last"]
    return float(value) * _UNITS[found["of"] or found["unit"] or ""]
