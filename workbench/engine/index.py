"""Keeping the index up to date and the ranking in step with the evidence, both in workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from workbench.analysis.evidence import Told, rank_evidence, told
from workbench.analysis.git_time import git_time
from workbench.analysis.index import put_listing, update
from workbench.analysis.index.schema import DamagedIndexError
from workbench.analysis.ranking import Ranking
from workbench.analysis.ranking.history import Commit
from workbench.analysis.ranking.neighbours import Neighbours, neighbours_chunk
from workbench.api import Chunk
from workbench.case.enums import CheckStatus
from workbench.case.errors import GitError
from workbench.case.model import Boost, Check, LogError
from workbench.case.state import CaseState
from workbench.engine.analyze import skip_analyzer
from workbench.engine.jobs import Job, Progress, unheard
from workbench.engine.repo.index_cache import index_file, prepare, repair
from workbench.engine.repo.objects import index_blobs
from workbench.engine.services import Services
from workbench.engine.views import merged

BATCH = 60
"""Files per chunk of indexing."""

COMMITS = 3000
"""Commits whose messages are compared with the question."""

_LOG = "--format=%x01%H%x02%ct%x02%s"


class Index:
    """The repository's index and the ranking that rests on it. ``ranked`` is called with every new ranking."""

    def __init__(self, services: Services, ranked: Callable[[Ranking], None]) -> None:
        self._services = services
        self._ranked = ranked
        self._paths: Mapping[str, str] = {}
        self._listing = ""
        self._commits: tuple[Commit, ...] = ()
        self._wanted = False
        self._progress: Progress = unheard
        self._ranking: Job | None = None
        self._building = asyncio.Lock()
        facts = services.repository.facts
        self._file = index_file(services.options.cache, facts.common_dir or facts.root)

    @property
    def path(self) -> str:
        """The index file that workers read."""
        return str(self._file)

    async def update(self, paths: Mapping[str, str], told: bool = True, progress: Progress = unheard) -> None:
        """Index what is missing of ``paths`` (file to blob id), then rank. An index that proves damaged on the way is
        thrown away and built anew, once. Unless ``told``, the case's record hears of nothing but that. ``progress``
        gets how many files were read, of how many."""
        self._paths, self._progress = paths, progress
        await self._update(await asyncio.to_thread(prepare, self._file), told)

    async def _update(self, notice: str, told: bool = True) -> None:
        async with self._building:
            try:
                summary = await self._index()
            except DamagedIndexError:
                notice = await asyncio.to_thread(repair, self._file)
                summary = await self._index()
        if told or notice:
            await self._say(CheckStatus.DONE, f"{summary}; {notice}" if notice else summary)
        self.request()

    async def _index(self) -> str:
        """Index what is missing, and say how much that was. Raises DamagedIndexError."""
        pool, root = self._services.pool, str(self._services.repository.root)
        entries = sorted(self._paths.items())
        listing = self._services.journal.state.tree or self._services.journal.state.id
        missing = await pool.run_chunk(Chunk(put_listing, (self.path, listing, entries), 120.0))
        self._listing = listing
        batches = [missing[at : at + BATCH] for at in range(0, len(missing), BATCH)]
        done = 0

        async def one(turn: int, batch: list[tuple[str, str]]) -> list[tuple[str, str]]:
            nonlocal done
            over: list[tuple[str, str]] = await pool.run_chunk(
                Chunk(update, (self.path, root, batch), 120.0), turn=turn
            )
            done += len(batch)
            self._progress(done, len(missing))
            return over

        found = await asyncio.gather(*map(one, range(1, len(batches) + 1), batches))
        left = await self._from_blobs([entry for batch in found for entry in batch])
        self.request()
        self._commits = await self._history()
        summary = f"{len(entries)} files, {len(missing) - len(left)} read anew"
        skipped = self._services.repository.listing.skipped
        if left or skipped:
            summary += f"; left out: {len(left) + len(skipped)} ({_reasons(skipped)})"
        return summary

    async def _say(self, status: CheckStatus, summary: str) -> None:
        if not self._services.journal.readonly_reason:
            await skip_analyzer(Check("index", status, summary), self._services.journal)

    async def _from_blobs(self, entries: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Index what stands otherwise on disk (line ends, filters) from git's own objects; gives what is left."""
        facts = self._services.repository.facts
        if not entries or facts.common_dir is None:
            return entries
        args = (self.path, str(facts.common_dir), str(facts.root), entries)
        return await self._services.pool.run_chunk(Chunk(index_blobs, args, 120.0))

    async def ready(self, progress: Progress = unheard) -> None:
        """Bring the index up to date and rank, where this session has not done it yet."""
        if not self._listing:
            await self.update(await self._services.repository.files(), told=False, progress=progress)

    async def neighbours(self, path: str, line: int) -> Neighbours:
        """Who calls the function around ``line`` of ``path``, and what it calls.

        Brings the index up to date first where this session has not done it yet.
        """
        await self.ready()
        args = (self.path, self._listing, path, "", line)
        found: list[Neighbours] = await self._services.pool.run_chunk(Chunk(neighbours_chunk, args, 120.0))
        return found[0]

    def request(self) -> None:
        """Rank again, as soon as the ranking under way has ended."""
        self._wanted = True
        if self._listing and self._ranking is None:
            self._ranking = self._services.jobs.start("ranking", self._rank(), on_failure=self._failed)

    async def settled(self) -> None:
        """Return when the ranking rests on everything that was reported."""
        while self._ranking is not None:
            await self._ranking.wait()

    async def _rank(self) -> None:
        mended = False
        try:
            while self._wanted:
                self._wanted = False
                try:
                    self._ranked(await self._ranking_now())
                except DamagedIndexError:
                    if mended:
                        raise
                    mended = True
                    await self._mend()
        finally:
            self._ranking = None

    async def _ranking_now(self) -> Ranking:
        state = self._services.journal.state
        evidence = await asyncio.to_thread(_evidence, state)
        args = (self.path, self._listing, state.question, evidence, self._commits, state.since)
        ranked: list[Ranking] = await self._services.pool.run_chunk(Chunk(rank_evidence, args, 120.0))
        return ranked[0]

    async def _mend(self) -> None:
        """The ranking met damage: build the index anew, unless that is being done; either ends in another request."""
        if self._building.locked():
            async with self._building:
                self._wanted = True
        else:
            await self._update(await asyncio.to_thread(repair, self._file))

    def _failed(self, job: Job) -> None:
        reason = job.error.strip().rsplit("\n", 1)[-1]
        self._services.jobs.start("ranking failure", self._say(CheckStatus.FAILED, f"ranking failed: {reason}"))

    async def _history(self) -> tuple[Commit, ...]:
        try:
            args = ("log", "-z", "--name-only", "--no-renames", _LOG, "-n", str(COMMITS), "HEAD", "--")
            return read_commits(await self._services.repository.git(*args))
        except GitError:
            return ()


def _evidence(state: CaseState) -> tuple[Sequence[Boost], Sequence[LogError], Sequence[Told]]:
    """What a ranking rests on beside the question."""
    report = merged(state)
    return report.boosts, report.errors, told(report.findings)


def _reasons(skipped: Mapping[str, str]) -> str:
    reasons = sorted(set(skipped.values())) or ["changed while they were read"]
    return ", ".join(reasons[:4])


def read_commits(data: bytes) -> tuple[Commit, ...]:
    """Commits of ``git log -z --name-only`` in the form that is asked for here."""
    found: list[Commit] = []
    for record in data.decode("utf-8", "surrogateescape").split("\x01")[1:]:
        head, _, rest = record.partition("\n")
        fields = head.rstrip("\0").split("\x02", 2)
        if len(fields) == 3:
            paths = tuple(path.lstrip("\n") for path in rest.split("\0") if path.strip("\n"))
            found.append((fields[0], fields[2].split("\0")[0], paths, git_time(fields[1])))
    return tuple(found)
