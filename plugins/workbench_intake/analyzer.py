"""Frames and spans of the documents, found in the checkout; they feed the ranking, the map and the impact."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.api import (
    Boost,
    Chunk,
    Host,
    Impact,
    Intake,
    LogError,
    Onset,
    Report,
    Signal,
    Step,
    Subject,
)
from workbench_intake.places import Located, locate, names_of
from workbench_intake.spans import span_findings

DEEPEST, CALLER = 1.0, 0.3
"""What the deepest frame of the report counts, and the one that called it: the case is about this error."""

_COUNTED = ("breadcrumb", "tag")


@dataclass(frozen=True, slots=True)
class _Told:
    """An error of a document, and the same one in the logs, if it is there."""

    error: LogError
    logged: LogError | None


class IntakeAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One chunk per document: its frames are looked up in the files of the same names."""
        for intake in subject.intake:
            names = names_of(intake)
            paths = tuple(path for path in subject.paths if path.rpartition("/")[2] in names)
            yield Chunk(locate, (subject.repo, paths, intake))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """Errors that the logs do not have, signals for every frame, what a trace shows, the impact."""
        located = [item for item in results if isinstance(item, Located)]
        told = [_Told(error, _logged(error, subject.errors)) for each in located for error in each.errors]
        return Report(
            summary="; ".join(_summary(each) for each in located) or "no document was read",
            errors=tuple(each.error for each in told if each.logged is None),
            boosts=tuple(boost for each in told for boost in _boosts(each.error)),
            findings=tuple(finding for each in located for finding in span_findings(each)),
            nodes=tuple(node for each in located for node in each.intake.nodes),
            edges=tuple(edge for each in located for edge in each.intake.edges),
            impact=_impact(subject.intake),
            onset=_onset(subject.since),
        )


def _logged(error: LogError, errors: Sequence[LogError]) -> LogError | None:
    """The error of the logs that is the same: by type and place, or by type alone where one of them has no place."""
    kind = error.type.rpartition(".")[2]
    for other in errors:
        if other.type.rpartition(".")[2] != kind:
            continue
        ours, theirs = error.place, other.place
        if ours is None or theirs is None or (ours.path, ours.function) == (theirs.path, theirs.function):
            return other
    return None


def _boosts(error: LogError) -> Iterator[Boost]:
    frames = [frame for frame in error.frames if frame.mapped]
    for depth, frame in enumerate(reversed(frames)):
        text = f"the report's traceback {'ends' if not depth else 'passes'} at line {frame.line}"
        signal = Signal("reported_frame", DEEPEST if not depth else CALLER / depth, text, (error.id,))
        yield Boost(frame.path, signal, frame.function, frame.line)


def _impact(intakes: Sequence[Intake]) -> Impact | None:
    """The most users that a document tells of."""
    users = [int(value) for intake in intakes if (value := intake.value("users")).isdigit()]
    return Impact(users=max(users)) if users else None


def _onset(since: datetime | None) -> Onset | None:
    return Onset(since, since, since) if since is not None else None


def _summary(located: Located) -> str:
    intake = located.intake
    names = list(dict.fromkeys(item.name for item in intake.taken if item.name not in _COUNTED))
    counts = {name: sum(item.name == name for item in intake.taken) for name in _COUNTED}
    said = [f"{intake.format.replace('_', ' ')} {intake.source}: {', '.join(names)}"]
    said += [f"{count} {name}s" for name, count in counts.items() if count]
    if (release := intake.value("release")) and not intake.value("deployed"):
        said.append(f"release {release} is no tag or commit here")
    if located.frames:
        said.append(f"{located.found} of {located.frames} frames are in this checkout")
    if intake.edges:
        said.append(f"{len(intake.edges)} calls observed")
    return ", ".join(said)
