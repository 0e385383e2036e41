"""Hypothesis strategies: any value type of the case from its annotations, and journals that tell a story."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from workbench.case import code, logs, plan, state, testing, work
from workbench.case.codec import encode
from workbench.case.enums import CheckStatus, TriageState
from workbench.case.events import KINDS, Event
from workbench.case.model import (
    Check,
    Finding,
    GateResult,
    Hypothesis,
    Impact,
    LogError,
    Onset,
    Proof,
    Proposal,
    TestRun,
)
from workbench.case.state import PatchRecord, Report

TEXT = st.text(max_size=6)
TIMES = st.integers(0, 4_000_000_000_000_000).map(
    lambda n: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=n)
)

HEADERS = (r"(?P<time>\S+) ", r"\[(?P<level>\w+)\] (?P<name>\S+)> ")

VALUE_TYPES: list[type] = [
    value
    for module in (code, logs, work, testing, plan, state)
    for value in vars(module).values()
    if isinstance(value, type) and value.__module__ == module.__name__
    if dataclasses.is_dataclass(value) or hasattr(value, "_fields")
]


@cache
def values(annotation: Any) -> SearchStrategy[Any]:
    """Values of a type, small enough to make many."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([st.none() if part is type(None) else values(part) for part in arguments])
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if hasattr(annotation, "_fields"):
        return st.builds(annotation, **{name: values(hint) for name, hint in typing.get_type_hints(annotation).items()})
    if origin is tuple:
        return st.tuples(*map(values, arguments))
    if origin in (dict, Mapping):
        return st.dictionaries(TEXT, values(arguments[1]), max_size=2)
    if annotation is logs.LogFormat:  # it refuses what is no header, no layout of times
        return st.builds(annotation, st.sampled_from(HEADERS), st.sampled_from(["", "%d.%m.%Y %Hh%M:%S"]))
    if dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        fields = {field.name: values(hints[field.name]) for field in dataclasses.fields(annotation)}
        return st.deferred(lambda: st.builds(annotation, **fields))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    plain = {str: TEXT, int: st.integers(), float: st.floats(allow_nan=False), bool: st.booleans(), datetime: TIMES}
    return plain[annotation]


def _kind(kind: str, **data: SearchStrategy[Any]) -> SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(kind), st.fixed_dictionaries(data))


def _encoded(annotation: Any) -> SearchStrategy[Any]:
    return values(annotation).map(encode)


_NAMES = st.sampled_from(["ruff", "logs", "history"])
_IDS = st.sampled_from(["a", "b", "c"])
_ENDED = st.sampled_from([status for status in CheckStatus if status is not CheckStatus.RUNNING])
_CHECKS = st.builds(Check, _NAMES, _ENDED, TEXT).map(encode)
_REPORTS = st.builds(
    Report,
    TEXT,
    st.lists(values(Finding), max_size=1).map(tuple),
    errors=st.lists(values(LogError), max_size=2).map(tuple),
    hypotheses=st.lists(values(Hypothesis), max_size=1).map(tuple),
    onset=st.none() | values(Onset),
    impact=st.none() | values(Impact),
).map(encode)

_TOLD = st.one_of(
    _kind("case.opened", case=TEXT, repo=TEXT, base=TEXT, tree=TEXT),
    _kind("case.question", question=TEXT, log_sources=st.lists(TEXT, max_size=2)),
    _kind("case.facts", deployed=TEXT),
    _kind("case.phase", phase=_IDS),
    _kind("analysis.started", analyzer=_NAMES, tree=TEXT, owner=TEXT),
    _kind("analysis.reported", report=_REPORTS),
    _kind("analysis.finished", check=_CHECKS),
    _kind("triage.set", fingerprint=_IDS, state=st.sampled_from([state.value for state in TriageState])),
    _kind("cause.added", cause=_encoded(Hypothesis)),
    _kind("cause.judged", cause=_IDS, status=st.sampled_from(["supported", "refuted"])),
    _kind("evidence.pinned", text=TEXT, path=TEXT),
    _kind("note.added", text=TEXT),
    _kind("comment.added", text=TEXT, path=TEXT, line=st.integers(0, 9)),
    _kind("agent.talked", agent=_NAMES, outcome=TEXT),
    _kind("index.changed", title=TEXT),
    _kind("change.committed", commit=TEXT, branch=TEXT, subject=TEXT),
    _kind("test.finished", run=_encoded(TestRun)),
    _kind("proposal.offered", proposal=_encoded(Proposal)),
    _kind("proposal.judged", proposal=_IDS, state=_IDS),
    _kind("patch.applied", patch=_encoded(PatchRecord)),
    _kind("patch.undone", patch=_IDS),
    _kind("gate.finished", gate=values(GateResult).map(lambda gate: encode(dataclasses.replace(gate, id="gate")))),
    _kind("gate.waived", gate=st.just("gate"), reason=TEXT),
    _kind("driver.taken", driver=TEXT),
    _kind("plan.made", plan=_encoded(plan.Plan)),
    _kind("plan.edited", item=_IDS, part=_IDS, value=TEXT),
    _kind("monitor.finished", monitor=_encoded(plan.Monitored)),
    _kind("proof.finished", proof=_encoded(Proof)),
    _kind("case.mitigated", text=TEXT),
    _kind("entry.starred", entry=_IDS, starred=st.booleans()),
    _kind("entry.corrected", entry=_IDS, text=TEXT),
    _kind("command.ran", argv=st.lists(TEXT, max_size=2)),
    st.tuples(st.sampled_from(sorted(KINDS)), st.dictionaries(_IDS, TEXT, max_size=1)),
    _kind("note.added", text=TEXT, masked=st.integers(-1, 3) | TEXT),
)

_STATES = st.sampled_from([state.value for state in TriageState])
_VERDICTS = st.sampled_from(["supported", "refuted", "inconclusive"])
_AFTER = st.one_of(
    _kind("proof.finished", proof=_encoded(Proof)),
    _kind("gate.finished", gate=_encoded(GateResult)),
    _kind("patch.applied", patch=_encoded(PatchRecord)),
    _kind("case.mitigated", text=TEXT),
    _kind("note.added", text=TEXT.map("action: {}".format)),
    _kind("plan.made", plan=_encoded(plan.Plan)),
    _kind("monitor.finished", monitor=_encoded(plan.Monitored)),
)


@st.composite
def journals(draw: st.DrawFn, least: int = 0) -> list[Event]:
    """Events as a store gives them: numbered from 1, of every kind, some with data their kind cannot have."""
    told = draw(st.lists(st.tuples(_TOLD, TIMES, _IDS), min_size=least, max_size=14))
    return [
        Event(f"e{seq}", seq, at, "ann", kind, KINDS[kind], data, run)
        for seq, ((kind, data), at, run) in enumerate(told, 1)
    ]


@st.composite
def incidents(draw: st.DrawFn) -> list[Event]:
    """Journals in which an analyzer reported, causes were judged, a fix was proven and gates spoke, among the rest."""
    report = draw(_REPORTS)
    done = encode(Check("logs", CheckStatus.DONE, draw(TEXT)))
    analysed = [
        ("analysis.started", {"analyzer": "logs", "tree": ""}, "r1"),
        ("analysis.reported", {"report": report}, "r1"),
        ("analysis.finished", {"check": done}, "r1"),
    ]
    names = [error["fingerprint"] or error["id"] for error in report["errors"]]
    judged = [("triage.set", {"fingerprint": name, "state": draw(_STATES)}, "") for name in names]
    causes = [
        ("cause.judged", {"cause": cause["id"], "status": draw(_VERDICTS), "value": cause}, "")
        for cause in report["hypotheses"]
    ]
    more = draw(st.lists(st.tuples(_AFTER, st.just("r2")).map(lambda pair: (*pair[0], pair[1])), max_size=5))
    told = [*analysed, *judged, *causes, *more]
    first = draw(journals())
    return first + [
        Event(f"i{at}", len(first) + at, draw(TIMES), "bob", kind, KINDS[kind], data, run)
        for at, (kind, data, run) in enumerate(told, 1)
    ]
