"""Loki's query API: a store reached over HTTP, to which the query is pushed."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Feed, FeedFile, Host, Step

_LOCATION = re.compile(r"loki:(?P<base>(?:https?://[^?]+|env:\w+))\?(?P<query>.+)$", re.DOTALL)
_LOGIN = re.compile(r"(https?://)([^/?#@]*)@")
_PAGE = 5000
MOST = 2_000_000
"""Lines that are fetched at most; more are named as not seen."""
_SPAN = 24 * 3600.0
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LIMIT = 240.0


@dataclass(frozen=True)
class Got:
    """What the store gave: lines in the spool, and what stopped it."""

    lines: int
    refused: tuple[str, ...] = ()


class LokiSource:
    """``loki:URL?query={selector}&since=30m``, a day where nothing is said. A URL with a password is given as
    ``env:NAME``.

    The selector and the time go to the store; only what matches is fetched, oldest first, page by page.
    """

    def accepts(self, location: str) -> bool:
        """``loki:URL?query=…``."""
        return location.startswith("loki:")

    async def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """Fetch in a worker."""
        spool = str(Path(host.scratch()) / f"{secrets.token_hex(8)}.jsonl")
        yield Chunk(fetch, (location, spool, time.time()), timeout=_LIMIT + 30)

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The lines, as docker's JSON."""
        got: Got = results[0][0]
        files = (FeedFile(results[0][1], "", location),) if got.lines else ()
        refused = got.refused if got.lines or got.refused else (f"{location}: the store has no line for this query",)
        return Feed(_shown(location), files, tuple(_shown(text) for text in refused))


def fetch(location: str, spool: str, now: float) -> list[Any]:
    """The chunk of :class:`LokiSource`: pages until the end, the limit of lines or the limit of time."""
    found = _LOCATION.match(location)
    base = _base(found.group("base")) if found else ""
    if not found or not base:
        return [(Got(0, (f'{location}: give loki:http://HOST:3100?query={{app="shop"}}',)), spool)]
    asked = _parameters(found.group("query"))
    end = int(now * 1e9)
    start = end - int(_seconds(asked.get("since", "")) * 1e9)
    deadline = time.monotonic() + _LIMIT
    lines = 0
    edge: set[tuple[int, str, str]] = set()  # lines of the moment at which the page before ended
    refused: list[str] = []
    with Path(spool).open("w", encoding="utf-8") as file:
        while lines < MOST and time.monotonic() < deadline:
            query = {"query": asked["query"], "start": start, "end": end, "limit": _PAGE, "direction": "forward"}
            try:
                entries = _page(f"{base.rstrip('/')}/loki/api/v1/query_range?{urllib.parse.urlencode(query)}")
            except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
                refused.append(f"{location}: {_reason(error)}")
                break
            fresh = [entry for entry in entries if entry not in edge]
            for stamp, stream, text in fresh:
                record = {"log": f"{text}\n", "stream": stream, "time": str(stamp)}
                file.write(json.dumps(record) + "\n")
            lines += len(fresh)
            if len(entries) < _PAGE:
                break
            start = entries[-1][0]
            edge = {entry for entry in entries if entry[0] == start}
            if not fresh:
                start += 1
                refused.append(f"{location}: more than {_PAGE} lines of one moment, of which the first were read")
        else:
            refused.append(f"{location}: stopped after {lines} lines; later ones were not read")
    return [(Got(lines, tuple(refused)), spool)]


def _page(url: str) -> list[tuple[int, str, str]]:
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


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the store answered {error.code} {error.reason}"
    return f"the store could not be asked: {getattr(error, 'reason', error)}"


def _shown(text: str) -> str:
    """Without what stands before the @ of a URL."""
    return re.sub(r"//[^/@\s]+@", "//***@", text)
