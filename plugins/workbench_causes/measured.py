"""Causes that were measured: time, memory and calls that grew between two profiles, repeated queries of a trace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.api import CauseClass, Change, ChangeKind, Evidence, Finding, Frame, Hypothesis, class_of
from workbench_causes.code import same_place
from workbench_causes.scene import Scene, brief, cause, has

IN_CODE = {
    "WB301": "one query for each row in {name}",
    "WB313": "one query for each row in {name}",
    "WB312": "{name} holds more and more memory",
    "WB311": "{name} takes longer",
}
LIBRARY = "WB314"
PLACES = 3
"""Places of one rule at most that become causes: the findings come with the largest growth first."""

_CHECK = {
    "WB301": "a test that counts the queries of {name} for 1 row and for 20 (red: query count)",
    "WB311": "a test that times {name} against the good commit (red: ratio to the good commit)",
    "WB312": "a test that calls {name} 1,000 times and looks at what stays (red: growth per 1,000 requests)",
    "WB313": "a test that counts the queries of {name} for 1 row and for 20 (red: query count)",
}
_PACKAGE = re.compile(r" in ([\w.-]+): ")


def measured(scene: Scene) -> Iterator[Hypothesis]:
    """A cause for each of the places that grew most, and for each library whose time did."""
    for rule in IN_CODE:
        for finding in [each for each in scene.findings if each.rule == rule][:PLACES]:
            yield _in_code(scene, finding)
    for finding in [each for each in scene.findings if each.rule == LIBRARY][:PLACES]:
        yield from _library(scene, finding)


def _in_code(scene: Scene, finding: Finding) -> Hypothesis:
    name = finding.symbol or finding.path.rpartition("/")[2]
    place = Frame(finding.path, finding.line, finding.symbol, True)
    here = [each for each in scene.findings if each.id != finding.id and same_place(each, place)]
    rules = [each for each in here if each.rule not in (*IN_CODE, LIBRARY)]
    also = [each for each in here if each.rule in IN_CODE]
    supporting = [_told(finding), *(_told(each) for each in [*rules[:2], *also[:1]]), _touched(scene, finding.path)]
    against: list[Evidence] = []
    if supporting[-1] is None and (unchanged := scene.unchanged()):
        against.append(Evidence(finding.id, unchanged))
    key = f"measured:{finding.path}:{name}"
    statement = IN_CODE[finding.rule].format(name=name)
    check = _CHECK[finding.rule].format(name=name)
    return cause(key, statement, CauseClass.CODE, supporting, against, check, (finding.path, finding.line))


def _library(scene: Scene, finding: Finding) -> Iterator[Hypothesis]:
    """The library against the code that calls it: whose change it is decides."""
    found = _PACKAGE.search(finding.message)
    package = found[1] if found else "a library"
    name = finding.symbol or finding.path.rpartition("/")[2]
    update = next((change for change in scene.changes if _updates(change, package)), None)
    touched = _touched(scene, finding.path)
    told = _told(finding)
    grew = Evidence(finding.id, f"the growth lies in {package}, called from {name}", finding.path, finding.line)
    same = Evidence(finding.id, f"{name} itself is as it was", finding.path, finding.line)
    path = next((each for each in update.paths if class_of(each) is CauseClass.DEPENDENCY), "") if update else ""
    versions = None if update is None else Evidence(update.id, f"{brief(update.summary)} changed its version", path, 1)
    yield cause(
        f"measured:library:{package}",
        f"{package} takes longer than it did",
        CauseClass.DEPENDENCY,
        [told, versions, same if touched is None else None],
        [touched, None if update else Evidence(finding.id, f"no change of {package}'s version is known")],
        f"put {package} back to the version before, and profile again",
        (path or finding.path, 1 if path else finding.line),
    )
    yield cause(
        f"measured:{finding.path}:{name}",
        f"{name} asks more of {package}",
        CauseClass.CODE,
        [grew, touched],
        [same if touched is None else None, versions],
        f"count the calls of {name} into {package} at both commits",
        (finding.path, finding.line),
    )


def _told(finding: Finding) -> Evidence:
    return Evidence(
        finding.id, f"{finding.rule} at {finding.path}:{finding.line}: {finding.message}", finding.path, finding.line
    )


def _touched(scene: Scene, path: str) -> Evidence | None:
    """The nearest commit that touched a file: of the release where that is known, else the latest."""
    commits = [change for change in scene.changes if change.kind is ChangeKind.COMMIT and path in change.paths]
    released = [change for change in commits if has(change, "in_release")]
    if any(has(change, "in_release") for change in scene.changes) and not released:
        return None
    commit = max(released or commits, key=lambda change: change.at, default=None)
    if commit is None:
        return None
    word = "came with this release and" if released else "last"
    return Evidence(commit.id, f'{commit.revision[:8]} "{brief(commit.summary, 60)}" {word} touched this file', path)


def _updates(change: Change, package: str) -> bool:
    """Whether a change of versions speaks of this package."""
    name = re.sub(r"[-_.]+", "[-_.]", package)
    if re.search(rf"\b{name}\b", change.summary, re.IGNORECASE) is None:
        return False
    pins = any(class_of(path) is CauseClass.DEPENDENCY for path in change.paths)
    return change.kind is ChangeKind.DEPENDENCY or (change.kind is ChangeKind.COMMIT and pins)
