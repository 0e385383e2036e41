"""The timeline over the pane: what happened, filtered, starred, and corrected by new entries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from workbench.analysis.quantity import quantity
from workbench.case.state import CaseState, Entry
from workbench_kit.dialogs import Prompt
from workbench_kit.panel import TextPanel
from workbench_kit.reader import Reader
from workbench_kit.records import timeline_rows
from workbench_kit.text import plain

Record = Callable[[str, dict[str, Any]], Awaitable[None]]


class Timeline(Reader):
    """Every entry of the case that ``state`` gives. ``record`` journals a star or a correction; the star and the
    correction are entries too, and what they speak of stays as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "star", "Star", show=False, id="timeline.star"),
        Binding("asterisk", "starred", "Starred only", show=False, id="timeline.starred"),
        Binding("f", "filter", "Filter", show=False, id="timeline.filter"),
        Binding("c", "correct", "Correct", show=False, id="timeline.correct"),
        Binding("p", "app.command('case.phases')", "Phases", show=False, id="timeline.phases"),
    ]

    def __init__(self, state: Callable[[], CaseState], record: Record) -> None:
        super().__init__("Timeline", timeline_rows(()), "nothing has happened yet")
        self._hint = "/ find   f filter   m star   * starred   c correct   p phases   y copy   esc close"
        self._state = state
        self._record = record
        self._words = ""
        self._only_starred = False

    def on_mount(self) -> None:
        self.show_entries()
        panel = self.query_one(TextPanel)
        panel.move_to(panel.row_count() - 1)

    def show_entries(self) -> None:
        """Show what passes the filter, the cursor where it was."""
        state = self._state()
        kept = filtered(state.timeline, self._words, state.stars if self._only_starred else None)
        panel = self.query_one(TextPanel)
        panel.empty = "nothing of the timeline passes the filter" if state.timeline else "nothing has happened yet"
        panel.show_text(timeline_rows(kept, state.stars, state.corrections))
        told = [f"{len(kept)} of {len(state.timeline)}"] if len(kept) != len(state.timeline) else []
        told += [f"“{self._words}”"] if self._words else []
        told += ["starred"] if self._only_starred else []
        told += [f"{quantity(state.masked, 'secret')} masked"] if state.masked else []
        self.query("Vertical").first().border_title = Content(plain(" · ".join(["Timeline", *told])))

    def action_star(self) -> None:
        entry = self._current()
        if entry:
            starred = entry not in self._state().stars
            self._do("entry.starred", {"entry": entry, "starred": starred})

    def action_starred(self) -> None:
        self._only_starred = not self._only_starred
        self.show_entries()

    def action_filter(self) -> None:
        def written(words: str | None) -> None:
            self._words = words or ""
            self.show_entries()

        self.app.push_screen(Prompt("Show only what has these words (empty: everything)", self._words), written)

    def action_correct(self) -> None:
        entry = self._current()

        def written(text: str | None) -> None:
            if text:
                self._do("entry.corrected", {"entry": entry, "text": text})

        if entry:
            self.app.push_screen(Prompt("What is right (the entry stays, this is added)"), written)

    def _current(self) -> str:
        row = self.query_one(TextPanel).current
        return row.ref if row is not None else ""

    def _do(self, kind: str, data: dict[str, Any]) -> None:
        async def recorded() -> None:
            await self._record(kind, data)
            self.show_entries()

        self.run_worker(recorded(), exit_on_error=False)


def filtered(entries: Sequence[Entry], words: str, stars: Collection[str] | None = None) -> list[Entry]:
    """Entries that have every one of ``words`` in their actor, kind or text; of ``stars`` only where they are given."""
    wanted = words.casefold().split()

    def passes(entry: Entry) -> bool:
        text = f"{entry.actor} {entry.kind} {entry.text}".casefold()
        return all(word in text for word in wanted) and (stars is None or entry.id in stars)

    return [entry for entry in entries if passes(entry)]
