"""Lines between a case and who joined it: one JSON object each, UTF-8, at most LINE bytes.

Asked: ``{"n": number, "do": name, ...}``; answered: ``{"n": number, ...}`` or ``{"n": number, "error": text, "kind":
"refused" | "missing" | "failed"}``; told without being asked: ``{"news": [events], "last": seq}``. ``masked`` in either
is how many secrets and addresses were masked in it.
"""

from __future__ import annotations

import base64
import binascii
import json
import lzma
import zlib
from collections.abc import Mapping
from typing import IO, Any

from workbench.case.codec import decode, encode
from workbench.case.errors import ToldError
from workbench.case.events import Event

LINE = 12 << 20
"""Bytes of a line at most: a blob of BLOB_LIMIT in base64 with room around it."""

EVENT = 1 << 20
"""Characters of an event's JSON that are taken from elsewhere; what is longer belongs into a blob."""

PROTOCOL = 1


class WireError(ToldError):
    """A line that is none of ours; the message says why."""


def send(out: IO[bytes], message: Mapping[str, Any]) -> None:
    """Write one line. Raises OSError and ValueError (closed)."""
    out.write(json.dumps(message, allow_nan=False, separators=(",", ":")).encode() + b"\n")
    out.flush()


def receive(source: IO[bytes]) -> dict[str, Any] | None:
    """The next line's object; None at the end. Raises WireError, and OSError.

    A line that is too long is read to its end, so that what follows it is understood.
    """
    line = source.readline(LINE + 1)
    if not line:
        return None
    if len(line) > LINE:
        while line and not line.endswith(b"\n"):
            line = source.readline(1 << 20)
        raise WireError(f"a line of more than {LINE >> 20} MB")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a line that is no JSON: {error}") from error
    if not isinstance(message, dict):
        raise WireError("a line that is no object")
    return message


def text_of(message: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A text of a message. Raises WireError."""
    value = message.get(name, default)
    if not isinstance(value, str):
        raise WireError(f"{name} is missing or no text")
    return value


def number_of(message: Mapping[str, Any], name: str) -> int:
    """A whole number of a message, 0 where it is missing. Raises WireError."""
    value = message.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 62:
        raise WireError(f"{name} is no number")
    return value


def events_of(message: Mapping[str, Any]) -> list[Event]:
    """The events of a message. Raises WireError."""
    told = message.get("events")
    if not isinstance(told, list):
        raise WireError("events are missing")
    try:
        return [_checked(decode(Event, each)) for each in told]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WireError(f"an event that is none: {error}") from error


def _checked(event: Event) -> Event:
    """Decoding believes the types of what came: the plain ones are looked at here."""
    texts = (event.id, event.actor, event.kind, event.run)
    numbers = (event.seq, event.v)
    if not all(isinstance(each, str) for each in texts) or not all(type(each) is int for each in numbers):
        raise ValueError("a field of another type")
    if not event.id or len(event.id) > 200 or not isinstance(event.data, dict):
        raise ValueError("no id, or no data")
    return event


def listed(events: list[Event]) -> list[Any]:
    """Events as they travel."""
    return [encode(event) for event in events]


def packed(data: bytes) -> str:
    """Bytes as they travel."""
    return base64.b64encode(data).decode()


def squeezed(data: bytes) -> str:
    """The bytes of a snapshot as they travel: packed as small as can be, since who joins waits for them."""
    return packed(lzma.compress(zlib.decompress(data)))


def released(text: str) -> bytes:
    """The bytes of :func:`squeezed`. Raises WireError."""
    try:
        return zlib.compress(lzma.decompress(unpacked(text)), 1)
    except lzma.LZMAError as error:
        raise WireError(f"a snapshot that is none: {error}") from error


def unpacked(text: str) -> bytes:
    """The bytes of :func:`packed`. Raises WireError."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise WireError(f"bytes that are no base64: {error}") from error
