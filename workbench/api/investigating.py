"""Log sources and analyzers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from workbench.api.host import Host
from workbench.api.steps import Step
from workbench.case.logs import Feed
from workbench.case.model import (
    Change,
    Check,
    DatabaseFacts,
    Deployed,
    Finding,
    Impact,
    Intake,
    LogError,
    MapNode,
    Onset,
    Pattern,
    Upstream,
)
from workbench.case.state import Report


@dataclass(frozen=True, slots=True)
class Subject:
    """What an analyzer is asked about. ``repo`` is the absolute root; ``paths`` maps each file (repository-relative) to
    its blob id; what was reported (``errors`` to ``release``) comes from the analyzers named in ``after``; ``deployed``
    is a revision of git, empty where none is known; ``checks`` are how those analyzers ended. ``inputs`` are what else
    was pointed at, by kind (``profile``, ``metrics``, ``review``); ``intake`` the documents that the case was opened
    from; ``settings`` come from the playbook and ``[plugins.NAME]``. The index holds this tree under ``listing``, for
    an analyzer that comes ``after`` ``index``."""

    question: str
    repo: str
    revision: str
    tree: str
    deployed: str = ""
    listing: str = ""
    since: datetime | None = None
    log_sources: tuple[str, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    errors: tuple[LogError, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    upstreams: tuple[Upstream, ...] = ()
    databases: tuple[DatabaseFacts, ...] = ()
    nodes: tuple[MapNode, ...] = ()
    onset: Onset | None = None
    impact: Impact | None = None
    release: Deployed | None = None
    change_sources: tuple[str, ...] = ()
    database: str = ""
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    intake: tuple[Intake, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


class Analyzer(Protocol):
    """Looks at the case's subject."""

    def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """The steps to run."""
        ...

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """One report of the results; its ``summary`` always says what was checked, also when nothing was found."""
        ...


class LogSource(Protocol):
    """Reads one kind of location."""

    def accepts(self, location: str) -> bool:
        """Whether ``location`` is of this source's grammar."""
        ...

    def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """The steps that fetch it."""
        ...

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The feed; what was not allowed to be seen is in ``denied``."""
        ...
