"""What the keys that work everywhere do: panes, help, palette, theme, back and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.notifications import SeverityLevel
from workbench_kit.commands import Command, Where, written
from workbench_kit.dispatch import carry_out, offered, reason
from workbench_kit.keymap import COMMANDS
from workbench_kit.keymaps import keyed
from workbench_kit.text import plain
from workbench_kit.theme import themes

from workbench_app.ordered import Ordered

if TYPE_CHECKING:
    from workbench_kit.desk import Desk

PANES = ("investigate", "fix", "validate")


class Actions(Ordered):
    """The methods behind the commands ``app.*``."""

    desk: Desk | None = None

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something for a while, as plain text wherever it came from; what still stands is not said twice."""
        text, title = "\n".join(map(plain, message.split("\n"))), plain(title)
        for said in [each for each in self._notifications if (each.message, each.title) == (text, title)]:
            self._unnotify(said, refresh=False)
        super().notify(text, title=title, severity=severity, timeout=timeout, markup=False)

    async def action_command(self, name: str) -> None:
        """Carry out the command named ``name``, or say why not."""
        await carry_out(self, name)

    async def action_quit(self) -> None:
        self.do_app_quit()

    def action_help_quit(self) -> None:
        self.notify("ctrl+q leaves Workbench; the case is kept")

    def why_not(self, command: str) -> str:
        """Why a command cannot be carried out now; empty when it can."""
        name = command.removeprefix("app.")
        if self.desk is None and (name in (*PANES, "timeline", "ran", "ask", "jobs") or command.startswith("case.")):
            return "no case is open yet: Enter on the question opens one"
        if name == "jobs" and self.desk is not None and self.desk.session.services.jobs.idle:
            return "nothing runs"
        asking = self.desk is not None and self.desk.session.services.questions.waiting
        return "nobody is asking" if name == "answer" and not asking else ""

    def do_app_investigate(self) -> None:
        self.switch_mode("investigate")

    def do_app_fix(self) -> None:
        self.switch_mode("fix")

    def do_app_validate(self) -> None:
        self.switch_mode("validate")

    def do_app_ask(self) -> None:
        self.switch_mode("start")

    def do_app_redraw(self) -> None:
        if (redraw := getattr(self._driver, "redraw", None)) is not None:
            redraw()
        self.screen.refresh(layout=True)

    def do_app_help(self) -> None:
        self._choose("Help", [(command, reason(self, command)) for command in COMMANDS], headed=True)

    def do_app_palette(self) -> None:
        self._choose("Commands", [(command, "") for command in offered(self)], headed=False)

    def _choose(self, title: str, commands: list[tuple[Command, str]], headed: bool) -> None:
        from workbench_kit.chooser import Choice, Chooser

        choices: list[Choice] = []
        place: Where | None = None
        for known, why in commands:
            command = keyed(self, known)
            if headed and command.where is not place:
                place = command.where
                choices.append(Choice("", str(place)))
            choices.append(Choice(command.id, command.help, written(command.keys), why))

        async def run(name: str | None) -> None:
            if name:
                await carry_out(self, name)

        self.push_screen(Chooser(title, choices), run)

    def do_app_theme(self) -> None:
        names = [theme.name for theme in themes()]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]
        self.notify(f"theme: {self.theme}", timeout=2)

    def do_app_back(self) -> None:
        back: Any = getattr(self.screen, "go_back", None)
        if back is not None and back():
            return
        if self.current_mode == "start" and self.desk is not None and self.desk.state.question:
            self.switch_mode("investigate")
        else:
            self.do_app_quit()

    def do_app_quit(self) -> None:
        from workbench_kit.dialogs import Ask

        jobs = sum(job.running for job in self.desk.session.services.jobs.all) if self.desk is not None else 0
        running = (
            "1 job is running and will be stopped. " if jobs == 1 else f"{jobs} jobs are running and will be stopped. "
        )
        text = f"{running if jobs else ''}The case is kept."
        self.push_screen(Ask("Leave?", text, [("y", "leave"), ("n", "stay")]), self._leave)

    def _leave(self, answer: str | None) -> None:
        if answer == "leave":
            self.exit(0)
