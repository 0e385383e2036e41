"""What causes are derived from, and what is asked of it again and again. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workbench.api import (
    CauseClass,
    Change,
    ChangeKind,
    DatabaseFacts,
    Evidence,
    Finding,
    Hypothesis,
    Impact,
    LogError,
    Onset,
    Subject,
    Trend,
    Upstream,
    confidence,
)

WINDOW = 3600.0
"""Seconds before the errors began within which a change is near them."""
RECENT = 14 * 86400.0
"""Seconds within which a commit that is not known to be in a release counts as a change of ours."""

UNCHANGED = "nothing of ours changed before it began: no deploy, setting or flag in the hour, no commit in 14 days"
_OURS = (ChangeKind.DEPLOY, ChangeKind.CONFIGURATION, ChangeKind.FLAG, ChangeKind.MIGRATION, ChangeKind.DEPENDENCY)


@dataclass(frozen=True, slots=True)
class Scene:
    """The evidence of a case. ``errors`` are those that are new, risen or of unknown trend."""

    errors: tuple[LogError, ...]
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    upstreams: tuple[Upstream, ...]
    databases: tuple[DatabaseFacts, ...]
    onset: Onset | None
    impact: Impact | None

    @property
    def began(self) -> datetime | None:
        """When the errors began: the change point, else the first of them that was new."""
        if self.onset is not None:
            return self.onset.at
        return min((each.onset or each.first_seen for each in self.errors if each.first_seen), default=None)

    def deploy_before(self, window: float = WINDOW) -> Change | None:
        """The last deploy or restart in the window before the errors began."""
        near = [c for c in self.changes if c.kind in (ChangeKind.DEPLOY, ChangeKind.RESTART) and self.led(c, window)]
        return max(near, key=lambda change: change.at, default=None)

    def led(self, change: Change, window: float = WINDOW) -> bool:
        """Whether ``change`` came in the window before the errors began."""
        return self.began is not None and 0 <= (self.began - change.at).total_seconds() <= window

    def released(self) -> list[Change]:
        """What came with the deployed release, the nearest to the errors first."""
        found = [change for change in self.changes if has(change, "in_release")]
        return sorted(found, key=lambda change: -change.score)

    def unchanged(self) -> str:
        """That nothing of ours changed before the errors began, in words; empty where something did or may have."""
        if self.began is None or not self.changes:
            return ""
        for change in self.changes:
            window = RECENT if change.kind is ChangeKind.COMMIT else WINDOW
            if (change.kind in _OURS or change.kind is ChangeKind.COMMIT) and self.led(change, window):
                return ""
        return UNCHANGED


def live(subject: Subject) -> tuple[LogError, ...]:
    """The errors that are new, risen or of unknown trend."""
    return tuple(each for each in subject.errors if each.trend not in (Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE))


def scene_of(subject: Subject) -> Scene:
    """The evidence that was reported."""
    return Scene(
        live(subject),
        subject.findings,
        subject.changes,
        subject.upstreams,
        subject.databases,
        subject.onset,
        subject.impact,
    )


def has(change: Change, *names: str) -> bool:
    """Whether a signal of one of these names speaks for ``change``."""
    return any(signal.name in names for signal in change.signals)


def after(scene: Scene, change: Change) -> Evidence | None:
    """That the errors began after ``change``: correlation, and told as such. None where they did not."""
    if scene.began is None or not scene.led(change):
        return None
    seconds = (scene.began - change.at).total_seconds()
    span = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return Evidence(change.id, f"the errors began {span} after {brief(change.summary)} (correlation)")


def text_of(error: LogError) -> str:
    """All words of an error."""
    return f"{error.type} {error.message} {error.cause} {' '.join(variant.sample for variant in error.variants[:2])}"


def unexplained(errors: Sequence[LogError], explained: Sequence[LogError]) -> list[Evidence]:
    """The errors that a cause does not explain, as one item. A request that failed at an endpoint where an explained
    error strikes is explained by it."""
    struck = {endpoint for error in explained for endpoint, _ in error.endpoints}
    rest = [error for error in errors if error not in explained and not _follows(error, struck)]
    if not rest:
        return []
    more = f" and {len(rest) - 1} more" if len(rest) > 1 else ""
    return [Evidence(rest[0].id, f"it does not explain {short(rest[0].type)} ({rest[0].count}){more}")]


def _follows(error: LogError, struck: set[str]) -> bool:
    """Whether an error is an answer of a failed request at one of the endpoints ``struck``."""
    names = {name for name, _ in error.endpoints}
    return not error.frames and error.type.startswith("HTTP ") and bool(names) and names <= struck


def short(name: str) -> str:
    """An exception's name without its module."""
    return name.rpartition(".")[2]


def brief(text: str, most: int = 80) -> str:
    """The first line of a text, cut; long hashes as git shortens them."""
    line = re.sub(r"\b([0-9a-f]{8})[0-9a-f]{12,32}\b", r"\1", text.strip().split("\n", 1)[0])
    return line if len(line) <= most else f"{line[: most - 1]}…"


def cause(
    key: str,
    statement: str,
    kind: CauseClass,
    supporting: Sequence[Evidence | None],
    against: Sequence[Evidence | None],
    check: str,
    place: tuple[str, int] = ("", 0),
) -> Hypothesis:
    """A cause with the confidence that its evidence gives it."""
    found = tuple(item for item in supporting if item is not None)
    contrary = tuple(item for item in against if item is not None)
    return Hypothesis(
        id=f"cause:{hashlib.sha256(key.encode()).hexdigest()[:10]}",
        statement=statement,
        cause_class=kind,
        confidence=confidence(found, contrary),
        supporting=found,
        against=contrary,
        next_check=check,
        path=place[0],
        line=place[1],
        by="workbench/causes",
    )
