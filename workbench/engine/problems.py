"""Problems and what people said of them: in this case, and of the same fingerprint in others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from workbench.analysis.ranking import Ranking
from workbench.case.enums import TriageState
from workbench.case.model import Change, Finding, LogError, SourceFacts
from workbench.case.state import CaseState, Triage

TIMES = 3.0
"""A judged error that comes this many times as often as it did then comes back by itself."""
CHANGES, HOTSPOTS = 5, 3
"""Changes and files, the nearest to the errors, that are visited beside errors and findings."""
SUSPECT = 1.5
"""Score from which a change is visited."""
FOLDED = (TriageState.NOISE, TriageState.KNOWN)


class Problem(NamedTuple):
    """What ``J``/``K`` visits and triage judges. ``kind`` is ``error``, ``finding``, ``hotspot`` or ``change``.

    ``rate`` is events per hour of the time that the logs cover, ``kinds`` the ways in which an error comes about;
    ``judged`` is the judgement that stands, and ``back`` says why one no longer does.
    """

    id: str
    kind: str
    title: str
    fingerprint: str
    path: str = ""
    line: int = 0
    triage: TriageState = TriageState.UNTOUCHED
    rate: float | None = None
    kinds: tuple[str, ...] = ()
    judged: Triage | None = None
    back: str = ""

    @property
    def folded(self) -> bool:
        """Whether it is noise or known."""
        return self.triage in FOLDED


def problems_of(
    state: CaseState,
    remembered: Mapping[str, Triage],
    errors: Sequence[LogError],
    findings: Sequence[Finding],
    changes: Sequence[Change],
    ranking: Ranking,
    sources: Sequence[SourceFacts],
) -> tuple[Problem, ...]:
    """All problems in the order in which they are visited, each with the judgement that stands."""
    hours = _hours(sources)
    heat = {spot.path: spot.score for spot in ranking.files}
    found = [_of_error(error, hours) for error in errors]
    found += [
        Problem(each.id, "finding", each.message, each.fingerprint, each.path, each.line)
        for each in findings
        if heat.get(each.path, 0.0) > 0.0
    ]
    found += _hotspots(ranking, {problem.path for problem in found})
    found += [
        Problem(each.id, "change", each.summary, f"change {each.id}", each.paths[0] if each.paths else "", 1)
        for each in changes[:CHANGES]
        if each.score >= SUSPECT
    ]
    if not state.triage and not remembered:
        return tuple(found)
    return tuple(_standing(problem, state.triage, remembered) for problem in found)


def standing_triage(problems: Iterable[Problem], own: Mapping[str, Triage]) -> Mapping[str, TriageState]:
    """By fingerprint, what people said where it still holds, of problems and of what is too cold to be one."""
    said = {fingerprint: judged.state for fingerprint, judged in own.items()}
    return said | {each.fingerprint: each.triage for each in problems if each.judged is not None}


def comes_back(judged: Triage, rate: float | None, kinds: Sequence[str]) -> str:
    """Why a judgement as noise or known no longer stands; empty while it does."""
    if judged.state not in FOLDED:
        return ""
    fresh = [kind for kind in kinds if kind not in judged.kinds]
    if judged.kinds and fresh:
        return f"new in kind: {fresh[0]}"
    if judged.rate and rate and rate >= TIMES * judged.rate:
        return f"{rate / judged.rate:.0f} times as often as when it was called {judged.state}"
    return ""


def _standing(problem: Problem, own: Mapping[str, Triage], others: Mapping[str, Triage]) -> Problem:
    judged = own.get(problem.fingerprint) or others.get(problem.fingerprint)
    if judged is None or (judged.state not in FOLDED and problem.fingerprint not in own):
        return problem
    back = comes_back(judged, problem.rate, problem.kinds)
    triage = TriageState.UNTOUCHED if back else judged.state
    return problem._replace(triage=triage, judged=judged, back=back)


def _of_error(error: LogError, hours: float | None) -> Problem:
    place = error.place
    rate = error.count / hours if hours else None
    kinds = tuple(sorted(variant.label for variant in error.variants))
    where = (place.path, place.line) if place else ("", 0)
    return Problem(error.id, "error", error.name, error.fingerprint or error.id, *where, rate=rate, kinds=kinds)


def _hotspots(ranking: Ranking, told: set[str]) -> Iterator[Problem]:
    """The hottest files that no error and no finding stands in."""
    top = max((spot.score for spot in ranking.files), default=0.0)
    for spot in [each for each in ranking.files if each.path not in told and each.score >= top / 2][:HOTSPOTS]:
        yield Problem(spot.path, "hotspot", spot.path, f"hotspot {spot.path}", spot.path, 1)


def _hours(sources: Sequence[SourceFacts]) -> float | None:
    """Hours that the logs cover; None where they tell no times."""
    start = min((source.start for source in sources if source.start), default=None)
    end = max((source.end for source in sources if source.end), default=None)
    return max((end - start).total_seconds() / 3600, 1 / 60) if start and end else None
