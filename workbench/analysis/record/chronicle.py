"""One pass over a journal's events: where every value stands that a report names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workbench.case.codec import encode
from workbench.case.events import Event

Pointer = tuple[str | int, ...]
"""Steps from an event's data to a value in it; ``("@at",)`` is the event's own time."""

AT: Pointer = ("@at",)
RUBBISH = (KeyError, ValueError, TypeError, AttributeError, IndexError)
"""What reading an event's data raises where its kind cannot have such data."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A figure as it is shown, its value, and where it stands. ``since`` makes it a span from another such place."""

    shown: str
    value: Any
    event: str
    pointer: Pointer
    since: tuple[str, Pointer] | None = None


@dataclass
class Chronicle:
    """The events by id, and where each thing was last told of, by its kind and name."""

    events: dict[str, Event] = field(default_factory=dict)
    _places: dict[tuple[str, str], list[tuple[str, Pointer]]] = field(default_factory=dict)

    def resolve(self, event: str, pointer: Pointer) -> Any:
        """The value that stands there. Raises KeyError, IndexError or TypeError for a place that is none."""
        found = self.events[event]
        if pointer == AT:
            return encode(found.at)
        value: Any = found.data
        for step in pointer:
            value = value[step]
        return value

    def cite(self, kind: str, name: str, path: Pointer, value: Any, shown: str) -> Cited | None:
        """``value`` with the latest place that has it under ``path``; None where no event holds it."""
        wanted = encode(value)
        for event, pointer in reversed(self._places.get((kind, name), ())):
            try:
                if self.resolve(event, (*pointer, *path)) == wanted:
                    return Cited(shown, wanted, event, (*pointer, *path))
            except RUBBISH:
                continue
        return None

    def event_of(self, kind: str, name: str) -> str:
        """The id of the latest event that told of it; empty where none did."""
        places = self._places.get((kind, name))
        return places[-1][0] if places else ""

    def events_of(self, kind: str, name: str) -> tuple[str, ...]:
        """The ids of every event that told of it, oldest first."""
        return tuple(dict.fromkeys(event for event, _ in self._places.get((kind, name), ())))

    def time(self, event: str, pointer: Pointer) -> datetime:
        """The time that stands there. Raises ValueError for what is no time with a zone."""
        at = datetime.fromisoformat(self.resolve(event, pointer))
        if at.tzinfo is None:
            raise ValueError("a time without zone")
        return at

    def add(self, event: Event) -> None:
        """Take in one event; data that its kind cannot have leaves no place."""
        self.events[event.id] = event
        try:
            places = list(_places(event))
        except RUBBISH:
            return
        for kind, name, pointer in places:
            self._places.setdefault((kind, name), []).append((event.id, pointer))


def chronicle(events: Iterable[Event]) -> Chronicle:
    """The chronicle of a journal."""
    made = Chronicle()
    for event in events:
        made.add(event)
    return made


def _places(event: Event) -> Iterator[tuple[str, str, Pointer]]:
    data: Mapping[str, Any] = event.data
    yield "event", event.id, ()
    match event.kind:
        case "analysis.reported":
            yield "run", event.run, ()
            yield from _reported(data["report"])
        case "analysis.finished":
            yield "check", data["check"]["analyzer"], ("check",)
        case "cause.added" | "cause.edited":
            yield "cause", data["cause"]["id"], ("cause",)
        case "cause.judged":
            yield "cause", data["cause"], ("value",) if "value" in data else ()
        case "proof.finished":
            yield "proof", data["proof"]["id"], ("proof",)
        case "gate.finished":
            yield "gate", data["gate"]["id"], ("gate",)
        case "gate.waived":
            yield "gate", data["gate"], ()
        case "patch.applied":
            yield "patch", data["patch"]["id"], ("patch",)
        case "patch.undone":
            yield "patch", data["patch"], ()
        case "plan.made":
            yield "plan", "", ("plan",)
        case "monitor.finished":
            yield "monitor", event.run, ("monitor",)
        case _:
            return


def _reported(report: Mapping[str, Any]) -> Iterator[tuple[str, str, Pointer]]:
    for at, error in enumerate(_list(report, "errors")):
        yield "error", error["fingerprint"] or error["id"], ("report", "errors", at)
    for at, cause in enumerate(_list(report, "hypotheses")):
        yield "cause", cause["id"], ("report", "hypotheses", at)
    for at, source in enumerate(_list(report, "sources")):
        yield "source", source["name"], ("report", "sources", at)
    for name in ("onset", "impact"):
        if report.get(name):
            yield name, "", ("report", name)


def _list(report: Mapping[str, Any], name: str) -> Sequence[Any]:
    found: Sequence[Any] = report.get(name) or ()
    return found
