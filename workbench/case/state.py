"""The case as it stands: what folding its journal gives. Frozen; every change makes a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple

from workbench.case.code import Boost, Check, Debt, Finding, MapEdge, MapNode
from workbench.case.enums import TriageState
from workbench.case.grouping import Grouping
from workbench.case.intake import Intake
from workbench.case.logs import Change, Impact, LogError, Onset, Pattern, SourceFacts
from workbench.case.metrics import Series
from workbench.case.outside import DatabaseFacts, Deployed, Upstream
from workbench.case.plan import Monitored, Plan
from workbench.case.work import Approval, GateResult, Hypothesis, Proof, Proposal, TestRun

FOLD_VERSION = 19
"""Raised whenever the fold or a state type changes; a snapshot of another version is rebuilt."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an analyzer run gave (or a batch of it).

    Batches of one run add up; ``summary`` is the line of what was checked. A ``provisional`` batch (what a sample says)
    gives way to the next one.
    """

    summary: str = ""
    findings: tuple[Finding, ...] = ()
    boosts: tuple[Boost, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    errors: tuple[LogError, ...] = ()
    changes: tuple[Change, ...] = ()
    nodes: tuple[MapNode, ...] = ()
    edges: tuple[MapEdge, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    sources: tuple[SourceFacts, ...] = ()
    series: tuple[Series, ...] = ()
    onset: Onset | None = None
    impact: Impact | None = None
    deployed: Deployed | None = None
    upstreams: tuple[Upstream, ...] = ()
    databases: tuple[DatabaseFacts, ...] = ()
    debt: tuple[Debt, ...] = ()
    provisional: bool = False

    def plus(self, other: Report) -> Report:
        """Both batches in one report; single-valued parts and the summary are the later one's where it has them."""
        if self.provisional:
            return other
        made: dict[str, Any] = {}
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            made[each.name] = mine + theirs if isinstance(mine, tuple) else theirs or mine
        made["provisional"] = other.provisional
        return Report(**made)


@dataclass(frozen=True, slots=True)
class AnalyzerRun:
    """One run of one analyzer, on one tree: its report so far, its check line, the process that runs it, and how many
    secrets were masked in what it reported."""

    run: str
    analyzer: str
    tree: str
    report: Report
    check: Check
    owner: str = ""
    masked: int = 0


@dataclass(frozen=True, slots=True)
class Triage:
    """A judgement of a problem, by fingerprint: who, when, why; ``link`` names a case or ticket when known.

    ``rate`` (events per hour) and ``kinds`` are what the problem was like then; ``case`` is where it was judged.
    """

    state: TriageState
    by: str
    at: datetime
    reason: str = ""
    link: str = ""
    rate: float | None = None
    kinds: tuple[str, ...] = ()
    case: str = ""


class Entry(NamedTuple):
    """One line of the timeline: an event told to a person. ``ref`` cites what it speaks of.

    A named tuple, since a long case has a hundred thousand of them, and they are made five times as quickly.
    """

    id: str
    seq: int
    at: datetime
    actor: str
    kind: str
    text: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """Evidence that a person pinned: its text as it was, and where it stands."""

    id: str
    text: str
    by: str
    at: datetime
    path: str = ""
    line: int = 0
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person wrote at a place; ``line`` is 1-based, 0 for no line in particular."""

    id: str
    text: str
    by: str
    at: datetime
    path: str = ""
    line: int = 0
    ref: str = ""


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """What a person changed of the plan: ``item`` is a step, a trigger or the roll-back, ``part`` what of it."""

    item: str
    part: str
    value: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PatchRecord:
    """An applied change set: ``snapshot`` and ``patch`` are vault hashes; ``undone`` says whether it was taken back."""

    id: str
    title: str
    paths: tuple[str, ...]
    snapshot: str
    patch: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class CaseState:
    """Everything a case knows, in the words of the design. ``masked`` is how many secrets were masked before they were
    recorded.

    Mappings keep insertion order and are never changed in place.
    """

    id: str = ""
    seq: int = 0
    question: str = ""
    repo: str = ""
    base: str = ""
    deployed: str = ""
    tree: str = ""
    opened_at: datetime | None = None
    log_sources: tuple[str, ...] = ()
    since: datetime | None = None
    playbook: str = "bug"
    change_sources: tuple[str, ...] = ()
    database: str = ""
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    intake: tuple[Intake, ...] = ()
    finished: Mapping[str, AnalyzerRun] = field(default_factory=dict)
    running: Mapping[str, AnalyzerRun] = field(default_factory=dict)
    triage: Mapping[str, Triage] = field(default_factory=dict)
    groupings: tuple[Grouping, ...] = ()
    causes: Mapping[str, Hypothesis] = field(default_factory=dict)
    pins: tuple[Pin, ...] = ()
    comments: tuple[Comment, ...] = ()
    test_runs: tuple[TestRun, ...] = ()
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    patches: Mapping[str, PatchRecord] = field(default_factory=dict)
    gates: Mapping[str, GateResult] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    phases: Mapping[str, datetime] = field(default_factory=dict)
    plan: Plan | None = None
    plan_edits: tuple[PlanEdit, ...] = ()
    monitors: tuple[Monitored, ...] = ()
    stars: tuple[str, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)
    driver: str = ""
    ranked: str = ""
    masked: int = 0
    timeline: tuple[Entry, ...] = ()
