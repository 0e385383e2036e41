"""Asking again with more: another playbook, documents that are taken over, profiles and metrics that are pointed at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench_kit.faults import fault
from workbench_kit.header import UNASKED

from workbench_app.answering import Answering

if TYPE_CHECKING:
    from workbench.engine.investigation import Question
    from workbench.engine.session import Session

KINDS = (
    ("profile", "a profile, or a good and a bad one: GOOD,BAD"),
    ("metrics", "metrics: http://HOST:9090?query=EXPR, a saved query_range JSON, a CSV"),
    ("review", "review comments: a file of GitHub's JSON"),
)
"""Inputs that the palette can point at, and what is typed for each."""


class Asking(Answering):
    """The methods behind the commands that ask again with more."""

    async def put(self, session: Session, question: Question, documents: Sequence[str] = ()) -> str:
        """Ask ``question`` with what ``documents`` say. Gives what went wrong, the empty string when nothing did."""
        from workbench.analysis.intake.read import IntakeError
        from workbench.analysis.playbooks import PlaybookError
        from workbench.engine.intake import taken_over

        if documents and question.text == UNASKED:
            question = replace(question, text="")
        try:
            question = await taken_over(session.services, question, documents)
            self.enter()
            await session.investigate(question)
        except (IntakeError, PlaybookError) as error:
            return str(error)
        return ""

    def enter(self) -> None:
        """Go to pane 1, where the answers come in."""
        raise NotImplementedError

    def do_case_playbook(self) -> None:
        self.work(self._choose_playbook())

    async def _choose_playbook(self) -> None:
        from workbench_kit.chooser import Choice, Chooser

        from workbench.engine.consent import may_execute
        from workbench.engine.playbooks import playbooks

        assert self.desk is not None
        services, now = self.desk.session.services, self.desk.state.playbook
        trusted = await may_execute(services)
        found, wrong = await asyncio.to_thread(playbooks, services.repository.root, trusted)
        choices = [
            Choice(
                name,
                f"{name}: {book.title}",
                "●" if name == now else "",
                "" if book.origin == "built in" else book.origin,
            )
            for name, book in sorted(found.items())
        ]

        def chosen(name: str | None) -> None:
            if name:
                self._again(playbook=name)

        for text in wrong:
            fault(self, text, "the other playbooks are offered", "mend that file and open the list again")
        self.push_screen(Chooser("Playbook: ask the same with", choices, "⏎ ask again   ↑↓ move   esc close"), chosen)

    def do_case_take_over(self) -> None:
        from workbench_kit.dialogs import Prompt

        def pointed(path: str | None) -> None:
            if path:
                self.work(self._take_over(path))

        self.push_screen(Prompt("Take over an alert, ticket, error report or trace: a file"), pointed)

    async def _take_over(self, path: str) -> None:
        from workbench.engine.investigation import asked_before

        assert self.desk is not None
        if wrong := await self.put(self.desk.session, asked_before(self.desk.state), [path]):
            fault(self, wrong, "the case is as it was", "give a file that can be read", grave=True)

    def do_case_point(self) -> None:
        from workbench_kit.chooser import Choice, Chooser
        from workbench_kit.dialogs import Prompt

        def chosen(kind: str | None) -> None:
            if kind:
                self.push_screen(Prompt(dict(KINDS)[kind]), lambda where: pointed(kind, where))

        def pointed(kind: str, where: str | None) -> None:
            if where and self.desk is not None:
                given = self.desk.state.inputs
                self._again(inputs={**given, kind: (*given.get(kind, ()), where)})

        choices = [Choice(kind, text) for kind, text in KINDS]
        self.push_screen(Chooser("Point at", choices, "⏎ choose   ↑↓ move   esc close"), chosen)

    def do_case_taken(self) -> None:
        from workbench_kit.taken import taken_rows

        assert self.desk is not None
        self.read("Taken over", taken_rows(self.desk.state.intake), "this case was not opened from a document")

    def _again(self, **more: object) -> None:
        self.work(self._ask_again(more))

    async def _ask_again(self, more: dict[str, object]) -> None:
        from workbench.engine.investigation import Question, asked_before

        assert self.desk is not None
        before = asked_before(self.desk.state)
        question = Question(**{**{name: getattr(before, name) for name in Question.__slots__}, **more})
        if wrong := await self.put(self.desk.session, question):
            fault(self, wrong, "the case is as it was", "mend that and ask again", grave=True)
