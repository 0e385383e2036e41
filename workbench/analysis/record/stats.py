"""Four questions about many cases: how fast, how well proven, how careful, how lasting. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from workbench.analysis.record.chronicle import chronicle
from workbench.analysis.record.phases import PHASES, phases
from workbench.case.codec import encode
from workbench.case.enums import ProofStatus, TriageState
from workbench.case.events import Event

REOPENED = timedelta(days=14)
"""Within this time after its end a case that goes on, or comes back as another, counts as reopened."""

REFUSED = ("rejected", "refused")
"""States of a proposal that somebody said no to."""


@dataclass(frozen=True, slots=True)
class CaseStats:
    """What one case adds. ``ended`` is when it was validated or recovered, ``relevant`` the errors that it was about;
    ``fixed`` whether anything was applied or proven; ``first_failed`` is None where nothing was proven or tried."""

    case: str
    repo: str
    question: str
    opened: datetime | None
    phases: Mapping[str, datetime]
    fixed: bool
    proven: bool
    first_failed: bool | None
    waived: int
    refused: int
    asked_again: bool
    handovers: int
    ended: datetime | None
    relevant: frozenset[str]


def case_stats(events: Sequence[Event]) -> CaseStats:
    """What the events of one case say."""
    reached = {phase.name: phase.at for phase in phases(chronicle(events))}
    ended = reached.get("recovered") or reached.get("validated")
    opened = next((event for event in events if event.kind == "case.opened"), None)
    asked = [event for event in events if event.kind == "case.question"]
    proofs = [
        status for event in events if event.kind == "proof.finished" and (status := _in(event, "proof", "status"))
    ]
    return CaseStats(
        case=str(opened.data.get("case", "")) if opened else "",
        repo=str(opened.data.get("repo", "")) if opened else "",
        question=str(asked[-1].data.get("question", "")) if asked else "",
        opened=opened.at if opened else None,
        phases=reached,
        fixed=bool(proofs) or any(event.kind == "patch.applied" for event in events),
        proven=ProofStatus.PROVEN in proofs,
        first_failed=proofs[0] != ProofStatus.PROVEN if proofs else None,
        waived=sum(event.kind == "gate.waived" for event in events),
        refused=_refused(events),
        asked_again=ended is not None and any(ended < each.at <= ended + REOPENED for each in asked),
        handovers=_handovers(events),
        ended=ended,
        relevant=frozenset(
            str(event.data.get("fingerprint"))
            for event in events
            if event.kind == "triage.set" and event.data.get("state") == TriageState.RELEVANT
        ),
    )


def _refused(events: Sequence[Event]) -> int:
    """Proposals that were called out as unsafe and that somebody said no to."""
    unsafe = {
        _in(event, "proposal", "id")
        for event in events
        if event.kind == "proposal.offered" and _in(event, "proposal", "tamper")
    }
    no = {
        event.data.get("proposal")
        for event in events
        if event.kind == "proposal.judged" and event.data.get("state") in REFUSED
    }
    return len(unsafe & no)


def _handovers(events: Sequence[Event]) -> int:
    drivers = [str(event.data.get("driver")) for event in events if event.kind == "driver.taken"]
    return sum(before != after for before, after in itertools.pairwise(drivers))


def _in(event: Event, first: str, second: str) -> Any:
    value = event.data.get(first)
    return value.get(second) if isinstance(value, Mapping) else None


def returned(one: CaseStats, cases: Iterable[CaseStats]) -> bool:
    """Whether a case was asked about again, or came back as another about the same error, within REOPENED."""
    if one.asked_again:
        return True
    ended = one.ended
    return ended is not None and any(
        each.repo == one.repo
        and each.case != one.case
        and each.opened is not None
        and ended < each.opened <= ended + REOPENED
        and not each.relevant.isdisjoint(one.relevant)
        for each in cases
    )


def statistics(cases: Sequence[CaseStats]) -> dict[str, Any]:
    """The four answers as JSON; a share names what it is of, a median its n, and what nobody recorded is null."""
    fixed = [each for each in cases if each.fixed]
    tried = [each for each in cases if each.first_failed is not None]
    ended = [each for each in cases if each.ended is not None]
    back = [each.case for each in ended if returned(each, cases)]
    return {
        "cases": len(cases),
        "times": [_span(cases, start, end) for start, end in _PAIRS],
        "proofs": {
            "fixes_proven": _share(sum(each.proven for each in fixed), len(fixed), "cases with a fix"),
            "failed_first": _share(sum(bool(each.first_failed) for each in tried), len(tried), "cases with a proof"),
        },
        "gates": {
            "waived": sum(each.waived for each in cases),
            "unsafe_proposals_refused": sum(each.refused for each in cases),
        },
        "lasting": {
            "reopened": {**_share(len(back), len(ended), "cases that ended"), "cases": back},
            "handovers": sum(each.handovers for each in cases),
        },
        "rows": [_row(each) for each in cases],
    }


_PAIRS = (*itertools.pairwise(PHASES), ("impact_start", "recovered"), ("detected", "fix_proven"))


def _span(cases: Sequence[CaseStats], start: str, end: str) -> dict[str, Any]:
    """Seconds between two phases over the cases that reached both, in that order."""
    spans = [
        (each.phases[end] - each.phases[start]).total_seconds()
        for each in cases
        if start in each.phases and end in each.phases
    ]
    kept = [span for span in spans if span >= 0]
    return {
        "from": start,
        "to": end,
        "n": len(kept),
        "median": median(kept) if kept else None,
        "longest": max(kept, default=None),
        "out_of_order": len(spans) - len(kept),
    }


def _share(count: int, of: int, what: str) -> dict[str, Any]:
    return {"count": count, "share": count / of if of else None, "of": f"{of} {what}"}


def _row(each: CaseStats) -> dict[str, Any]:
    return {
        "case": each.case,
        "question": each.question,
        "phases": encode(each.phases),
        "proven": each.proven,
        "waived": each.waived,
        "refused": each.refused,
        "handovers": each.handovers,
    }
