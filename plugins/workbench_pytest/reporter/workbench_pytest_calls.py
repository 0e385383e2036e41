"""What called what while tests ran: by it, what a test made is known that a later one finds made."""

from __future__ import annotations

from typing import Any

_calls: dict[int, Any] = {}
_shapes: set[Any] = set()


def called(caller: Any, code: Any) -> None:
    """``caller`` called ``code``: both are kept, so that no other code object has the id of one."""
    known: Any = _calls.get(id(caller))
    if known is None:
        known = _calls[id(caller)] = (caller, {})
    known[1][id(code)] = code


def called_all(caller: Any, entries: Any) -> None:
    """``caller`` called what the profiler's ``entries`` (by address) name. As many of them, with the same ends, are
    taken for the ones that were told before: there are as many lists as tests."""
    shape = (id(caller), len(entries), id(entries[0].code), id(entries[-1].code))
    if shape not in _shapes:
        _shapes.add(shape)
        for entry in entries:
            if not isinstance(entry.code, str):
                called(caller, entry.code)


def calls() -> list[Any]:
    """Each caller with what it called."""
    return [(caller, list(below.values())) for caller, below in list(_calls.values())]
