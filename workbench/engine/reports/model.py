"""What a report is made of: sections of lines, each with the events and figures it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.analysis.quantity import quantity
from workbench.analysis.record.chronicle import Chronicle, Cited
from workbench.analysis.record.phases import Phase
from workbench.case.state import CaseState
from workbench.engine.views import Views

NOTHING = "Nothing is recorded."


@dataclass(frozen=True, slots=True)
class Said:
    """One line: plain text, the events it cites, the figures in it. ``depth`` indents it under the line before;
    ``mark`` is its beginning that stands out."""

    text: str
    events: tuple[str, ...] = ()
    figures: tuple[Cited, ...] = ()
    depth: int = 0
    mark: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its lines; one without lines says that nothing is recorded."""

    title: str
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole report; ``masked`` is how many secrets were masked before they were recorded."""

    kind: str
    case: str
    title: str
    sections: tuple[Section, ...]
    masked: int = 0

    @property
    def foreword(self) -> str:
        """What stands below the title; empty where there is nothing to say."""
        return f"{quantity(self.masked, 'secret')} masked before anything was recorded." if self.masked else ""


@dataclass(frozen=True)
class Source:
    """What reports are written from."""

    state: CaseState
    views: Views
    told: Chronicle
    phases: tuple[Phase, ...]

    def cited(self, kind: str, name: str, path: tuple[str | int, ...], value: Any, shown: str) -> tuple[Cited, ...]:
        """The figure with its place, or nothing where no event holds it."""
        found = self.told.cite(kind, name, path, value, shown)
        return (found,) if found is not None else ()


def section(title: str, lines: Iterable[Said]) -> Section:
    """A section of these lines."""
    return Section(title, tuple(lines))


def when(at: datetime) -> str:
    """A time as reports write it."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def line(text: str) -> str:
    """``text`` on one line."""
    return " ".join(text.split())


def words(name: str) -> str:
    """A snake_case name in words."""
    return name.replace("_", " ")
