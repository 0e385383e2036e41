"""The demo incident: a real Django project whose sign-in fails now and then, and the log of the evening it did.

The project's history is kept as patches under ``data/history``, one folder per release; the log was recorded from
releases r411 and r412 running under load (see ``workbench.demo.recorder``). Nothing of the project is imported here.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from workbench.demo.repository import DemoError, write_repository

__all__ = ["DEPLOYED", "QUESTION", "DemoError", "DemoIncident", "write_demo"]

QUESTION = "500s on login, intermittently"
DEPLOYED = "r412"


@dataclass(frozen=True, slots=True)
class DemoIncident:
    """What was written: the repository, the log beside it, what to ask, and the tag that was running."""

    repo: Path
    log: Path
    question: str
    deployed: str | None


def write_demo(directory: Path) -> DemoIncident:
    """Write ``auth-service/`` (a git repository) and ``logs/auth-service.log`` below ``directory``.

    The commits' hashes are the same every time, and the log names one of them. Raises :class:`DemoError` when one of
    the two is there already or git fails.
    """
    repo = directory / "auth-service"
    log = directory / "logs" / "auth-service.log"
    for path in (repo, log):
        if path.exists():
            raise DemoError(f"{path} exists already")
    write_repository(repo)
    log.parent.mkdir(parents=True, exist_ok=True)
    packed = resources.files("workbench.demo").joinpath("data", "auth-service.log.gz")
    log.write_bytes(gzip.decompress(packed.read_bytes()))
    return DemoIncident(repo.resolve(), log.resolve(), QUESTION, DEPLOYED)
