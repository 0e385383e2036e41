"""Stable identities of findings."""

from __future__ import annotations

import hashlib


def fingerprint(rule: str, path: str, symbol: str, text: str) -> str:
    """20 hex digits that stay the same when lines above move: of the rule, the file, the symbol and the line's text."""
    key = "\0".join((rule, path, symbol, "".join(text.split())))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:20]
