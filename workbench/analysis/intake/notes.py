"""Taking single facts out of a document, each with the path at which it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from workbench.case.intake import Taken

LONGEST = 20_000
"""Characters of one value that are kept."""

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_NEVER = 1971
"""A year before it is no time: ``0001-01-01`` and ``1970-01-01`` stand for "not yet"."""


class Notes:
    """Facts in the order in which they were taken; of one name the first stands."""

    def __init__(self) -> None:
        self._taken: list[Taken] = []

    def take(self, name: str, value: Any, origin: str) -> bool:
        """Take ``value`` unless there is none; gives whether it was taken."""
        text = (
            value if isinstance(value, str) else "" if value is None or isinstance(value, (dict, list)) else str(value)
        )
        text = text.strip()[:LONGEST]
        if text:
            self._taken.append(Taken(name, text, origin))
        return bool(text)

    def first(self, name: str, data: Any, *paths: str) -> str:
        """Take what stands at the first of ``paths`` at which something stands, and give it."""
        for path in paths:
            if self.take(name, at(data, path), path):
                return self._taken[-1].value
        return ""

    def time(self, name: str, data: Any, *paths: str) -> datetime | None:
        """The same for a time, in UTC."""
        for path in paths:
            found = moment(at(data, path))
            if found is not None:
                self.take(name, iso(found), path)
                return found
        return None

    def done(self) -> tuple[Taken, ...]:
        """Everything that was taken."""
        return tuple(self._taken)


def at(data: Any, path: str) -> Any:
    """What stands at ``path`` (``alerts[0].labels.job``), None where nothing does."""
    for key, number in _STEP.findall(path):
        if key:
            data = data.get(key) if isinstance(data, Mapping) else None
        else:
            data = data[int(number)] if isinstance(data, list) and int(number) < len(data) else None
    return data


def items(data: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every item of the list at ``path`` that is an object, with its own path."""
    found = at(data, path)
    for number, item in enumerate(found if isinstance(found, list) else ()):
        if isinstance(item, Mapping):
            yield f"{path}[{number}]", item


def moment(value: Any) -> datetime | None:
    """The time that ``value`` means: ISO 8601, or seconds since 1970. None where it means none."""
    try:
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float):
            found = datetime.fromtimestamp(value, UTC)
        else:
            found = datetime.fromisoformat(str(value).strip())
    except (ValueError, OverflowError, OSError):
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if found.year >= _NEVER else None


def iso(time: datetime) -> str:
    """``time`` as ISO 8601 in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
