"""The redaction seam: secrets out of everything that goes into the record. Pure, linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"

_WORDS = (
    r"(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token"
    r"|client[_-]?secret|sessionid|csrftoken|private[_-]?key)"
)
_BEARER = r"(?i)\b(bearer|basic|token)(\s+)(?=[A-Za-z0-9._~+/=-]*[0-9_=./+-])[A-Za-z0-9._~+/=-]{12,4000}"
_QUOTED = rf"(?i)([\"']?\b[\w.-]{{0,40}}{_WORDS}[\"']?\s{{0,3}}[:=]\s{{0,3}})([\"'])(?!\*\*\*)[^\"'\r\n]{{1,400}}\2"
_BARE = rf"(?i)(\b[\w.-]{{0,40}}{_WORDS}=)(?!\*\*\*)(?![\w.]{{1,80}}\()[^\s&,;\"'()]{{1,400}}"
_KEY_BLOCK = r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
_IN_URL = r"\b([a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s/:@'\"]{0,200}):(?!\*\*\*@)[^\s/@'\"]{1,200}@"
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(shape), mask)
    for shape, mask in (
        (_KEY_BLOCK, MASK),
        (r"\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{2,4000}(?:\.[A-Za-z0-9_-]{0,4000})?", MASK),
        (_BEARER, r"\1\2" + MASK),
        (_IN_URL, r"\1:" + MASK + "@"),
        (r"(?i)\b((?:set-)?cookie\s{0,3}[:=]\s{0,3})(?!\*\*\*)[^\r\n'\"]{1,4000}", r"\1" + MASK),
        (_QUOTED, r"\1\2" + MASK + r"\2"),
        (_BARE, r"\1" + MASK),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", MASK),
        (r"\bAIza[A-Za-z0-9_-]{35}", MASK),
        (r"\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{20,64})", MASK),
        (r"\bxox[abprs]-[A-Za-z0-9-]{10,250}", MASK),
        (r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,250}", MASK),
    )
)
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-])")
_EMAIL = re.compile(r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}\b")


def redact(text: str, emails: bool = False) -> tuple[str, int]:
    """``text`` with every secret as ``***``, and how many there were. ``emails``: addresses too (for sharing)."""
    total = 0
    for pattern, replacement in _SHAPES:
        text, count = pattern.subn(replacement, text)
        total += count
    cards = 0

    def card(match: re.Match[str]) -> str:
        nonlocal cards
        digits = "".join(char for char in match[0] if char.isdigit())
        if len(digits) < 13 or not _luhn(digits) or len(set(digits)) < 3:
            return match[0]
        cards += 1
        return MASK

    text = _CARD.sub(card, text)
    if emails:
        text, count = _EMAIL.subn(MASK, text)
        total += count
    return text, total + cards


def redact_data(data: Any, emails: bool = False) -> tuple[Any, int]:
    """JSON data with every string in it redacted (keys stay), and how many secrets there were."""
    if isinstance(data, str):
        return redact(data, emails)
    if isinstance(data, Mapping):
        pairs = {key: redact_data(value, emails) for key, value in data.items()}
        return {key: value for key, (value, _) in pairs.items()}, sum(count for _, count in pairs.values())
    if isinstance(data, list | tuple):
        items = [redact_data(item, emails) for item in data]
        return [value for value, _ in items], sum(count for _, count in items)
    return data, 0


def _luhn(digits: str) -> bool:
    """The Luhn checksum (ISO/IEC 7812-1)."""
    doubled = [int(d) * 2 if index % 2 else int(d) for index, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
