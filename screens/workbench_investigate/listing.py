"""Which rows the lists of pane 1 hold, and what an empty one says. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from workbench_kit.time_axis import Axis
from workbench_kit.when import clock

from workbench.analysis.causes import in_the_code
from workbench.analysis.quantity import quantity
from workbench.analysis.ranking import Ranking
from workbench.case.code import Check, Finding
from workbench.case.enums import CheckStatus, Trend, TriageState
from workbench.case.logs import Change, LogError
from workbench.case.outside import Deployed
from workbench.case.state import CaseState
from workbench.case.work import Hypothesis
from workbench.engine.problems import FOLDED, SUSPECT
from workbench.engine.views import LEAD, Views
from workbench_investigate.rows import Always, Folded, Judged, NoCode

_OLD = (Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE)
Triage = Callable[[str], TriageState]
T = TypeVar("T")
JUDGED = "judged"
"""Id of the row that the judged ones are folded into."""


def error_rows(
    errors: Sequence[LogError], triage: Triage, unfolded: bool, marks: tuple[float, ...] = ()
) -> list[Judged | Always | Folded]:
    """The errors; those that were always there folded into one row unless ``unfolded``."""
    fresh = [error for error in errors if error.trend not in _OLD]
    old = tuple(error for error in errors if error.trend in _OLD)
    rows: list[Judged | Always | Folded] = [
        Judged(error, triage(error.fingerprint or error.id), marks) for error in fresh
    ]
    if old:
        rows.append(Always(old))
    if unfolded:
        rows += [Judged(error, triage(error.fingerprint or error.id), marks) for error in old]
    return rows


def errors_caption(errors: Sequence[LogError]) -> str:
    """What the shares in the rows are of, each whole once: error records, failed requests."""
    wholes = dict.fromkeys(_whole(error.of) for error in errors if error.of)
    return f"of {', '.join(wholes)}" if wholes else str(len(errors) or "")


def _whole(of: str) -> str:
    """``3 other failed requests`` for those "that no error record tells of": an edge is short."""
    whole, that, _ = of.partition(" that ")
    number, _, what = whole.partition(" ")
    return f"{number} other {what}" if that else of


def cause_rows(views: Views) -> list[Hypothesis | NoCode]:
    """The causes, and last, once they were derived and the code is none of them, that it is not."""
    derived = any(check.analyzer == "causes" and check.status is CheckStatus.DONE for check in views.checks)
    none = derived and bool(views.errors) and not in_the_code(views.causes)
    return [*views.causes, *([NoCode()] if none else [])]


def change_rows(views: Views, drawn: Axis | None) -> list[Change | Axis]:
    """The time axis, the suspects with the best first, then everything else, the newest first."""
    suspects = [each for each in views.changes if each.score >= SUSPECT]
    others = sorted((each for each in views.changes if each.score < SUSPECT), key=lambda each: each.at, reverse=True)
    return [*([drawn] if drawn and drawn.counts else []), *suspects, *others]


def changed_caption(views: Views, since: datetime | None) -> str:
    """When the errors began, and from when on changes are listed."""
    told = f"errors begin {clock(views.onset.at)}" if views.onset else str(len(views.changes) or "")
    return f"{told} · since {(since - LEAD):%d %b %H:%M}" if since else told


def changed_title(deployed: Deployed | None) -> str:
    """The panel's title, with the deployed revision."""
    if deployed is None:
        return "What changed"
    commit = deployed.commit[:7]
    named = f"{deployed.name} {commit}" if commit and not deployed.name.startswith(commit) else deployed.name[:12]
    return f"What changed · deployed {named}"


def without_judged(rows: Sequence[T], triage: Callable[[T], TriageState]) -> list[T | Folded]:
    """``rows`` with those that are noise or known folded into one at the end."""
    gone = [row for row in rows if triage(row) in FOLDED]
    if not gone:
        return list(rows)
    noise = sum(triage(row) is TriageState.NOISE for row in gone)
    names = ", ".join(dict.fromkeys(map(_name, gone)))
    return [*(row for row in rows if row not in gone), Folded(noise, len(gone) - noise, names, JUDGED)]


def fingerprint_of(row: Any) -> str:
    """What the judgement of an error's, a finding's or a change's row is kept by; empty for a row that is none."""
    subject = getattr(row, "problem", row)
    if isinstance(subject, Change):
        return f"change {subject.id}"
    return subject.fingerprint or subject.id if isinstance(subject, LogError | Finding) else ""


def _name(row: Any) -> str:
    subject = getattr(row, "problem", row)
    return (
        subject.name if isinstance(subject, LogError) else getattr(subject, "message", getattr(subject, "summary", ""))
    )


def checked(checks: Sequence[Check]) -> str:
    """``7 of 9 done``, and what went wrong."""
    if not checks:
        return ""
    done = sum(check.status is CheckStatus.DONE for check in checks)
    bad = sum(check.status in (CheckStatus.FAILED, CheckStatus.TIMED_OUT, CheckStatus.INTERRUPTED) for check in checks)
    return f"{done} of {len(checks)} done" + (f", {bad} failed" if bad else "")


def heat_caption(ranking: Ranking) -> str:
    """What the heat of the files is, and that a thin question gives none to rely on."""
    if not ranking.files:
        return ""
    return "thin question: □ words alone" if ranking.thin else "heat for this question"


def position(views: Views, path: str) -> str:
    """How many problems stand in the file, of how many that are left."""
    here = views.problems_in.get(path, 0)
    return f"{here} of {views.left} problems left" if here else ""


def empty_texts(state: CaseState, views: Views) -> Mapping[str, str]:
    """What each panel says while it is empty: what is known, and the key that goes on."""
    busy = any(check.status is CheckStatus.RUNNING for check in views.checks)
    read = sum(source.records for source in views.sources)
    denied = "".join(f"; {_denied(source.name, source.denied[0])}" for source in views.sources if source.denied)
    if busy:
        errors = log = (
            "the logs are being read: S shows how far" if state.log_sources else "no log was given: L points at one"
        )
    elif read:
        errors = f"no error in {quantity(read, 'record')}{denied}. L shows the log, A adds a cause"
        log = f"read: {quantity(read, 'record')}; L shows the log"
    else:
        errors = log = f"no log was read{denied}{'.' if denied else ':'} L points at one"
    hint = f'{views.ranking.thin_hint}. L points at a log, : and "ask" asks another' if views.ranking.thin_hint else ""
    files = (
        "the files are being searched: S shows how far"
        if busy
        else hint or 'no file stands out for this question. : and "ask" asks another'
    )
    why = (
        hint
        if hint and not views.problems
        else "why something stands where it is: J goes to the first problem, 6 opens the files"
    )
    findings = f"no finding{' yet' * (busy or not views.checks)}: A adds a cause of your own"
    causes = "causes are sought: S shows how far" if busy or not views.checks else "no cause is proposed"
    causes += ", A adds one of your own"
    return {"errors": errors, "log": log, "files": files, "why": why, "findings": findings, "causes": causes}


def _denied(source: str, text: str) -> str:
    """Why a source could not be read; most texts name it themselves."""
    return text if text.startswith(source) else f"{source}: {text}"
