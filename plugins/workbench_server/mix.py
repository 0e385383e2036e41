"""Which requests a load is drafted from: how often each came, as the access log tells, and the case's endpoints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.api import ChangeSubject
from workbench_server.plan import NoServerError, config, server_plan

READ = 20_000_000
"""Bytes of each file of a log that are read, its last ones."""

MOST = 8
"""Endpoints of a drafted load."""

_REQUEST = re.compile(rb"\b(GET|POST|PUT|PATCH|DELETE|HEAD) (/[^\s\"'?]*)[^\s\"']*(?: HTTP/[\d.]+)?\"? ([1-5]\d\d)\b")
_FIELDS = tuple(
    re.compile(rb"[\"' ]%s[\"']?\s*[:=]\s*[\"']?([^\s\"',?}]+)" % name)
    for name in (rb"(?:request_)?method", rb"(?:path|uri|url|request_uri)", rb"status(?:_code)?")
)
_ID = re.compile(r"/(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,})(?=/|$)", re.IGNORECASE)


def count_requests(paths: Sequence[str]) -> list[tuple[str, int]]:
    """For a worker: (``GET /path``, how many were answered) of the files of access logs, most first; what names a
    single thing by number is left out, and so is what was not found (404)."""
    found: Counter[str] = Counter()
    for path in paths:
        with Path(path).open("rb") as file:
            file.seek(max(0, Path(path).stat().st_size - READ))
            for line in file:
                if asked := _asked(line):
                    found[asked] += 1
    return found.most_common(50)


def _asked(line: bytes) -> str:
    if hit := _REQUEST.search(line):
        method, path, status = hit.groups()
    else:
        hits = [field.search(line) for field in _FIELDS]
        if not all(hits):
            return ""
        method, path, status = (each[1] for each in hits if each)
    text = path.decode("utf-8", "replace")
    if status == b"404" or not text.startswith("/") or _ID.search(text):
        return ""
    return f"{method.decode().upper()} {text}"


def drafted(subject: ChangeSubject, logged: Sequence[tuple[str, int]] = ()) -> list[Mapping[str, Any]]:
    """The requests of a load that the settings name none for: what reads, by the log's mix, else each endpoint that the
    settings or the case know once. All are signed in, where accounts are known."""
    counts = {path: count for method, path, count in _reads(logged)}
    for method, path in map(_parts, subject.settings.get("endpoints", ())):
        if method in ("", "GET") and "<" not in path and "{" not in path:
            counts.setdefault(path, 1)
    identity = config(subject).get("accounts", {}).get("identity", {})
    if identity and identity.get("method", "GET") == "GET":
        counts.setdefault(identity["path"], 1)
    try:
        ready = server_plan(subject).ready
    except NoServerError:
        ready = "/"
    if ready != "/" and not logged:
        counts.setdefault(ready, 1)
    best = sorted(counts.items(), key=lambda item: -item[1])[:MOST]
    return [{"method": "GET", "path": path, "weight": weight, "signed_in": True} for path, weight in best]


def left_out(logged: Sequence[tuple[str, int]]) -> list[str]:
    """What the log has and a draft has not: requests that change something."""
    return [name for name, _ in logged if not name.startswith(("GET ", "HEAD "))]


def _reads(logged: Sequence[tuple[str, int]]) -> list[tuple[str, str, int]]:
    return [(*_parts(name), count) for name, count in logged if name.startswith("GET ")]


def _parts(name: str) -> tuple[str, str]:
    method, _, path = name.rpartition(" ")
    return method, path
