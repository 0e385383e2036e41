"""Which errors leave an entry point with nobody to catch them, and how errors are dealt with on the way. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench_map.facts import Throw
from workbench_map.graph import Code, Place
from workbench_map.routes import Entry

_ANSWERED = frozenset(
    """Http404 HTTPException APIException PermissionDenied SuspiciousOperation ValidationError CommandError
    SystemExit KeyboardInterrupt Warning""".split()
)
DEEPEST = 12
"""Calls that are followed down at most."""


@dataclass(frozen=True, slots=True)
class Escape:
    """A raise that reaches the top: its class, where it stands."""

    throw: Throw
    place: Place


@dataclass(frozen=True, slots=True)
class Census:
    """Counts over the functions on the paths."""

    functions: int
    raised: int
    caught: int
    translated: int
    swallowed: int


def census(places: Sequence[Place]) -> Census:
    """What these functions do with errors: raise, catch, raise another one instead, swallow."""
    throws = [throw for place in places for throw in place.fn.throws]
    return Census(
        len(places),
        len(throws),
        sum(place.fn.handles for place in places),
        sum(throw.translates for throw in throws),
        sum(place.fn.swallows for place in places),
    )


def escapes(code: Code, entry: Entry, middleware: Sequence[Place]) -> list[Escape]:
    """The raises of the repository's own exception classes that nothing between them and the top of ``entry`` catches.

    Django calls ``process_exception`` for what a view raises, never for what a middleware raises itself.
    """
    asked = frozenset(name for one in middleware for name in _process_exception(code, one))
    answered = frozenset(name for file in code.files for name in file.answered)
    found = [one for start in entry.serves for one in _from(code, start, asked | answered)]
    if entry.kind == "route":
        found += [one for start in middleware for one in _from(code, start, answered)]
    return list({(one.place.id, one.throw.line): one for one in found}.values())


def _process_exception(code: Code, called: Place) -> frozenset[str]:
    owner = called.fn.qualname.rpartition(".")[0]
    hook = code.by_id.get(f"{called.path}::{owner}.process_exception")
    return hook.fn.asks if hook else frozenset()


def _from(code: Code, start: Place, answered: frozenset[str]) -> list[Escape]:
    """Walks down with what is caught so far; each function once per set of what is caught."""
    found: list[Escape] = []
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [(start, answered, 0)]
    while todo:
        place, caught, depth = todo.pop()
        if (place.id, caught) in seen or depth > DEEPEST or len(seen) > 2000:
            continue
        seen.add((place.id, caught))
        for throw in place.fn.throws:
            line = code.lineage(throw.name)
            own = throw.name in code.bases and "Exception" in line
            if own and not (line | {"BaseException"}) & (caught | throw.caught | _ANSWERED):
                found.append(Escape(throw, place))
        todo += [(callee, caught | call.caught, depth + 1) for call, callee in code.calls(place)]
    return found
