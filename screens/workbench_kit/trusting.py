"""Asking once before code of the repository runs; the question shows the commands, the answer is kept."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from workbench_kit.dialogs import Ask
from workbench_kit.faults import fault
from workbench_kit.pane import Pane

TRUST = "trust it"
_TEXT = """Running its tests executes code of this repository as you:

{commands}

The answer is kept for this repository, and asked for again when a command that it defines changes."""

_FILLED = re.compile(r"[\w./=-]*(\{\w+\}[\w./=:-]*)+")


class Trusting(Pane):
    """A pane that runs things."""

    def when_trusted(self, do: Callable[[], object]) -> None:
        """Do it if the repository is trusted, or when the person says so now; otherwise nothing runs."""
        self.work(self._when_trusted(do))

    async def _when_trusted(self, do: Callable[[], object]) -> None:
        from workbench.engine.consent import may_execute, what_would_run

        services = self.desk.session.services
        if why := services.wheel.why_not:
            todo = "do it where the repository is" if services.wheel.barred else "do it again once you have the wheel"
            fault(self.app, why, "nothing was run", todo)
            return
        if await may_execute(services):
            do()
            return
        shown = await what_would_run(services)

        def answered(answer: str | None) -> None:
            if answer == TRUST:
                self.work(self._grant(shown, do))
            else:
                todo = "do it again and answer y, once you have read the commands"
                fault(self.app, "this repository is not trusted", "nothing was run", todo, timeout=6)

        text = _TEXT.format(commands="\n".join(f"  {_shown(argv)}" for argv in shown))
        if any("{" in word for argv in shown for word in argv):
            text += "\n\nWhat stands in { } is filled in by then."
        self.app.push_screen(Ask("Trust this repository?", text, [("y", TRUST), ("n", "run nothing")]), answered)

    async def _grant(self, shown: tuple[tuple[str, ...], ...], do: Callable[[], object]) -> None:
        from workbench.engine.consent import grant

        await grant(self.desk.session.services, shown)
        do()

    def do_case_trust(self) -> None:
        self.when_trusted(lambda: self.app.notify("this repository is trusted"))


def _shown(argv: tuple[str, ...]) -> str:
    """A command as a person reads it: what is filled in later stands as it is written, without a shell's quotes."""
    return " ".join(word if _FILLED.fullmatch(word) else shlex.quote(word) for word in argv)
