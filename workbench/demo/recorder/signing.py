"""JSON Web Tokens, so that the recorder needs no library of the project's (RFC 7515, RFC 7519)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any


def sign(claims: dict[str, Any], key: str, **header: str) -> str:
    """A token of ``claims``, signed with HMAC-SHA-256; ``header`` goes beside ``alg`` and ``typ``."""
    parts = ({"alg": "HS256", "typ": "JWT"} | header, claims)
    signed = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{signed}.{base64url(hmac.digest(key.encode(), signed.encode(), hashlib.sha256))}"


def base64url(data: bytes) -> str:
    """Base 64 with the URL's alphabet, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
