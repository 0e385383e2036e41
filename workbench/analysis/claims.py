"""What is left of somebody's claims when the places that they cite are looked at. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from workbench.analysis.causes import confidence
from workbench.case.enums import CauseClass
from workbench.case.state import Report
from workbench.case.work import Evidence, Hypothesis

NEAR = 2
"""Lines that a quoted text, a frame or a finding may be away from the cited one."""

AGENT = "agent "
"""How the author of a claimed cause begins."""

Place = tuple[str, int, str]
"""Path, line, and the line's text as it was cited."""


def claimed(
    by: str,
    statement: str,
    kind: CauseClass,
    places: Sequence[Place],
    texts: Mapping[str, Sequence[str]],
    report: Report,
) -> Hypothesis:
    """The claim as a cause of the agent ``by``. ``texts`` holds the lines of the cited files that are there.

    That a place exists speaks for nothing; that it does not, or reads otherwise, speaks against the claim. For it
    speaks what the workbench found there itself: a frame of an error, a finding.
    """
    against = tuple(item for place in places for item in _wrong(place, texts))
    found = (item for place in places if not any(_wrong(place, texts)) for item in _known(place, report))
    supporting = tuple(dict.fromkeys(found))
    there = sum(not any(_wrong(place, texts)) for place in places)
    told = f"{there} of {len(places)} places it cites are there" if places else "it cites no place"
    first = next((place for place in places if not any(_wrong(place, texts))), ("", 0, ""))
    return Hypothesis(
        id=f"claim:{hashlib.sha256(f'{by}{statement}'.encode()).hexdigest()[:10]}",
        statement=statement,
        cause_class=kind,
        confidence=confidence(supporting, against),
        supporting=supporting,
        against=against,
        next_check=f"claimed, not shown: {told}; judge it by what you see there",
        path=first[0],
        line=first[1],
        by=f"{AGENT}{by}",
    )


def _wrong(place: Place, texts: Mapping[str, Sequence[str]]) -> Iterator[Evidence]:
    path, line, quoted = place
    lines = texts.get(path)
    if lines is None:
        yield Evidence(path, f"cites {path}, which is not there", path)
    elif line and not 0 < line <= len(lines):
        yield Evidence(path, f"cites line {line} of {path}, which has {len(lines)}", path)
    elif quoted.strip() and not _stands(quoted, lines, line):
        yield Evidence(f"{path}:{line}", f"{path}:{line} reads otherwise than it says", path, line)


def _stands(quoted: str, lines: Sequence[str], line: int) -> bool:
    wanted = "".join(quoted.split())
    near = lines[max(0, line - 1 - NEAR) : line + NEAR] if line else lines
    return any(wanted in "".join(each.split()) for each in near)


def _known(place: Place, report: Report) -> Iterator[Evidence]:
    """What the workbench itself found at a place."""
    path, line, _ = place
    for error in report.errors:
        frames = [each for each in error.frames if each.mapped and each.path == path and abs(each.line - line) <= NEAR]
        if frames:
            yield Evidence(error.id, f"{error.name} passes {path}:{frames[0].line}", path, frames[0].line)
    for finding in report.findings:
        if finding.path == path and finding.line - NEAR <= line <= max(finding.line, finding.end_line) + NEAR:
            yield Evidence(finding.id, f"{finding.rule} at {path}:{finding.line}", path, finding.line)
