"""Causes that came with a release or by themselves: settings, flags, library versions, migrations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.api import CauseClass, Change, ChangeKind, Evidence, Hypothesis, LogError, class_of, classes_of
from workbench_causes.scene import Scene, after, brief, cause, has, short, unexplained

_CLASSES = {
    ChangeKind.CONFIGURATION: CauseClass.CONFIGURATION,
    ChangeKind.FLAG: CauseClass.CONFIGURATION,
    ChangeKind.DEPENDENCY: CauseClass.DEPENDENCY,
    ChangeKind.MIGRATION: CauseClass.DATA,
}


def in_release(scene: Scene) -> Iterator[Hypothesis]:
    """One cause for what a commit of the release changed of one class, and one for every change that came alone."""
    groups: dict[tuple[CauseClass, str], list[Change]] = {}
    for change in scene.released():
        kind = _CLASSES.get(change.kind)
        if kind is not None and change.score > 0:
            groups.setdefault((kind, change.revision), []).append(change)
    for (kind, _), group in groups.items():
        yield _released(scene, kind, group)
    if not groups and scene.began is not None:
        yield from _commits(scene)
    for change in scene.changes:
        if change.kind in _CLASSES and not has(change, "in_release") and scene.led(change):
            yield _alone(scene, change)


def _released(scene: Scene, kind: CauseClass, group: Sequence[Change]) -> Hypothesis:
    best = group[0]
    explained = tied(scene, group)
    came = next(signal.detail for signal in best.signals if signal.name == "in_release")
    supporting: list[Evidence | None] = [Evidence(best.id, f"{best.summary} {came}", _path(best), _line(best))]
    near = {signal.detail: signal for change in group for signal in change.signals if signal.name in _TIES}
    supporting += [Evidence(signal.evidence[0], signal.detail) for signal in list(near.values())[:3] if signal.evidence]
    against = unexplained(scene.errors, explained) if explained else []
    if near:
        supporting.append(_deployed(scene))
    if not any(signal.name == "spoken_of" for signal in near.values()):
        unnamed = "" if near else ", and no file that errors pass names it"
        against.append(Evidence(best.id, f"no error speaks of {_names(group)}{unnamed}"))
    check = f"put {_path(best)} back as it was before {best.revision[:8]} on one host, and see whether its rate falls"
    key = f"{kind}:{best.revision[:12]}"
    return cause(key, _summaries(group), kind, supporting, against, check, (_path(best), _line(best)))


_TIES = ("hot_place", "spoken_of")


def _commits(scene: Scene) -> Iterator[Hypothesis]:
    """Where no differences could be told: one cause for the commits of the release whose paths are of one class, each
    commit once."""
    told: set[str] = set()
    for kind, word in ((CauseClass.DEPENDENCY, "a library version"), (CauseClass.CONFIGURATION, "settings")):
        group = [each for each in scene.released() if kind in classes_of(each) and each.id not in told]
        told |= {each.id for each in group}
        if group:
            yield _touching(scene, kind, word, group)


def _touching(scene: Scene, kind: CauseClass, word: str, group: Sequence[Change]) -> Hypothesis:
    best = group[0]
    path = next(path for path in best.paths if class_of(path) is kind)
    more = f" and {len(group) - 1} more" if len(group) > 1 else ""
    item = Evidence(best.id, f'{best.revision[:8]} "{brief(best.summary)}"{more} changed {word} in this release')
    against = unexplained(scene.errors, tied(scene, group))
    check = f"put {path} back as it was before {best.revision[:8]}, and see whether the rate falls"
    key = f"{kind}:{best.revision[:12]}"
    return cause(key, _summaries(group), kind, [item, _deployed(scene)], against, check, (path, 1))


def _alone(scene: Scene, change: Change) -> Hypothesis:
    """A flag, a reload of the configuration or a migration that the log or another system told."""
    words = {word for word in change.summary.lower().replace("_", " ").replace(".", " ").split() if len(word) > 3}
    spoken = [error for error in scene.errors if words & set(_flat(error).split())]
    supporting = [
        Evidence(change.id, f"{change.kind} at {change.at:%H:%M:%S}: {brief(change.summary)}"),
        after(scene, change),
        *(Evidence(error.id, f"{short(error.type)} ({error.count}) speaks of it") for error in spoken[:1]),
    ]
    against = unexplained(scene.errors, spoken) if spoken else []
    check = "take it back on one host, and see whether the rate falls there"
    return cause(
        f"alone:{change.id}",
        brief(change.summary),
        _CLASSES[change.kind],
        supporting,
        against,
        check,
        (_path(change), 1),
    )


def tied(scene: Scene, group: Sequence[Change]) -> list[LogError]:
    """The errors that the signals of ``group`` lead to."""
    named = {ident for change in group for s in change.signals if s.name in _TIES for ident in s.evidence}
    return [error for error in scene.errors if error.id in named]


def _deployed(scene: Scene) -> Evidence | None:
    deploy = scene.deploy_before()
    return after(scene, deploy) if deploy else None


def _flat(error: LogError) -> str:
    return f"{error.type} {error.message} {error.cause}".lower().replace("_", " ").replace(".", " ")


def _names(group: Sequence[Change]) -> str:
    return ", ".join(change.summary.split(" ")[0] for change in group[:3])


def _summaries(group: Sequence[Change]) -> str:
    """What the first three changes say of themselves, and how many more there are."""
    said = ", ".join(brief(change.summary, 50 if len(group) > 1 else 120) for change in group[:3])
    return f"{said} and {len(group) - 3} more" if len(group) > 3 else said


def _path(change: Change) -> str:
    return change.paths[0] if change.paths else ""


def _line(change: Change) -> int:
    return next((int(s.detail.rpartition(":")[2]) for s in change.signals if s.name == "stands_at"), 1)
