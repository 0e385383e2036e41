"""What the parts of one session share: each is built once, in session.open."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.engine.config.read import Config
from workbench.engine.drive import Work
from workbench.engine.feeds import Feeds
from workbench.engine.jobs import Jobs
from workbench.engine.options import Options
from workbench.engine.plugins import Plugins
from workbench.engine.process.commands import Commands
from workbench.engine.process.pool import WorkerPool
from workbench.engine.questions import Questions
from workbench.engine.repo.repository import Repository
from workbench.engine.repo.trees import Trees
from workbench.engine.repo.worktrees import Worktrees
from workbench.engine.store.journal import Journal
from workbench.engine.store.library import Library
from workbench.engine.trust import Trust
from workbench.engine.wheel import Wheel


@dataclass(frozen=True)
class Services:
    """The session's collaborators."""

    options: Options
    config: Config
    repository: Repository
    library: Library
    journal: Journal
    pool: WorkerPool
    commands: Commands
    work: Work
    jobs: Jobs
    plugins: Plugins
    feeds: Feeds
    trust: Trust
    trees: Trees | None
    worktrees: Worktrees | None
    wheel: Wheel
    questions: Questions
