"""Building what a session shares."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from workbench.api import Command
from workbench.case.errors import GitError
from workbench.case.events import new_event
from workbench.engine.config.read import load
from workbench.engine.described.registry import plugins_of
from workbench.engine.drive import Work
from workbench.engine.feeds import Feeds
from workbench.engine.jobs import Jobs
from workbench.engine.options import Options
from workbench.engine.process.cluster import pool_of
from workbench.engine.process.commands import Commands
from workbench.engine.questions import Questions
from workbench.engine.repo.repository import Repository
from workbench.engine.repo.trees import NO_TREE, Trees
from workbench.engine.repo.worktrees import Worktrees
from workbench.engine.services import Services
from workbench.engine.store.base import StoreError
from workbench.engine.store.journal import Journal
from workbench.engine.store.library import library_of
from workbench.engine.trust import Trust
from workbench.engine.wheel import Wheel


async def open_services(path: Path, options: Options) -> Services:
    """Open the repository and the case. Raises RepositoryError and CaseNotFoundError."""
    visit = options.visit
    options = replace(options, actor=visit.name) if visit else options
    library = library_of(options)
    case = await asyncio.to_thread(library.find, options.case) if options.case else ""
    repository = await Repository.open(path, other_owner=options.trust or options.foreign)
    trees = Trees(repository.facts, options.cache) if repository.is_git else None
    ident = case or await asyncio.to_thread(library.new_id)
    readonly = "opened read-only" if options.readonly and case else visit.readonly if visit else ""
    journal = await Journal.open(
        lambda: library.store(ident), readonly, lambda wake: library.follow(ident, wake), tends=visit is None
    )
    advisory = not options.store and visit is None
    wheel = Wheel(journal, options.actor, advisory, barred=visit.barred if visit else "")
    trust = Trust(options.data)
    commands = Commands(str(repository.root))
    pool = pool_of(options.jobs, options.memory)

    def trusted(command: Command) -> bool:
        return not options.readonly and not wheel.why_not and (options.trust or trust.is_trusted(repository.root))

    work = Work(pool, commands, trusted)
    config = await asyncio.to_thread(load, repository.root, options.config)
    plugins = plugins_of(repository.root, config, options.safe)
    services = Services(
        options=options,
        config=config,
        repository=repository,
        library=library,
        journal=journal,
        pool=pool,
        commands=commands,
        work=work,
        jobs=Jobs(),
        plugins=plugins,
        feeds=Feeds(plugins, work, repository.root, options.cache),
        trust=trust,
        trees=trees,
        worktrees=Worktrees(repository.facts, trees, options.cache) if trees else None,
        wheel=wheel,
        questions=Questions(lambda: wheel.why_not),
    )
    if not journal.state.id:
        await _begin(services, ident)
    await wheel.start()
    return services


async def _begin(services: Services, case: str) -> None:
    repository = services.repository
    opened = {"case": case, "repo": str(repository.root), "base": repository.facts.head}
    opened["tree"] = await working_tree(services)
    await services.journal.append(new_event("case.opened", services.options.actor, opened))
    try:
        await asyncio.to_thread(services.library.touch, services.journal.state)
    except StoreError as error:
        services.journal.notice = services.journal.notice or str(error)


async def working_tree(services: Services) -> str:
    """The tree hash of the files as they are now; empty where git cannot tell."""
    if services.trees is None:
        return NO_TREE
    try:
        return await asyncio.to_thread(services.trees.working)
    except (GitError, OSError):
        return NO_TREE
