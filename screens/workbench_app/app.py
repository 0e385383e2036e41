"""The app: modes and wiring. Nothing but Textual, Rich and the first screen is imported before the first paint."""

from __future__ import annotations

import asyncio
import os
import shlex
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen
from workbench_kit.commands import Where
from workbench_kit.faults import fault
from workbench_kit.keymap import bindings
from workbench_kit.start import StartScreen
from workbench_kit.theme import theme_for, themes

from workbench_app.opening import Opening
from workbench_app.rules import Rules

if TYPE_CHECKING:
    from workbench.engine.session import Session

PANES = {
    "investigate": ("workbench_investigate.pane", "InvestigatePane"),
    "fix": ("workbench_fix.pane", "FixPane"),
    "validate": ("workbench_validate.pane", "ValidatePane"),
}


class WorkbenchApp(Opening):
    """The workbench on one repository. ``options`` are those of the command line."""

    TITLE = "workbench"
    DEFAULT_MODE = "start"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Where.EVERYWHERE),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.leave"),
    ]

    def __init__(self, path: str, options: Namespace | None = None) -> None:
        no_color = "NO_COLOR" in os.environ or bool(getattr(options, "no_color", False))
        super().__init__(ansi_color=True if no_color else None)
        self.stylesheet = Rules(variables=self.get_css_variables())
        self.opening = asyncio.Lock()
        self.told = 0
        """How many of the session's notices were said."""
        self.path = path
        self.options = options or Namespace()
        for theme in themes():
            self.register_theme(theme)
        colors = {"standard": 16, "windows": 16}.get(self.console.color_system or "")
        self.set_reactive(WorkbenchApp.theme, theme_for(colors, self.no_color))
        for mode, (module, name) in PANES.items():
            self.add_mode(mode, self._pane(module, name))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"raised": "transparent"}

    def on_mount(self) -> None:
        self.call_after_refresh(self.first_painted)

    def first_painted(self) -> None:
        """The first frame is on screen: now the engine may be loaded."""
        if (begin := getattr(self._driver, "begin", None)) is not None:
            begin()
        self.add_mode("start", self.get_default_screen)
        self.work(self.begin())

    def get_default_screen(self) -> Screen[None]:
        """The start screen. As the default screen it is shown without parsing every style rule a second time."""
        given = vars(self.options)
        logs, question = shlex.join(given.get("log") or ()), given.get("question") or ""
        return StartScreen(self.path, logs, question, given.get("playbook") or "", bool(given.get("tour_until")))

    def _pane(self, module: str, name: str) -> Callable[[], Screen[None]]:
        def make() -> Screen[None]:
            pane: Screen[None] = getattr(import_module(module), name)(self.desk)
            return pane

        return make

    def warm_up(self) -> None:
        for module, _ in PANES.values():
            import_module(module)

    def opened(self, session: Session) -> None:
        from workbench_kit.desk import Desk

        given = vars(self.options)
        self.desk = Desk(session, given.get("tour_until", ""))
        self.prefer(session)
        session.services.questions.heard = True
        session.rank()
        if self.desk.tour:
            self.work(session.follow())
        if notice := given.get("notice", ""):
            self.notify(notice, timeout=20)
        session.subscribe(lambda views: self.call_next(self.case_changed))
        self.work(self.host(session))
        self.told = 0
        self.tell_notices()

    def tell_notices(self) -> None:
        """Say what came up since the last time: a full disk, a file that could not be watched."""
        notices = self.desk.session.notices if self.desk is not None else []
        for notice in notices[self.told :]:
            fault(self, *notice)
        self.told = len(notices)

    def case_changed(self) -> None:
        """Show the case as it stands, where it is in sight."""
        self.company_changed()
        self.tell_notices()

        from workbench_kit.pane import Pane

        base = self.screen_stack[0] if self.screen_stack else None
        if isinstance(base, Pane) and base.is_mounted:
            base.renew()

    def on_start_screen_asked(self, event: StartScreen.Asked) -> None:
        self.work(self.ask(event.repo, event.logs, event.question, event.playbook))

    def on_start_screen_chosen(self, event: StartScreen.Chosen) -> None:
        self.work(self.go_on(event.case))

    async def on_unmount(self) -> None:
        await self.close_case()
