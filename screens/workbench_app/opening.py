"""Opening a case: the engine is loaded in a thread, the surroundings are looked at, the question is asked."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from importlib import import_module
from typing import TYPE_CHECKING

from workbench_kit.header import UNASKED
from workbench_kit.start import StartScreen

from workbench_app.preferences import Preferences

if TYPE_CHECKING:
    from workbench.engine.session import Session

FOREIGN = (("r", "read it this once"), ("n", "leave it alone"))


class Opening(Preferences):
    """Sessions come and go here; the panes are told by the app."""

    path: str
    options: Namespace
    opening: asyncio.Lock
    """Held while a case is being opened: who is quicker than the engine waits for it, and nothing is opened twice."""

    async def open_case(self, path: str, case: str = "", foreign: bool = False) -> Session | None:
        """Open ``path`` on ``case`` or a new one, in place of what was open; None, after saying why, when it fails.

        What belongs to another user is opened only with ``foreign``; without, the person is asked.
        """
        start = self.start_screen()
        start.waiting("opening …")
        errors = await asyncio.to_thread(_load)
        from workbench.engine.options import from_arguments
        from workbench.engine.session import Session

        case = case or getattr(self.options, "case", "")
        given = Namespace(**{**vars(self.options), "case": case, "foreign": foreign})
        try:
            session = await Session.open(path, from_arguments(given))
        except errors as error:
            start.tell(str(error), error=True)
            if getattr(error, "problem", "") == "other_owner" and await self.may_read(path, str(error)):
                return await self.open_case(path, case, foreign=True)
            return None
        await self.close_case()
        self.path = path
        self.opened(session)
        self.work(asyncio.to_thread(self.warm_up))
        return session

    async def may_read(self, path: str, why: str) -> bool:
        """Ask whether a repository of another user may be read, this once."""
        from workbench_kit.dialogs import Ask

        text = f"{why}\n\nReading it runs nothing of it, and lasts until you leave."
        return await self.push_screen_wait(Ask("Another user's repository", text, FOREIGN)) == FOREIGN[0][1]

    def warm_up(self) -> None:
        """Import what the panes need, on a thread, so that the first change of pane does not wait for it."""
        raise NotImplementedError

    def opened(self, session: Session) -> None:
        """A case is open: the panes are about it from now on."""
        raise NotImplementedError

    async def close_case(self) -> None:
        """Let go of the case that is open, if there is one."""
        desk, self.desk = self.desk, None
        if desk is not None:
            await desk.session.close()

    def start_screen(self) -> StartScreen:
        """The start screen, in sight or not."""
        screen = self._screen_stacks["start"][0]
        assert isinstance(screen, StartScreen)
        return screen

    def enter(self) -> None:
        """Go to pane 1. With it painted the program stands."""
        self.switch_mode("investigate")
        self.call_after_refresh(self.stands)

    async def begin(self) -> None:
        """What happens after the first paint: open what was asked for, fill the fields, or go straight on."""
        async with self.opening:
            session = await self.open_case(self.path) if self.desk is None else None
        if session is None:
            return
        given = vars(self.options)
        if session.state.question:
            self.enter()
        elif given.get("ask") or given.get("documents"):
            await self.ask(self.path, tuple(given.get("log") or ()), given.get("question") or UNASKED)
        else:
            await self._fill(session)

    async def _fill(self, session: Session) -> None:
        from workbench_app.surroundings import look

        found = await look(session)
        start = self.start_screen()
        start.fill(found.logs, found.note, found.facts)
        start.show_cases(found.cases)

    async def ask(self, repo: str, logs: tuple[str, ...], question: str, playbook: str = "") -> None:
        """Ask ``question`` of the repository ``repo``, and go to pane 1, where the answers come in."""
        if (visit := getattr(self.options, "visit", None)) is not None and visit.barred:
            self.start_screen().tell(visit.barred, error=True)
            return
        async with self.opening:
            session = self.desk.session if self.desk is not None else None
            if session is None or repo != self.path or session.state.question not in ("", question):
                session = await self.open_case(repo)
        if session is None:
            return
        from workbench.engine.investigation import Question

        given = vars(self.options) if repo == self.path else {}
        asked = Question(
            question,
            logs,
            deployed=given.get("deployed", ""),
            change_sources=tuple(given.get("changes", ())),
            database=given.get("db", ""),
            playbook=playbook or given.get("playbook", ""),
            inputs=given.get("inputs", {}),
        )
        if wrong := await self.put(session, asked, given.get("documents", ())):
            self.switch_mode("start")
            self.start_screen().tell(wrong, error=True)

    async def go_on(self, case: str) -> None:
        """Go on with a recent case."""
        from workbench_app.surroundings import repository_of

        async with self.opening:
            session = self.desk.session if self.desk is not None else None
            repo = await repository_of(session, case) if session is not None else ""
            found = await self.open_case(repo, case) if repo else None
        if found is not None:
            self.enter()


def _load() -> tuple[type[Exception], ...]:
    """Import the engine; gives the errors that opening a case may raise."""
    repository = import_module("workbench.engine.repo.repository")
    library = import_module("workbench.engine.store.library")
    base = import_module("workbench.engine.store.base")
    import_module("workbench.engine.session")
    return repository.RepositoryError, library.CaseNotFoundError, base.StoreError
