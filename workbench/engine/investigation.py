"""One investigation: list the files, bring the index up to date, run every analyzer as its evidence comes in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from workbench.api import Subject
from workbench.case.codec import encode
from workbench.case.enums import CheckStatus, PluginKind
from workbench.case.events import new_event
from workbench.case.model import Check, Intake
from workbench.case.playbook import Playbook
from workbench.case.state import CaseState
from workbench.engine.analyze import AnalyzerJob, run_analyzer, skip_analyzer
from workbench.engine.consent import may_execute
from workbench.engine.drive import Work
from workbench.engine.host import EngineHost
from workbench.engine.index import Index
from workbench.engine.jobs import Job
from workbench.engine.logs.sources import lasting
from workbench.engine.playbooks import choose, find_playbook
from workbench.engine.plugins import Registered, missing
from workbench.engine.services import Services
from workbench.engine.views import merged

ANALYZER_LIMIT = 600.0
"""Seconds in which a step of an analyzer must end: gigabytes take longer than that in all."""


DEFAULT = "bug"
"""The playbook where none is chosen."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``log_sources`` are locations in the grammar of the log sources, ``inputs`` what else is pointed
    at by kind (``profile``, ``metrics``, ``review``), ``intake`` the documents that it was taken from. Without a
    ``playbook`` it is the one of the settings."""

    text: str
    log_sources: tuple[str, ...] = ()
    since: datetime | None = None
    deployed: str = ""
    playbook: str = ""
    change_sources: tuple[str, ...] = ()
    database: str = ""
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    intake: tuple[Intake, ...] = ()


def asked_before(state: CaseState) -> Question:
    """The question of the case as it was asked last, to be asked again with more."""
    return Question(
        state.question,
        state.log_sources,
        state.since,
        state.deployed,
        state.playbook,
        state.change_sources,
        state.database,
        state.inputs,
        state.intake,
    )


class Investigation:
    """Runs the analyzers for one question; ``after`` is waited for, an analyzer that is absent is a check line."""

    def __init__(self, services: Services, index: Index) -> None:
        self._services = services
        self._index = index
        self._ended: dict[str, asyncio.Event] = {}

    async def run(self, question: Question) -> None:
        """Ask, and return when every analyzer has ended.

        Raises PlaybookError before anything is asked; after that only journal failures and cancellation rise.
        """
        services = self._services
        name = question.playbook or str(services.config.get("playbook") or DEFAULT)
        question = replace(question, playbook=name)
        trusted = await may_execute(services)
        playbook = await asyncio.to_thread(find_playbook, name, services.repository.root, trusted)
        await services.journal.append(new_event("case.question", services.options.actor, _asked(question)))
        services.feeds.refresh()
        paths = await services.repository.files()
        self._ended = {"index": asyncio.Event()}
        indexing = services.jobs.start("index", lambda job: self._indexed(paths, job), on_failure=self._index_failed)
        known = await asyncio.to_thread(services.plugins.of, PluginKind.ANALYZER)
        analyzers = choose(known, playbook.analyzers)
        await self._say(playbook, known, analyzers)
        await self._say_broken()
        self._ended |= {plugin.name: asyncio.Event() for plugin in analyzers}
        jobs = [services.jobs.start(each.name, partial(self._one, each, paths, playbook)) for each in analyzers]
        await asyncio.gather(*(job.wait() for job in (indexing, *jobs)))

    async def _indexed(self, paths: Mapping[str, str], job: Job) -> None:
        try:
            await self._index.update(paths, progress=job.progress)
        finally:
            self._ended["index"].set()

    def _index_failed(self, job: Job) -> None:
        reason = job.error.strip().rsplit("\n", 1)[-1]
        check = Check("index", CheckStatus.FAILED, f"failed: {reason}", job.seconds, job.error)
        self._services.jobs.start("index failure", skip_analyzer(check, self._services.journal))

    async def _say(self, playbook: Playbook, known: Sequence[Registered], chosen: Sequence[Registered]) -> None:
        """One line of what this playbook leaves out, where it leaves out something."""
        out = sorted({plugin.name for plugin in known} - {plugin.name for plugin in chosen})
        if out or playbook.name != DEFAULT:
            left = f"leaves out {', '.join(out)}" if out else "leaves nothing out"
            check = Check("playbook", CheckStatus.DONE, f"{playbook.name} ({playbook.origin}): {left}")
            await skip_analyzer(check, self._services.journal)

    async def _say_broken(self) -> None:
        """A line for every package of plugins that could not be loaded."""
        for package in self._services.plugins.packages():
            if package.error:
                why = package.error.strip().rsplit("\n", 1)[-1]
                check = Check(package.name, CheckStatus.FAILED, f"could not be loaded: {why}", error=package.error)
                await skip_analyzer(check, self._services.journal)

    async def _one(self, plugin: Registered, paths: Mapping[str, str], playbook: Playbook, job: Job) -> None:
        services = self._services
        try:
            for name in plugin.after:
                if name in self._ended:
                    await self._ended[name].wait()
            absent = missing(plugin.needs, services.repository.root, _given(services.journal.state))
            if absent:
                check = Check(plugin.name, CheckStatus.NOT_AVAILABLE, f"not available: {', '.join(absent)}")
                await skip_analyzer(check, services.journal)
                return
            repository, index, ask = services.repository, self._index.path, services.questions.ask

            def hosted(work: Work) -> EngineHost:
                return EngineHost(repository, work, index, job.progress, ask, services.feeds)

            state, root = services.journal.state, services.repository.root
            subject = await asyncio.to_thread(subject_of, state, root, paths, plugin.after)
            subject = replace(subject, settings={**_settings(playbook), **self._settings(plugin.name)})
            await run_analyzer(AnalyzerJob(plugin, subject, hosted, ANALYZER_LIMIT), services.work, services.journal)
        finally:
            self._ended[plugin.name].set()

    def _settings(self, name: str) -> Mapping[str, Any]:
        """What is set for an analyzer; a flag before the files of settings."""
        own: Mapping[str, Any] = self._services.config.get(f"plugins.{name}", {})
        given = self._services.options.sarif
        return {**own, "files": given} if name == "sarif" and given else own


def subject_of(state: CaseState, root: Path, paths: Mapping[str, str], after: Sequence[str]) -> Subject:
    """What an analyzer is asked about: the case, and what the analyzers named in ``after`` reported."""
    seen = {name: run for name, run in state.finished.items() if name in after}
    report = merged(replace(state, finished=seen, running={}))
    return Subject(
        question=state.question,
        repo=str(root),
        revision=state.base,
        tree=state.tree,
        listing=state.tree or state.id,
        deployed=state.deployed or (report.deployed.commit if report.deployed else ""),
        since=state.since,
        log_sources=state.log_sources,
        paths=paths,
        checks=tuple(run.check for run in seen.values()),
        errors=report.errors,
        patterns=report.patterns,
        changes=report.changes,
        findings=report.findings,
        upstreams=report.upstreams,
        databases=report.databases,
        nodes=report.nodes,
        onset=report.onset,
        impact=report.impact,
        release=report.deployed,
        change_sources=state.change_sources,
        database=state.database,
        inputs=state.inputs,
        intake=state.intake,
    )


def _asked(question: Question) -> dict[str, object]:
    return {
        "question": question.text,
        "log_sources": [*map(lasting, question.log_sources)],
        "since": encode(question.since),
        "deployed": question.deployed,
        "playbook": question.playbook,
        "change_sources": list(question.change_sources),
        "database": question.database,
        "inputs": encode(question.inputs),
        "intake": encode(question.intake),
    }


def _given(state: CaseState) -> frozenset[str]:
    """The kinds of input that the question brings; what was taken over from documents counts as ``from``."""
    given = {kind for kind, what in state.inputs.items() if what}
    return frozenset(given | {"from"} if state.intake else given)


def _settings(playbook: Playbook) -> dict[str, Any]:
    return {"playbook": playbook.name, "rule_packs": playbook.packs, "rules": playbook.rules}
