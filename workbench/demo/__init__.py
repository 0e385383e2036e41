"""The demo incident: a real Django project whose sign-in fails now and then, and the log of the evening it did.

The project's history is kept as patches under ``data/history``, one folder per release; the log was recorded from
releases r411 and r412 running under load (see ``workbench.demo.recorder``). Nothing of the project is imported here.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from workbench.demo.again import changed, is_demo
from workbench.demo.repository import DemoError, write_repository

__all__ = ["DEPLOYED", "QUESTION", "DemoError", "DemoIncident", "open_demo", "write_demo"]

QUESTION = "500s on login, intermittently"
DEPLOYED = "r412"


@dataclass(frozen=True, slots=True)
class DemoIncident:
    """What was written: the repository, the log beside it, what to ask, and the tag that was running.

    ``again`` when it was there already; then ``kept`` says what its user has changed since.
    """

    repo: Path
    log: Path
    question: str
    deployed: str | None
    again: bool = False
    kept: tuple[str, ...] = ()


def write_demo(directory: Path) -> DemoIncident:
    """Write ``auth-service/`` (a git repository) and ``logs/auth-service.log`` below ``directory``.

    The commits' hashes are the same every time, and the log names one of them. A demo that was interrupted leaves
    nothing under these names. Raises :class:`DemoError` when one of the two is there already or git fails.
    """
    repo, log = _places(directory)
    for path in (repo, log):
        if path.exists():
            raise DemoError(f"{path} exists already")
    with _unfinished(directory) as half:
        write_repository(half)
        half.rename(repo)
    _write_log(log)
    return DemoIncident(repo.resolve(), log.resolve(), QUESTION, DEPLOYED)


def open_demo(directory: Path) -> DemoIncident:
    """The demo below ``directory``: as it was left when it is there, else a new one. No work of its user is lost, and
    of two who open it at once for the first time one writes it.

    Raises :class:`DemoError` when something else is in its place, or git fails.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _alone(directory):
        return _opened(directory)


def _opened(directory: Path) -> DemoIncident:
    repo, log = _places(directory)
    if not repo.exists():
        if not log.exists():
            return write_demo(directory)
        raise DemoError(f"{log} exists already, and no demo beside it")
    if not is_demo(repo):
        raise DemoError(f"{repo} exists already and is not the demo")
    if not log.exists():
        _write_log(log)
    return DemoIncident(repo.resolve(), log.resolve(), QUESTION, DEPLOYED, True, changed(repo))


def _places(directory: Path) -> tuple[Path, Path]:
    return directory / "auth-service", directory / "logs" / "auth-service.log"


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One at a time, where the file system can lock a folder."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


@contextmanager
def _unfinished(directory: Path) -> Iterator[Path]:
    """A folder in ``directory`` to write the repository into; whatever is left there in the end is removed."""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=directory) as folder:
        yield Path(folder, "auth-service")


def _write_log(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    packed = resources.files("workbench.demo").joinpath("data", "auth-service.log.gz")
    half = log.with_name(f"{log.name}.writing")
    half.write_bytes(gzip.decompress(packed.read_bytes()))
    half.rename(log)
