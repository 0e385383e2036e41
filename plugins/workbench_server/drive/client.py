"""Requests to a server on this machine, or to another that its user confirmed."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 10.0
"""Seconds an answer may take."""

LARGEST = 1 << 20
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``status`` 0 is no answer at all, with the reason in ``error``."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""

    @property
    def good(self) -> bool:
        """Whether it was granted."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether it was refused for want of rights."""
        return self.status in (401, 403)

    def field(self, name: str) -> Any:
        """A value of the JSON body by its dotted name; None where it is not there."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        for key in name.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. ``json`` is the body, unless there is ``raw``."""

    method: str = "GET"
    path: str = "/"
    json: Any = None
    raw: bytes | None = None
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


Where = int | str
"""A port of the loopback, or the address of another machine (``https://host:port``)."""


def send(where: Where, request: Request, timeout: float = TIMEOUT) -> Answer:
    """Send one request."""
    body = request.raw if request.raw is not None else None
    headers = dict(request.headers)
    if body is None and request.json is not None:
        body = json.dumps(request.json).encode()
        headers.setdefault("Content-Type", "application/json")
    if request.token:
        headers["Authorization"] = f"Bearer {request.token}"
    began = time.perf_counter()
    connection = _connection(where, timeout)
    try:
        connection.request(request.method, request.path, body, headers)
        answer = connection.getresponse()
        text = answer.read(LARGEST).decode("utf-8", "replace")
        return Answer(answer.status, text, dict(answer.getheaders()), time.perf_counter() - began)
    except TimeoutError:
        return Answer(0, seconds=time.perf_counter() - began, error="timeout")
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        return Answer(0, seconds=time.perf_counter() - began, error=f"{type(error).__name__}: {error}")
    finally:
        connection.close()


def _connection(where: Where, timeout: float) -> http.client.HTTPConnection:
    if isinstance(where, int):
        return http.client.HTTPConnection("127.0.0.1", where, timeout=timeout)
    parts = urlsplit(where)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout)
