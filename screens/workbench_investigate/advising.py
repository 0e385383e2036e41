"""Asking an agent for causes: what it claims stands among the causes as claimed, and is judged like any other."""

from __future__ import annotations

import asyncio

from workbench_kit.chooser import Choice, Chooser
from workbench_kit.faults import fault
from workbench_kit.trusting import Trusting

from workbench.api import AdviceError
from workbench.case.errors import CommandMissingError, GitError
from workbench.engine.advice import advisers, ask
from workbench.engine.drive import UntrustedError
from workbench.engine.proof.change import NoChangeError


class Advising(Trusting):
    """The part of the pane behind ``ask an agent``."""

    def do_investigate_agent(self) -> None:
        self.when_trusted(lambda: self.work(self._choose_agent()))

    async def _choose_agent(self) -> None:
        found = await asyncio.to_thread(advisers, self.desk.session.services)
        if not found:
            todo = "describe one in a manifest or in workbench.toml: docs/fixers.md says how"
            fault(self.app, "no agent is described here", "nobody was asked", todo)
            return

        def chosen(name: str | None) -> None:
            if name:
                self.desk.session.services.jobs.start(f"agent {name}", self._ask_agent(name))

        choices = [Choice(each.name, f"{each.name}: {each.title}", "", each.distribution) for each in found]
        self.app.push_screen(Chooser("Ask which agent for causes", choices, "⏎ ask   ↑↓ move   esc close"), chosen)

    async def _ask_agent(self, name: str) -> None:
        try:
            causes = await ask(self.desk.session.services, name)
        except (AdviceError, GitError, NoChangeError, UntrustedError, CommandMissingError) as error:
            todo = "@ shows the command that ran; A adds a cause of your own"
            fault(self.app, str(error), "the causes are as they were", todo, title=f"{name} was asked")
            return
        self.app.notify(f"{len(causes)} claimed by {name}, with what stands at the places it cites", timeout=10)
