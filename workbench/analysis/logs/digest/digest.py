"""All that is said of a table of counts."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.analysis.logs.digest.coverage import lines_of
from workbench.analysis.logs.digest.errors import describe
from workbench.analysis.logs.digest.events import Gathered, by_key, gather
from workbench.analysis.logs.digest.impact import impact
from workbench.analysis.logs.digest.onset import (
    changes,
    find_onset,
    lateness_of,
    too_seldom,
    unseen_before,
    verdict,
    window_of,
)
from workbench.analysis.logs.digest.patterns import Templates, describe_patterns, mine, pattern_id
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.table import Key, Table
from workbench.case.logs import Impact, LogError, Onset, Pattern


@dataclass(frozen=True)
class Digest:
    """What the logs say."""

    patterns: tuple[Pattern, ...]
    errors: tuple[LogError, ...]
    onset: Onset | None
    impact: Impact | None
    templates: Templates
    error_of: dict[Key, Gathered]


def digest(table: Table, lens: Lens) -> Digest:
    """Say what ``table`` counted."""
    templates = mine(table)
    ids = {row: pattern_id(template) for row, template in templates.of.items()}
    logs = lines_of(table.streams.values())
    gathered = gather(table, templates.of, lens, logs)
    points = changes(gathered, table)
    onset = find_onset(points, lens.since)
    place = window_of(onset, table)
    own = [None] * len(points) if lens.since is not None else points
    late = lateness_of(gathered, table) if place is None else [0.0] * len(points)
    unseen = unseen_before(onset, table)
    verdicts = [
        verdict(error, point, place, after, unseen or too_seldom(after, len(gathered)))
        for error, point, after in zip(gathered, own, late, strict=True)
    ]
    return Digest(
        patterns=describe_patterns(table, templates, place, lens, logs),
        errors=describe(gathered, verdicts, table, lens, ids),
        onset=onset,
        impact=impact(table, gathered, verdicts, place),
        templates=templates,
        error_of=by_key(gathered),
    )
