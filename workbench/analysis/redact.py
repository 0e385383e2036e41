"""The redaction seam: secrets out of everything that goes into the record. Pure, linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from workbench.analysis.secret_shapes import (
    CARD,
    COOKIE_ATTRIBUTES,
    COOKIE_PAIR,
    COOKIES,
    EMAIL,
    KEY_BLOCK,
    SECRET_FLAG,
    SECRET_HEADER,
    SECRET_NAME,
    SHAPES,
    TRIGGERS,
    Shape,
)
from workbench.analysis.secret_values import MASK, assigned, is_masked, user_password

SHORT = 200
"""Characters of a text whose answer is remembered."""

PASSES = 8
"""Times that a line is looked through at most."""

_IDENTIFIERS = frozenset(
    """id run tree base head commit revision deployed hash snapshot patch fingerprint evidence patterns tests case cause
    ref link gate proposal environment source target""".split()
)
"""Keys of the case's own identifiers: sixteen digits there are a hash, not a card."""


def redact(text: str, emails: bool = False) -> tuple[str, int]:
    """``text`` with every secret as ``***``, and how many there were. ``emails``: addresses too (for sharing).

    Redacting what is redacted changes nothing. Code, paths, hashes and messages that only speak of secrets stay.
    """
    return _redact(text, emails, True)


def redact_data(data: Any, emails: bool = False) -> tuple[Any, int]:
    """JSON data with every string in it redacted, and how many secrets there were. Keys stay, but for the addresses in
    them with ``emails``.

    What stands under a telling key is masked whole, and so is what follows a telling flag in a list (an argv).
    """
    return _walk(data, "", emails)


def redact_bytes(data: bytes, emails: bool = False) -> tuple[bytes, int]:
    """Text as bytes, redacted; what holds a null byte is no text and stays as it is."""
    if b"\0" in data:
        return data, 0
    text, count = redact(data.decode("utf-8", "surrogateescape"), emails)
    return (text.encode("utf-8", "surrogateescape"), count) if count else (data, 0)


def may_hold_secret(text: str) -> bool:
    """Whether redacting ``text``, or data whose JSON it is, could change anything: quick, and right when it says no."""
    lowered = text.lower()
    for trigger in TRIGGERS:  # a loop, not one call: other threads get their turn in a long text
        if trigger in lowered:
            return True
    return CARD.pattern.search(text) is not None


def may_hold_address(text: str) -> bool:
    """The same of e-mail addresses, with ``emails``."""
    return any(map(text.__contains__, EMAIL.triggers))


def _redact(text: str, emails: bool, cards: bool) -> tuple[str, int]:
    total = 0
    if "PRIVATE KEY" in text:
        text, total = _masked(KEY_BLOCK, text)
    if "\n" not in text:
        line, count = (_short if len(text) <= SHORT else _line)(text, emails, cards)
        return line, total + count
    lines: list[str] = []
    for line in text.split("\n"):
        redacted, count = _line(line, emails, cards)
        lines.append(redacted)
        total += count
    return "\n".join(lines), total


@lru_cache(maxsize=4096)
def _short(text: str, emails: bool, cards: bool) -> tuple[str, int]:
    """A batch of findings says the same few messages and paths hundreds of times."""
    return _line(text, emails, cards)


def _line(line: str, emails: bool, cards: bool) -> tuple[str, int]:
    """Until nothing is found: where a secret went, its neighbour may stand out."""
    total = 0
    for _ in range(PASSES):
        line, count = _pass(line, emails, cards)
        if not count:
            break
        total += count
    return line, total


def _pass(line: str, emails: bool, cards: bool) -> tuple[str, int]:
    lowered, total = line.lower(), 0
    if any(map(lowered.__contains__, TRIGGERS)):
        line, total = _cookies(line) if "cookie" in lowered else (line, 0)
        for shape in SHAPES:
            if any(map(lowered.__contains__, shape.triggers)):
                line, count = _masked(shape, line)
                total += count
    if cards:
        line, count = _masked(CARD, line)
        total += count
    if emails and may_hold_address(line):
        line, count = _masked(EMAIL, line)
        total += count
    return line, total


def _masked(shape: Shape, text: str) -> tuple[str, int]:
    count = 0

    def mask(match: re.Match[str]) -> str:
        nonlocal count
        group = next(name for name in ("s1", "s2", "s3", "s4") if match.groupdict().get(name) is not None)
        value = match[group]
        if is_masked(value) or not shape.accepts(match.groupdict().get("key") or "", value):
            return match[0]
        count += 1
        start, end = match.span(group)
        shown = value.partition(":")[0] + ":" + MASK if shape.accepts is user_password else MASK
        return text[match.start() : start] + shown + text[end : match.end()]

    return shape.pattern.sub(mask, text), count


def _cookies(line: str) -> tuple[str, int]:
    """Names and attributes stay, values go."""
    total = 0

    def pair(match: re.Match[str]) -> str:
        nonlocal total
        if match["name"].lower() in COOKIE_ATTRIBUTES or is_masked(match["s1"].strip('"')):
            return match[0]
        total += 1
        return f"{match['name']}={MASK}"

    def header(match: re.Match[str]) -> str:
        start = next(match.start(name) for name in "abc" if match[name] is not None)
        return line[match.start() : start] + COOKIE_PAIR.pattern.sub(pair, line[start : match.end()])

    return COOKIES.pattern.sub(header, line), total


def _walk(data: Any, key: str, emails: bool) -> tuple[Any, int]:
    if isinstance(data, str):
        return _redact(data, emails, key not in _IDENTIFIERS)
    if isinstance(data, Mapping):
        pairs = {name: _named(str(name), value, emails) for name, value in data.items()}
        masked = {name: value for name, (value, _) in pairs.items()}
        total = sum(count for _, count in pairs.values())
        return _keys(masked, total) if emails and any(map(may_hold_address, map(str, masked))) else (masked, total)
    if isinstance(data, list | tuple):
        items = [_listed(data, index, key, emails) for index in range(len(data))]
        return [value for value, _ in items], sum(count for _, count in items)
    return data, 0


def _keys(data: Mapping[str, Any], total: int) -> tuple[dict[str, Any], int]:
    """Addresses out of the keys; those that are the same then are numbered."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        bare, count = _masked(EMAIL, str(name))
        key, number = bare, 1
        while key in found:
            number += 1
            key = f"{bare} ({number})"
        found[key] = value
        total += count
    return found, total


def _named(name: str, value: Any, emails: bool) -> tuple[Any, int]:
    telling = _telling(name)
    return _all_masked(value, telling) if telling else _walk(value, name, emails)


@lru_cache(maxsize=1024)
def _telling(name: str) -> str:
    """What tells that the value under ``name`` is secret; empty when nothing does."""
    found = SECRET_NAME.pattern.fullmatch(name)
    return (found["key"] or name) if found else ""


def _listed(items: Sequence[Any], index: int, key: str, emails: bool) -> tuple[Any, int]:
    item, before = items[index], items[index - 1] if index else None
    if isinstance(item, str) and isinstance(before, str):
        telling = SECRET_FLAG.pattern.fullmatch(before) or (
            SECRET_HEADER.pattern.fullmatch(before) if len(items) == 2 else None
        )
        if telling and not item.startswith("-"):
            return _all_masked(item, before)
        if before in ("-u", "--user", "--proxy-user") and user_password("", item):
            return f"{item.partition(':')[0]}:{MASK}", 1
    return _walk(item, key, emails)


def _all_masked(value: Any, key: str) -> tuple[Any, int]:
    """Every string below a telling name, and numbers where they are no count."""
    if isinstance(value, Mapping):
        pairs = {name: _all_masked(item, key) for name, item in value.items()}
        return {name: item for name, (item, _) in pairs.items()}, sum(count for _, count in pairs.values())
    if isinstance(value, list | tuple):
        items = [_all_masked(item, key) for item in value]
        return [item for item, _ in items], sum(count for _, count in items)
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value, 0
    text = str(value)
    if is_masked(text) or not assigned(key, text):
        return value, 0
    return MASK, 1
