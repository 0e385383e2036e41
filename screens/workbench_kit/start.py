"""The start screen: its fields, already filled from the surroundings, and the recent cases."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from workbench_kit.field import Field
from workbench_kit.footer import Footer
from workbench_kit.header import UNASKED, Facts, Header
from workbench_kit.keymap import BY_ID
from workbench_kit.pacing import PacedScreen
from workbench_kit.text import plain

if TYPE_CHECKING:
    from workbench_kit.cases import RecentCase

FIELDS = (
    ("repository", "Repository", "a folder"),
    ("logs", "Logs", "a file, a folder, journal:UNIT, docker:NAME, compose:SERVICE; several parted by blanks"),
    ("playbook", "Playbook", "bug, performance, security, integration, review, feature, or one of your own"),
    ("question", "Question", UNASKED),
)
HINT = "⏎ investigate   tab next field   an empty question asks what is going wrong"
TOUR = "tour 1 of 8: question and log are filled in, ⏎ begins; tab goes from field to field"


class StartScreen(PacedScreen[None]):
    """Asks for repository, logs and question. What the user wrote is never overwritten by what was found."""

    AUTO_FOCUS = "#question"
    DEFAULT_CSS = Path(__file__).with_name("start.tcss").read_text(encoding="utf-8")

    @dataclass
    class Asked(Message):
        """The user wants to know. ``logs`` are locations; an empty ``playbook`` is what the settings say."""

        repo: str
        logs: tuple[str, ...]
        question: str
        playbook: str = ""

    @dataclass
    class Chosen(Message):
        """The user goes on with a recent case."""

        case: str

    FOOTER: ClassVar[tuple[str, ...]] = ("app.help", "app.palette", "app.back")

    def __init__(self, repo: str, logs: str = "", question: str = "", playbook: str = "", tour: bool = False) -> None:
        super().__init__()
        self._hint = TOUR if tour else HINT
        self._given = {"repository": repo, "logs": logs, "question": question, "playbook": playbook}
        self.cases: Sequence[RecentCase] = ()
        self._counting: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Header()
        with Vertical(id="form"):
            for name, title, placeholder in FIELDS:
                field = Field(self._given[name], placeholder=placeholder, id=name, lines=name == "question")
                field.border_title = Content(title)
                yield field
            yield Static(self._hint, id="hint", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        numbered = ("app.help", "app.palette", "app.back")
        footer = self.query_one(Footer)
        footer.commands = [replace(BY_ID[name], footer=at) for at, name in enumerate(numbered, 1)]

    def waiting(self, text: str) -> None:
        """Say what is being done, from the next second on with the time so far, until something else is told."""
        self.tell(text)
        began = monotonic()
        self._counting = self.set_interval(1.0, lambda: self._say(_so_far(text, monotonic() - began)))

    def tell(self, text: str, error: bool = False) -> None:
        """Say something under the fields."""
        if self._counting is not None:
            self._counting.stop()
            self._counting = None
        self._say(text, error)

    def _say(self, text: str, error: bool = False) -> None:
        hint = self.query_one("#hint", Static)
        hint.update(Content(plain(text)))
        hint.set_class(error, "error")

    def fill(self, logs: Sequence[str], note: str, facts: Facts) -> None:
        """Fill what the user has not filled, and say what was found."""
        field = self.query_one("#logs", Input)
        if not field.value:
            field.value = shlex.join(logs)
            field.border_subtitle = Content(plain(note))
        header = self.query_one(Header)
        header.facts = facts
        header.renew()
        self.tell(self._hint)

    def show_cases(self, cases: Sequence[RecentCase]) -> None:
        """List the recent cases under the form, if there are any."""
        from workbench_kit.recent import recent_list

        self.cases = cases
        if cases:
            self.mount(recent_list(cases), after="#form")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id != "question":
            self.focus_next()
            return
        try:
            logs = tuple(shlex.split(self.query_one("#logs", Input).value))
        except ValueError as error:
            self.tell(f"Logs: {error}", error=True)
            return
        repo, playbook = (self.query_one(f"#{name}", Input).value.strip() for name in ("repository", "playbook"))
        question = self.query_one("#question", Field).text.strip()
        self.post_message(self.Asked(repo, logs, question or UNASKED, playbook))

    def on_cursor_view_opened(self, event: Any) -> None:
        self.post_message(self.Chosen(event.key))

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        self.query_one(Header).renew()


def _so_far(text: str, seconds: float) -> str:
    """What is being done, for how long, and the key that ends it."""
    from workbench_kit.when import elapsed

    return f"{text} {elapsed(seconds)}   ctrl+q leaves"
