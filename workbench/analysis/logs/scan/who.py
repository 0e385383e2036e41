"""Whom and what an error record names: the user, the request, the endpoint."""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.analysis.logs.formats.parsed import Parsed
from workbench.analysis.logs.miner.mask import VAR

_USER = re.compile(r"\b(?:user|user_?id|uid|account|customer)(?:[=:]\s?|\s)[\"'(]?([\w.@+-]{1,80})", re.IGNORECASE)
_REQUEST = re.compile(
    r"\b(?:request|req|trace|correlation)(?:[_-]?id)?(?:[=:]\s?|-|\s)[\"'(]?([\w-]*\d[\w-]{0,79})", re.IGNORECASE
)
_USERS = ("user", "uid", "account", "customer")
_REQUESTS = ("req", "trace", "correlation")
_ENDPOINT = re.compile(
    r"\b(TCP_[A-Z_]+/\d{3} \d+ )?(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (?(1)https?://[^\s/]+)(/[^\s\"'?]*)|(?:\b(?:path|url|endpoint)=[\"']?"
    r"|\b(?:Error|Unavailable|Timeout|Gateway|Request|Found|Forbidden|Conflict|Gone)(?: \([^()]*\))?: "
    r"|\b(?:Exception on|Error handling request|[Ww]hile serving) )(/[^\s\"'?,]*)"
)
"""After the method (in Squid's log with the host), in a field, or as Django (``Internal Server Error: /path``), Flask,
aiohttp and waitress put it."""
_VERB = "(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)"
_ELSEWHERE = re.compile(
    rf"\"{_VERB} https?://[^\s/\"]+(/[^\s\"'?]*)|\t{_VERB}\t\S+\t(/[^\t?]*)|\b{_VERB}\s+\"(/[^\"?]*)"
    rf"|finished HTTP/[\d.]+ {_VERB} https?://[^\s/]+(/[^\s?]*)"
)
"""In a quoted request with its host, between tabs (CloudFront), alone in quotes (gin), of ASP.NET."""
_PATHS = ("path", "url", "endpoint", "uri", "request_uri", "request_path", "requestpath", "requesturl", "http.target")
_METHODS = ("method", "request_method", "requestmethod", "http.method")
_HOST = re.compile(r"https?://[^/]+(?=/|$)")
_PART = re.compile(r"/(?:\d+|[0-9a-fA-F-]{8,}|[^/]*\d{3,}[^/]*|[^/]*[^/\d]-\d+)(?=/|$)")
_NOT_USERS = frozenset("unknown for is was not has had with error failed none null the".split())


class Who(NamedTuple):
    """What one record names; empty where it names none."""

    user: str = ""
    request: str = ""
    endpoint: str = ""


NOBODY = Who()


def who(text: str, parsed: Parsed | None = None) -> Who:
    """Read ``text`` (a record's first line); the fields of a structured record go before it."""
    fields = dict(parsed.fields) if parsed else {}
    user = request = path = ""
    if fields:
        user = next((fields[name] for name in ("user", "user_id", "userid", "uid") if name in fields), "")
        request = next((fields[name] for name in _REQUEST_FIELDS if name in fields), "")
        path = _HOST.sub("", next((fields[name] for name in _PATHS if name in fields), ""))
    lowered = text.lower()
    if (
        not user
        and _names(_USERS, lowered)
        and (found := _USER.search(text))
        and found.group(1).lower() not in _NOT_USERS
    ):
        user = found.group(1)
    if not request and _names(_REQUESTS, lowered) and (found := _REQUEST.search(text)):
        request = found.group(1)
    if path:
        method = next((fields[name] for name in _METHODS if name in fields), "")
        return Who(user, request, f"{method} {endpoint_of(path)}".strip())
    found = _ENDPOINT.search(text) if "/" in text else None
    if not found:
        method, path = [part for part in other.groups() if part] if (other := _search_elsewhere(text)) else ("", "")
        return Who(user, request, f"{method} {endpoint_of(path)}" if path else "")
    return Who(
        user,
        request,
        f"{found.group(2)} {endpoint_of(found.group(3))}" if found.group(2) else endpoint_of(found.group(4)),
    )


def _search_elsewhere(text: str) -> re.Match[str] | None:
    return _ELSEWHERE.search(text) if "/" in text else None


def _names(words: tuple[str, ...], lowered: str) -> bool:
    """Whether a text has any of these words at all: far quicker than to look for each at every place."""
    return any(map(lowered.__contains__, words))


_REQUEST_FIELDS = ("request_id", "requestid", "req_id", "trace_id", "correlation_id")


def endpoint_of(path: str) -> str:
    """A path without its query and with its numbers and ids taken out: the endpoint that served it."""
    return _PART.sub("/" + VAR, path.split("?")[0]) or "/"
