"""What Loki's query API is asked over HTTP, and what it answers."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

_LOCATION = re.compile(r"loki:(?P<base>(?:https?://[^?]+|env:\w+))\?(?P<query>.+)$", re.DOTALL)
_LOGIN = re.compile(r"(https?://)([^/?#@]*)@")
PAGE = 5000
"""Lines of one answer at most."""
_SPAN = 24 * 3600.0
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

Entry = tuple[int, str, str]
"""Nanoseconds since 1970, the stream's labels, the line."""
NoAnswerError = (OSError, ValueError, KeyError, http.client.HTTPException)


@dataclass(frozen=True)
class Query:
    """A location that was understood. ``login`` says that its address holds a name or a password."""

    base: str
    query: str
    span: float
    login: bool

    def entries(self, start: int, end: int) -> list[Entry]:
        """At most PAGE lines from ``start`` to before ``end`` (nanoseconds), oldest first. Raises what is in
        NoAnswerError."""
        asked = {"query": self.query, "start": start, "end": end, "limit": PAGE, "direction": "forward"}
        return _page(f"{self.base.rstrip('/')}/loki/api/v1/query_range?{urllib.parse.urlencode(asked)}")


def query_of(location: str) -> Query | None:
    """``loki:URL?query={selector}&since=30m`` taken apart; None where it is something else, or names an address that
    is none."""
    found = _LOCATION.match(location)
    base = _base(found.group("base")) if found else ""
    if not found or not base:
        return None
    asked = _parameters(found.group("query"))
    return Query(base, asked["query"], _seconds(asked.get("since", "")), bool(_LOGIN.match(found.group("base"))))


def record(entry: Entry) -> str:
    """A line as docker's JSON."""
    stamp, stream, text = entry
    return json.dumps({"log": f"{text}\n", "stream": stream, "time": str(stamp)}) + "\n"


def _page(url: str) -> list[Entry]:
    """(nanoseconds, stream, line) of one answer, oldest first."""
    with urllib.request.urlopen(_request(url), timeout=30) as answer:
        data = json.load(answer)
    entries = [
        (int(stamp), ",".join(f"{key}={value}" for key, value in sorted(result["stream"].items())), str(text))
        for result in data["data"]["result"]
        for stamp, text in result["values"]
    ]
    return sorted(entries)


def _request(url: str) -> urllib.request.Request:
    """What stands before the @ goes into a header, which is not sent on to where a redirect leads."""
    found = _LOGIN.match(url)
    if not found:
        return urllib.request.Request(url)
    request = urllib.request.Request(found.group(1) + url[found.end() :])
    login = base64.b64encode(urllib.parse.unquote_to_bytes(found.group(2))).decode()
    request.add_unredirected_header("Authorization", f"Basic {login}")
    return request


def _base(text: str) -> str:
    url = os.environ.get(text.removeprefix("env:"), "") if text.startswith("env:") else text
    return url if url.startswith(("http://", "https://")) else ""


def _seconds(text: str) -> float:
    """``90``, ``30m``, ``2h``, ``3d``; a day for what is none of these."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text)
    return float(found.group(1)) * _UNITS[found.group(2)] if found else _SPAN


def _parameters(query: str) -> dict[str, str]:
    """The query's parameters; a bare selector is the query."""
    if query.startswith("{"):
        query = f"query={query}"
    return {"query": "{}"} | {
        key: urllib.parse.unquote(value)
        for key, _, value in (part.partition("=") for part in re.split(r"&(?=\w+=)", query))
    }


def reason(error: Exception) -> str:
    """Why there is no answer."""
    if isinstance(error, urllib.error.HTTPError):
        return f"the store answered {error.code} {error.reason}"
    return f"the store could not be asked: {getattr(error, 'reason', error)}"


def shown(text: str) -> str:
    """Without what stands before the @ of a URL."""
    return re.sub(r"//[^/@\s]+@", "//***@", text)
