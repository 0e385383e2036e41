"""Tokens that were changed on the way."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator


def tampered(token: str) -> Iterator[tuple[str, str]]:
    """(what was changed, the token so changed). Of a JWT (RFC 7519) each part; of any other token its middle."""
    parts = token.split(".")
    if len(parts) != 3:
        yield "another character", _flipped(token, len(token) // 2)
        return
    head, payload, signature = parts
    yield "another signature", f"{head}.{payload}.{_flipped(signature, len(signature) // 2)}"
    yield "no signature", f"{head}.{payload}."
    none = _encoded({"alg": "none", "typ": "JWT"})
    yield "the algorithm none", f"{none}.{payload}."
    claims = _decoded(payload)
    if isinstance(claims, dict):
        yield "other claims", f"{head}.{_encoded({**claims, 'sub': '1', 'exp': 4102444800})}.{signature}"


def _flipped(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at : at + 1] != "A" else "B") + text[at + 1 :]


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _decoded(part: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return None
