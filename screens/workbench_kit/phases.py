"""The phases of a case over the pane: when each was reached and why, put right by a new entry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from workbench.analysis.record.chronicle import chronicle
from workbench.analysis.record.phases import PHASES, Phase, phases
from workbench.case.codec import encode
from workbench.case.events import Event
from workbench_kit.dialogs import Prompt
from workbench_kit.faults import fault
from workbench_kit.line import Line
from workbench_kit.panel import Build, Row, TextPanel
from workbench_kit.reader import Reader
from workbench_kit.text import fit, wrap
from workbench_kit.when import brief

Record = Callable[[str, dict[str, Any]], Awaitable[None]]
Events = Callable[[], Awaitable[Sequence[Event]]]
_NAME = max(map(len, PHASES)) + 2


class Phases(Reader):
    """The phases that ``events`` tell of. ``record`` journals a correction; what it corrects stays as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "correct", "Correct", show=False, id="phases.correct")]

    def __init__(self, told: Sequence[Event], events: Events, record: Record) -> None:
        super().__init__("Phases", phase_rows(phases(chronicle(told))), "", newest=False)
        self._hint = "c set or correct the time   y copy   esc close"
        self._events = events
        self._record = record

    def action_correct(self) -> None:
        row = self.query_one(TextPanel).current
        name = row.ref if row is not None else ""

        def written(text: str | None) -> None:
            if not text:
                return
            try:
                at, reason = parsed(text, datetime.now(UTC))
            except ValueError as error:
                fault(self.app, str(error), "nothing was changed", "give it again by that pattern", grave=True)
                return
            data = {"phase": name, "at": encode(at), "reason": reason}
            self.run_worker(self._recorded(data), exit_on_error=False)

        if name:
            title = f"{_words(name)}: when (UTC), and why"
            self.app.push_screen(Prompt(title, f"{datetime.now(UTC):%Y-%m-%d %H:%M} "), written)

    async def _recorded(self, data: dict[str, Any]) -> None:
        await self._record("case.phase", data)
        self.query_one(TextPanel).show_text(phase_rows(phases(chronicle(await self._events()))))


def parsed(text: str, now: datetime) -> tuple[datetime, str]:
    """``DATE TIME REASON`` as the time, UTC where it names no zone, and the reason. Raises ValueError."""
    day, _, rest = text.strip().partition(" ")
    clock, _, reason = rest.partition(" ")
    try:
        at = datetime.fromisoformat(day if "T" in day else f"{day} {clock}")
    except ValueError:
        raise ValueError("a time is a date and a clock, as 2026-11-26 03:10") from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if at > now:
        raise ValueError(f"{at:%Y-%m-%d %H:%M} UTC is still to come")
    return at, (rest if "T" in day else reason).strip()


def phase_rows(found: Sequence[Phase]) -> Build:
    """Every phase in order: its time, how long after the first, and what says so; or that nothing was recorded."""
    reached = {phase.name: phase for phase in found}

    def build(width: int) -> list[Row]:
        return [row for name in PHASES for row in _row(name, reached.get(name), found, width)]

    return build


def _row(name: str, phase: Phase | None, found: Sequence[Phase], width: int) -> list[Row]:
    head = (fit(_words(name), _NAME), "strong")
    if phase is None:
        return [Row(Line((head, ("not recorded", "muted"))), ref=name)]
    seconds = (phase.at - found[0].at).total_seconds()
    after = f"{brief(seconds)} after {_words(found[0].name)}, " if seconds > 0 else ""
    why = f"{after}{phase.why}{', corrected' if phase.corrected else ''}"
    room = max(20, width - _NAME)
    rows = [Row(Line((head, (f"{phase.at:%Y-%m-%d %H:%M:%S} UTC", ""))), ref=name)]
    return [*rows, *(Row(Line(((" " * _NAME, ""), (part, "muted"))), ref=name) for part in wrap(why, room))]


def _words(name: str) -> str:
    return name.replace("_", " ")
