"""Playing an incident: the repository's own code runs in a process of its own and writes the log."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import RepoBuilder
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session


@dataclass(frozen=True)
class Incident:
    """A repository, the log that its code wrote, the question; ``said`` is what the run printed."""

    repo: Path
    log: Path
    question: str
    said: str


def play(repo: RepoBuilder, traffic: str, log: Path, question: str) -> Incident:
    """Run ``traffic`` with the repository's root, this folder and the log as its arguments."""
    here = str(Path(__file__).parent)
    argv = [sys.executable, "-B", "-c", traffic, str(repo.path), here, str(log)]
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=600)
    return Incident(repo.path, log, question, done.stdout.strip())


@asynccontextmanager
async def investigated(incident: Incident, folder: Path, **more: object) -> AsyncIterator[Session]:
    """A session that has asked the incident's question; ``more`` goes into the question."""
    session = await Session.open(incident.repo, from_arguments(Namespace(store=str(folder / "store"), jobs=2)))
    try:
        await session.investigate(Question(incident.question, (str(incident.log),), **more))
        yield session
    finally:
        await session.close()
