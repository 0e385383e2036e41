"""The header: the case, the three steps, the repository, the tests, the people; in a low terminal the impact too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench_kit.bar import Bar
from workbench_kit.fitting import Group, Part, fitted, group
from workbench_kit.text import plain

STEPS = (("1 Investigate", "app.investigate"), ("2 Fix", "app.fix"), ("3 Validate", "app.validate"))

WORKBENCH = "workbench"
UNASKED = "what is going wrong?"
"""The question that an empty one stands for; the core has it too, and is not loaded before the first paint."""
IN_MEMORY, BRIEF = "in memory only", "unsaved"
"""The warning of a case that is not written to the disk, and the same for a bar of less than 66 cells."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the two bars say. ``step`` is 1 to 3, 0 before a case is open; counts are None where nothing was run.

    ``stale`` is whether files changed since some of the tests ran. ``left`` counts the problems that nobody judged.
    ``impact`` holds (rank, parts): the highest rank goes first where there is no room; ``next_key`` belongs to
    ``next_step``.
    """

    title: str = WORKBENCH
    step: int = 0
    repo: str = ""
    branch: str = ""
    head: str = ""
    dirty: int = 0
    passed: int | None = None
    failed: int | None = None
    stale: bool = False
    left: int | None = None
    watching: bool = False
    state: str = ""
    people: str = ""
    waiting: int = 0
    kept: str = ""
    impact: tuple[tuple[int, tuple[Part, ...]], ...] = ()
    next_step: str = ""
    next_key: str = ""


def header_groups(facts: Facts) -> list[Group]:
    """The header's groups: the title gives way first, then people, then the branch; steps and counts stay."""
    return [
        group(("◆ ", "key"), (facts.title, "strong"), rank=9, least=5),
        _steps(facts.step),
        *_repository(facts),
        *_counts(facts),
        *_kept(facts),
        *([group(Part(facts.state, "muted", "app.jobs"), rank=6)] if facts.state else []),
        *([group((facts.people, "accent"), rank=8)] if facts.people else []),
        *([group(Part(f"? {facts.waiting} asking", "warning", "app.answer"))] if facts.waiting else []),
    ]


def _steps(step: int, brief: bool = False) -> Group:
    """The three steps; ``brief`` names the one that is shown alone."""
    parts: list[Part] = []
    for number, (text, command) in enumerate(STEPS, 1):
        here = number == step
        parts += [Part(f" {text if here or not brief else number} ", "here" if here else "muted", command)]
        parts += [Part("▸", "muted")] if number < len(STEPS) else []
    return Group(tuple(parts))


def _repository(facts: Facts) -> list[Group]:
    if not facts.repo:
        return []
    files = "file" if facts.dirty == 1 else "files"
    dirty = [group((f"±{facts.dirty} {files}", "warning"), rank=7)] if facts.dirty else []
    words = [(facts.repo, "muted"), (f" {facts.branch}", "history"), (f" {facts.head}", "history")]
    return [group(*(word for word in words if word[0].strip()), rank=7), *dirty]


def _counts(facts: Facts, brief: bool = False) -> list[Group]:
    parts = [] if facts.passed is None else [Part(f"✔{facts.passed}", "muted" if facts.stale else "success")]
    parts += [Part(f" ✘{facts.failed}", "error")] if facts.failed else []
    parts += [Part(" stale", "warning")] if facts.stale else []
    parts += [Part(f"{' ' if parts else ''}{'●' if brief else '● watching'}", "success")] if facts.watching else []
    counted = [Group(tuple(parts))] if parts else []
    if facts.left is None:
        return counted
    left = (f"{facts.left} left", "warning") if facts.left else ("✔ nothing left to judge", "success")
    return [*counted, group(left, rank=4)]


def _kept(facts: Facts) -> list[Group]:
    """The warning that stays as long as the case is not kept as it should be."""
    return [group((f"▲ {facts.kept}", "warning"))] if facts.kept else []


def impact_groups(facts: Facts) -> list[Group]:
    """The impact line's groups; the last named facts go first, the next step is shortened before its key is lost."""
    told = [
        group(*([("· ", "muted")] if number else []), *parts, rank=rank)
        for number, (rank, parts) in enumerate(facts.impact)
    ]
    return [*told, *_next(facts)]


def _next(facts: Facts, brief: bool = False) -> list[Group]:
    if not facts.next_step:
        return []
    words = (("▸ ", "key"), ("" if brief else "next: ", "muted"), (facts.next_step, ""), (f"  {facts.next_key}", "key"))
    return [group(*words, rank=2, least=8, flexible=2)]


def joined_groups(facts: Facts, brief: bool = False) -> list[Group]:
    """Header and impact in one line, for a terminal of less than 30 rows; ``brief`` names only the step shown."""
    steps, counts, more = _steps(facts.step, brief), _counts(facts, brief), header_groups(facts)
    more = [each for each in more[2:] if each not in _counts(facts)]
    rest = [each for each in more if each.rank]
    short = [group(parts[0], (" failed", "muted"), rank=3) for parts in _hit(facts)]
    title = group(("◆ ", "key"), (facts.title, "strong"), rank=13, least=5) if facts.title else Group(())
    waiting = [each for each in more if not each.rank]
    raised = [Group(each.parts, each.rank + 20, each.least, each.flexible) for each in rest]
    return [title, steps, *counts, *raised, *waiting, *short, *_next(facts, brief=True)]


def _hit(facts: Facts) -> list[tuple[Part, ...]]:
    """What the impact says of how much fails."""
    return [parts for rank, parts in facts.impact if rank == 4]


def joined(groups: Sequence[Group], gap: int) -> list[Part]:
    """The parts of ``groups`` with ``gap`` blanks between groups."""
    parts: list[Part] = []
    for number, each in enumerate(groups):
        parts += [Part(" " * gap)] if number else []
        parts += each.parts
    return parts


def header_parts(facts: Facts, width: int, low: bool) -> list[Part]:
    """The header's line in ``width`` cells; ``low`` with the impact in it."""
    facts = replace(facts, kept=BRIEF) if facts.kept == IN_MEMORY and width < 66 else facts
    if not low:
        return joined(fitted(header_groups(facts), width, 2), 2)
    untitled = replace(facts, title="")
    tries = [fitted(each, width, 2) for each in (joined_groups(facts), joined_groups(untitled))]
    wanted = {plain(facts.next_step), *(parts[0].text for parts in _hit(facts))}
    whole = (each for each in tries if wanted <= {"", *(part.text for group in each for part in group.parts)})
    return joined(next(whole, fitted(joined_groups(untitled, brief=True), width, 2)), 2)


class Header(Bar):
    """The first line."""

    facts = Facts()
    low = False

    def parts(self, width: int) -> Sequence[Part]:
        return header_parts(self.facts, width, self.low)


class ImpactLine(Bar):
    """The second line: since when, how bad, and what to do next."""

    DEFAULT_CSS = "ImpactLine { background: $background; }"
    facts = Facts()

    def parts(self, width: int) -> Sequence[Part]:
        return joined(fitted(impact_groups(self.facts), width, 1), 1)
