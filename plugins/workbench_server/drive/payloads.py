"""Payload probes: what an endpoint answers to input that is not what it expects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench_server.drive.accounts import Accounts, NotConfiguredError
from workbench_server.drive.client import Answer, Request, send
from workbench_server.drive.servers import Side

TEXTS = {
    "SQL": "x' OR '1'='1'; --",
    "a template": "{{7*7}}${7*7}<%= 7*7 %>",
    "a path": "../../../../etc/passwd",
    "a NUL": "a\x00b",
    "a very long text": "A" * 100_000,
    "a surrogate": "\ud800",
}
"""Texts put in place of each value of a body."""

BODIES = {
    "no JSON": b"{",
    "a JSON list": b"[]",
    "deep JSON": b'{"a":' * 5000,
    "bytes that are no UTF-8": b'{"a": "\xff\xfe"}',
}

HEADERS = {
    "a very long header": ("Authorization", "Bearer " + "A" * 20_000),
    "a bearer that is none": ("Authorization", "Bearer ../../../etc/passwd' OR 1=1"),
    "another host": ("X-Forwarded-Host", "evil.example"),
}

_LEAKS = {
    "a traceback": re.compile(r"Traceback \(most recent call last\)"),
    "a path of the server": re.compile(r"(?:/[\w.-]+){2,}\.py\b"),
    "SQL": re.compile(
        r"\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s.+\sSET)\s|syntax error at or near|OperationalError"
    ),
}


def payload_probe(side: Side, accounts: Accounts, endpoints: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Every payload on every endpoint: no 500, nothing of the server's inside in a body."""
    if not endpoints:
        raise NotConfiguredError("no endpoint is known: set load.requests or accounts")
    for endpoint in endpoints:
        for name, request in _requests(endpoint):
            yield _said(send(side.ports[0], request), name, endpoint)


def _requests(endpoint: Mapping[str, Any]) -> Iterator[tuple[str, Request]]:
    method, path, body = endpoint.get("method", "GET"), endpoint["path"], endpoint.get("json") or {}
    for name, text in TEXTS.items():
        for key in body:
            yield f"{name} as {key}", Request(method, path, {**body, key: text})
    for name, raw in BODIES.items() if method != "GET" else ():
        yield name, Request(method, path, raw=raw, headers={"Content-Type": "application/json"})
    for name, (header, value) in HEADERS.items():
        yield name, Request(method, path, body or None, headers={header: value})
    yield "SQL in the query", Request(method, f"{path}?q=%27%20OR%201%3D1%20--&id=%00", body or None)


def _said(answer: Answer, payload: str, endpoint: Mapping[str, Any]) -> str:
    where = f"{endpoint.get('method', 'GET')} {endpoint['path']}"
    if answer.status == 500:
        return f"{where} answers {payload} with 500"
    if answer.status == 0 and answer.error == "timeout":
        return f"{where} does not answer {payload}"
    leak = next((name for name, pattern in _LEAKS.items() if pattern.search(answer.body)), "")
    return f"{where} answers {payload} with {leak} in the body" if leak else ""
