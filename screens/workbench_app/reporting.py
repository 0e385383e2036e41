"""Reports, the phases and the exported case: read on the screen, and written where the person says."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from workbench_kit.faults import fault

from workbench_app.company import Company

if TYPE_CHECKING:
    from workbench.engine.session import Session

REPORTS = (
    ("timeline", "what happened, in order"),
    ("postmortem", "impact, factors, what was done, what is left to do"),
    ("handover", "conditions, actions, needs, for the next on call"),
    ("brief", "for somebody who joins late"),
    ("plan", "how to deploy, roll back and watch"),
    ("pr", "the text of a pull request"),
    ("comments", "what people wrote, by place"),
)
BROWSER = (
    "this is a browser: a file would be written on the machine that serves the case",
    "nothing was written",
    "export there: workbench report, workbench export",
)


class Reporting(Company):
    """The methods behind the commands that give the record away."""

    def do_case_report(self) -> None:
        from workbench_kit.chooser import Choice, Chooser

        choices = [Choice(kind, kind, note=what) for kind, what in REPORTS]

        def chosen(kind: str | None) -> None:
            if kind:
                self.work(self._report(kind))

        self.push_screen(Chooser("Report", choices, "⏎ read   ↑↓ move   esc close"), chosen)

    async def _report(self, kind: str) -> None:
        from workbench_kit.briefing import report_rows
        from workbench_kit.report import Report
        from workbench_kit.text import plain

        from workbench.engine.reports.files import NoReportError, file_text

        assert self.desk is not None
        session = self.desk.session
        state, views, events = session.state, session.views, await session.services.journal.events()

        async def write(name: str) -> None:
            try:
                text = await asyncio.to_thread(file_text, name, kind, state, views, events)
            except NoReportError as error:
                fault(self, str(error), "nothing was written", "mend that and export again", grave=True)
                return
            await self._put(name, "\n".join(map(plain, text.split("\n"))))

        build = await asyncio.to_thread(report_rows, kind, state, views, events)
        self.push_screen(Report(kind.capitalize(), build, self._proposed(session, f"{kind}.md"), write))

    def do_case_export(self) -> None:
        from workbench_kit.dialogs import Prompt

        assert self.desk is not None
        session = self.desk.session

        def written(name: str | None) -> None:
            if name:
                self.work(self._export(session, name))

        title = "Export the case, secrets and e-mail addresses masked, to (workbench import FILE takes it in)"
        self.push_screen(Prompt(title, self._proposed(session, "case.jsonl")), written)

    async def _export(self, session: Session, name: str) -> None:
        from workbench.engine.store.base import StoreError
        from workbench.engine.store.exchange import exported

        case, masked = session.state.id, list[int]()
        try:
            lines = await session.services.journal.at(lambda store: list(exported(case, store, masked.append)))
        except StoreError as error:
            fault(
                self,
                f"not exported: {error}",
                "the case is as it was",
                "export again when the store answers",
                grave=True,
            )
            return
        hidden = f", {masked[0]:,} secrets and e-mail addresses masked" if any(masked) else ""
        await self._put(name, "".join(f"{line}\n" for line in lines), hidden)

    def do_case_phases(self) -> None:
        self.work(self._phases())

    async def _phases(self) -> None:
        from workbench_kit.phases import Phases

        assert self.desk is not None
        session = self.desk.session
        events = session.services.journal.events
        self.push_screen(Phases(await events(), events, session.record))

    @staticmethod
    def _proposed(session: Session, name: str) -> str:
        return f"~/workbench-{session.state.id}-{name}"

    async def _put(self, name: str, text: str, hidden: str = "") -> None:
        """Write a file that is not there yet, and say where it is, or why not."""
        if self.is_web:
            fault(self, *BROWSER)
            return
        path = Path(name).expanduser()
        try:
            await asyncio.to_thread(_create, path, text)
        except OSError as error:
            said = f"{path}: {error.strerror or error}"
            fault(self, said, "nothing was overwritten", "export again, to another path", grave=True)
        else:
            self.notify(f"written: {path.absolute()}{hidden}", timeout=10)


def _create(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", errors="replace") as file:
        file.write(text)
