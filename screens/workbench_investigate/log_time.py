"""The times of a log in the zone that is asked for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Zone:
    """UTC, or the zone of this machine; ``days`` says that the day is written too."""

    local: bool = False
    days: bool = False

    @property
    def name(self) -> str:
        """How it is called on screen."""
        return "local time" if self.local else "UTC"

    def exact(self, at: float) -> str:
        """``14:31:06.985``, the day before it where there are several."""
        when = self._at(at)
        return when.strftime("%d %b " if self.days else "") + when.strftime("%H:%M:%S.%f")[:-3]

    def short(self, at: float) -> str:
        """``14:31``, the day before it where there are several."""
        return self._at(at).strftime("%d %b %H:%M" if self.days else "%H:%M")

    def _at(self, at: float) -> datetime:
        when = datetime.fromtimestamp(at, UTC)
        return when.astimezone() if self.local else when
