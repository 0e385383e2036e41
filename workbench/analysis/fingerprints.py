"""Stable identities of findings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from workbench.case.code import Finding


def fingerprint(rule: str, path: str, symbol: str, text: str) -> str:
    """20 hex digits that stay the same when lines above move: of the rule, the file, the symbol and the line's text."""
    key = "\0".join((rule, path, symbol, "".join(text.split())))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def new_findings(base: Sequence[Finding], head: Sequence[Finding]) -> list[Finding]:
    """Findings of ``head`` that ``base`` has not, by fingerprint; of equal ones, as many as there are more."""
    known = [found.fingerprint for found in base]
    fresh = []
    for found in head:
        if found.fingerprint in known:
            known.remove(found.fingerprint)
        else:
            fresh.append(found)
    return fresh
