"""What every event passes before it is stored: it must be JSON of a sane size, and hold no secret. How many were masked
stays in it."""

from __future__ import annotations

import json
from dataclasses import replace

from workbench.analysis.redact import may_hold_address, may_hold_secret, redact_data
from workbench.case.events import MASKED, Event, MalformedEventError, NewerEventError, masked_in, upcast

EVENT_LIMIT = 16 << 20
"""Characters of an event's JSON at most; what is longer belongs into a blob."""


YEARS = (2, 9998)
"""Years of an event's time: beyond them it cannot be turned into every zone."""


def admitted(event: Event, most: int = EVENT_LIMIT) -> Event:
    """``event`` as it may be stored, secrets masked, of at most ``most`` characters. Raises MalformedEventError."""
    try:
        upcast(event)
    except NewerEventError as error:
        raise MalformedEventError(str(error)) from error
    if event.at.tzinfo is None:
        raise MalformedEventError(f"{event.kind}: a time without zone")
    if not YEARS[0] <= event.at.year <= YEARS[1]:
        raise MalformedEventError(f"{event.kind}: a time that no clock shows, of the year {event.at.year}")
    try:
        text = json.dumps(event.data, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise MalformedEventError(f"{event.kind}: not JSON: {error}") from error
    if len(text) > most:
        raise MalformedEventError(f"{event.kind}: {len(text)} characters in one event; the limit is {most}")
    if not may_hold_secret(text):
        return event
    data, masked = redact_data(event.data)
    return counted(replace(event, data=data), masked)


def counted(event: Event, masked: int) -> Event:
    """``event`` with ``masked`` added to what it says was masked in it."""
    return replace(event, data={**event.data, MASKED: masked_in(event.data) + masked}) if masked else event


def without_addresses(event: Event) -> tuple[Event, int]:
    """``event`` with the e-mail addresses in it masked, and how many there were."""
    if not may_hold_address(json.dumps(event.data)):
        return event, 0
    data, count = redact_data(event.data, emails=True)
    return (replace(event, data=data), count) if count else (event, 0)
