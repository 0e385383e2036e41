"""The events of a journal and how older ones are lifted to today's version."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

KINDS: Mapping[str, int] = {
    "case.opened": 1,
    "case.question": 1,
    "case.facts": 1,
    "case.phase": 1,
    "case.ranked": 1,
    "analysis.started": 1,
    "analysis.reported": 1,
    "analysis.finished": 1,
    "triage.set": 1,
    "cause.added": 1,
    "cause.edited": 1,
    "cause.judged": 1,
    "evidence.pinned": 1,
    "note.added": 1,
    "comment.added": 1,
    "error.grouped": 1,
    "test.started": 1,
    "test.finished": 1,
    "proof.started": 1,
    "proof.finished": 1,
    "proposal.offered": 1,
    "proposal.judged": 1,
    "agent.talked": 1,
    "patch.applied": 1,
    "patch.undone": 1,
    "index.changed": 1,
    "change.committed": 1,
    "case.mitigated": 1,
    "gate.started": 1,
    "gate.finished": 1,
    "gate.waived": 1,
    "gate.approved": 1,
    "plan.made": 1,
    "plan.edited": 1,
    "monitor.started": 1,
    "monitor.finished": 1,
    "driver.taken": 1,
    "access.invited": 1,
    "access.joined": 1,
    "access.revoked": 1,
    "access.refused": 1,
    "command.ran": 1,
    "entry.starred": 1,
    "entry.corrected": 1,
}
"""Every kind this program knows, with its current version."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``id`` is made by the author; ``seq`` is given by the store, 0 before it is stored.

    ``actor`` is a person or ``workbench/<plugin>``; ``run`` ties the events of one analyzer, test or gate run;
    ``data`` is JSON.
    """

    id: str
    seq: int
    at: datetime
    actor: str
    kind: str
    v: int
    data: Mapping[str, Any]
    run: str = ""


class NewerEventError(Exception):
    """The journal holds a kind or version that this program does not know: it opens read-only."""


class MalformedEventError(ValueError):
    """An event's data is not what its kind has: a mistake of the program that wrote it."""


Upcast = Callable[[Mapping[str, Any]], Mapping[str, Any]]
UPCASTS: Mapping[tuple[str, int], Upcast] = {}
"""(kind, old version) to a function that gives the data of version + 1."""


MASKED = "masked"
"""In an event's data: how many secrets (in a team's store and an export e-mail addresses too) were masked in it."""

MOST_MASKED = 1 << 24
"""More than an event has room for."""


def masked_in(data: object) -> int:
    """How many secrets were masked in an event's data before it was stored; 0 where nothing sensible says so."""
    told = data.get(MASKED, 0) if isinstance(data, Mapping) else 0
    return told if type(told) is int and 0 < told <= MOST_MASKED else 0


def new_event(kind: str, actor: str, data: Mapping[str, Any], run: str = "", at: datetime | None = None) -> Event:
    """An event not yet stored, with a fresh id, of the current version of ``kind`` (KeyError for no such kind)."""
    return Event(secrets.token_hex(8), 0, at or datetime.now(UTC), actor, kind, KINDS[kind], data, run)


def upcast(event: Event) -> Event:
    """The event in today's version.

    Raises NewerEventError for what only a newer program understands, MalformedEventError for a version that never was.
    """
    current = KINDS.get(event.kind)
    if current is None or event.v > current:
        raise NewerEventError(f"{event.kind} version {event.v} was written by a newer workbench")
    while event.v < current:
        step = UPCASTS.get((event.kind, event.v))
        if step is None:
            raise MalformedEventError(f"there never was a {event.kind} version {event.v}")
        event = replace(event, data=step(event.data), v=event.v + 1)
    return event


def readable(events: Iterable[Event]) -> tuple[list[Event], str]:
    """The events before the first that only a newer program understands, and what there is to say of that one."""
    known: list[Event] = []
    for event in events:
        current = KINDS.get(event.kind)
        if current is None or event.v > current:
            return known, f"event {event.seq} ({event.kind} version {event.v}) was written by a newer workbench"
        known.append(event)
    return known, ""
