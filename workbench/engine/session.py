"""One open case on one repository: what the screens and the command line talk to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from workbench.analysis.ranking import Ranking
from workbench.analysis.ranking.neighbours import Neighbours
from workbench.analysis.spectrum import Touched
from workbench.case.events import Event
from workbench.case.state import CaseState
from workbench.engine.attending import LiveMonitor
from workbench.engine.databases import TestDatabases
from workbench.engine.gating import LiveGates
from workbench.engine.index import Index
from workbench.engine.investigation import Investigation, Question
from workbench.engine.jobs import Job
from workbench.engine.live import LiveTests
from workbench.engine.live_views import Listener, LiveViews
from workbench.engine.logs.viewing import LiveLog
from workbench.engine.notices import Notice
from workbench.engine.opening import open_services
from workbench.engine.options import Options
from workbench.engine.proposing import LiveProposals
from workbench.engine.proving import LiveProof
from workbench.engine.recording import Recording
from workbench.engine.repo.repository import RepositoryError
from workbench.engine.repo.trees import NO_TREE
from workbench.engine.repo.watch import Changed, Watcher
from workbench.engine.services import Services
from workbench.engine.sharing import SharedRanking, other_commit
from workbench.engine.store.journal import ReadOnlyError
from workbench.engine.together.hosting import Hosting
from workbench.engine.transaction import STAGED
from workbench.engine.views import Views
from workbench.engine.working import WorkingChange

GIT_MOVES = frozenset({"index", "HEAD"})
"""Files of git's own folder that say, when they change, what is staged and checked out."""
MOVED = frozenset({"patch.applied", "patch.undone", "case.facts", "case.question"})
"""Kinds of event after which the files of the repository may be others."""
LOOKED = MOVED | {"test.finished", "proof.finished", "gate.finished", "index.changed", "change.committed"}
"""Kinds of event that tell who joined without the repository to look at the change again."""


class Session(Recording):
    """One case, opened. Lives on one asyncio loop; every method is called there.

    ``tests``, ``change``, ``proof``, ``gates``, ``log`` and ``monitor`` are what is going on; what came of it is in
    ``state``.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.live = LiveViews(services, self._entered)
        self._index = Index(services, self._ranked)
        self._shared = SharedRanking(services, self._ranked)
        self._watcher: Watcher | None = None
        self._brings = False
        self._unsubscribe = services.journal.subscribe(self._journaled)
        self._forget_jobs = services.jobs.subscribe(lambda job: None if job.running else self.live.stir())
        self.tests = LiveTests(services, self.live.stir)
        self.change = WorkingChange(services, self.live.stir)
        self.proof = LiveProof(services, self.live.stir)
        self.proposals = LiveProposals(services, self.change, self.live.stir)
        self.gates = LiveGates(services, self.live.stir)
        self.log = LiveLog(services)
        self.hosting = Hosting(services)
        services.wheel.subscribe(self.live.stir)
        services.questions.subscribe(self.live.stir)
        self.monitor = LiveMonitor(services, self.live.stir)

    @classmethod
    async def open(cls, path: str | Path, options: Options) -> Session:
        """Open the repository at ``path`` on the case of ``options`` or a new one.

        Raises RepositoryError for what cannot be opened, CaseNotFound for a case id that does not exist.
        """
        session = cls(await open_services(Path(path), options))
        todo = "mend that line; workbench doctor lists them all"
        mistakes = session.services.config.mistakes
        session.notices += [Notice(str(each), "it is passed over, the rest holds", todo) for each in mistakes]
        session.notices += other_commit(session.services)
        session._journaled(session.state, [])
        return session

    @property
    def views(self) -> Views:
        """What the panes list of the case."""
        return self.live.views

    @views.setter
    def views(self, views: Views) -> None:
        self.live.views = views

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` on the loop, at most four times a second, when the views changed; gives the way to stop."""
        return self.live.subscribe(listener)

    async def investigate(self, question: Question) -> None:
        """Ask, run every analyzer, and return when the views show all of it.

        Raises ReadOnlyError where nothing is run.
        """
        if why := self.services.wheel.barred:
            raise ReadOnlyError(why)
        await Investigation(self.services, self._index).run(question)
        await self._index.settled()
        await self._shared.publish(self.live.ranking)
        await self.idle()

    async def bring(self, path: str) -> None:
        """Have a file of the repository where its root is, when the case was joined without it."""
        if self.services.options.visit is not None:
            await asyncio.to_thread(self.services.options.visit.bring, path)

    def rank(self) -> None:
        """Rank the files of a case that is opened again, in the background, where its repository is."""
        visit = self.services.options.visit
        if self.state.question and (visit is None or visit.checkout):
            self.services.jobs.start("index", lambda job: self._index.ready(job.progress))

    async def neighbours(self, path: str, line: int) -> Neighbours:
        """Who calls the function around ``line`` of ``path``, and what it calls."""
        return await self._index.neighbours(path, line)

    async def follow(self) -> None:
        """From now on know the change and the gates, and see every file that changes. Calling it again does nothing;
        who joined without the repository has the change brought, again when something happened there."""
        visit = self.services.options.visit
        if visit is not None and not visit.checkout:
            self._brings = True
            self.change.refresh()
        elif self._watcher is None:
            git_dir = self.services.repository.facts.git_dir
            self._watcher = Watcher(self.services.repository, [git_dir] if git_dir is not None else [])
            self._watcher.subscribe(self._saved)
            await self._watcher.start()
            if self._watcher.notice:
                todo = "raise fs.inotify.max_user_watches, then open the case again"
                self.notices.append(Notice(self._watcher.notice, "each run reads the files as they are", todo))
            self.change.refresh()
            await self.gates.look()

    def prove(self, tests: Sequence[str] = (), fix: Sequence[str] = ()) -> Job:
        """Prove the change by ``tests``, or those that it brings; ``fix`` names what cures, PATH or PATH:LINE."""
        return self.proof.start(self.change.base, tests, fix)

    def validate(self, gates: Sequence[str] = (), budget: float | None = None) -> Job:
        """Judge the change by ``gates``, or by all of them; with a ``budget`` in seconds, by what fits into it."""
        return self.gates.start(self.change.base, gates, budget)

    async def idle(self) -> None:
        """Return when no job runs and the views show everything that was journaled."""
        await self.services.jobs.wait_idle()
        await self.live.settled()

    async def close(self) -> None:
        """Stop what runs, write what is left, and let every process go."""
        self._unsubscribe()
        self._forget_jobs()
        if self._watcher is not None:
            await self._watcher.stop()
        await self.hosting.close()
        await self.log.close()
        await self.monitor.close()
        self.services.jobs.cancel_all()
        await self.services.jobs.wait_idle()
        self.live.stop()
        await self.services.wheel.stop()
        await self.services.journal.close()
        databases = TestDatabases(self.services.options.cache, self.services.repository.root)
        await databases.drop(self.services.commands, self.tests.python.path)
        await self.services.commands.close()
        self.services.pool.shutdown(wait=False)
        self.services.feeds.close()

    def _saved(self, changed: Changed) -> None:
        """Files changed; what our own changes of them stage on the way is none of it."""
        paths = sorted(path for path in changed.paths if not path.startswith(STAGED))
        if any(place.name in GIT_MOVES for place in changed.elsewhere):
            self.services.jobs.start("repository", self._moved())
        if paths or changed.rescan:
            self.change.refresh()
            if not self.services.wheel.why_not:
                self.tests.saved(paths)

    async def _moved(self) -> None:
        """The index, or the commit that is checked out, is another."""
        with contextlib.suppress(RepositoryError):
            await self.services.repository.refresh()
        self.change.refresh()

    def _tell_of_store(self) -> None:
        journal = self.services.journal
        if not journal.notice or any(each.what == journal.notice for each in self.notices):
            return
        kept, todo = "all that was recorded is kept", "go on; workbench doctor looks at the data folder"
        if journal.in_memory:
            kept, todo = "what is on screen stays, in memory", "make room there: it is saved again by itself"
        self.notices.append(Notice(journal.notice, kept, todo))

    def _journaled(self, state: CaseState, events: Sequence[Event]) -> None:
        self._tell_of_store()
        visit, kinds = self.services.options.visit, {event.kind for event in events}
        if (visit is None or visit.checkout) and "analysis.finished" in kinds:
            self._index.request()
        elif visit is not None and not kinds.isdisjoint(MOVED):
            self.services.jobs.start("forget", asyncio.to_thread(visit.forget))
        if self._brings and not kinds.isdisjoint(LOOKED):
            self.change.refresh()
        self._shared.seen(state)
        self.live.renew()

    def _ranked(self, ranking: Ranking) -> None:
        self.live.ranking = ranking
        self._journaled(self.state, [])

    def _entered(self) -> Mapping[str, tuple[Touched, ...]]:
        reach = self.tests.reach
        return reach.spectrum.files if self.change.tree in (NO_TREE, reach.spectrum_tree) else {}
