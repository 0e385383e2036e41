"""How the watch after a deploy looks as rows: what trips now, the figures beside those before, how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench_kit.line import Line
from workbench_kit.panel import Build, Row
from workbench_kit.text import wrap
from workbench_kit.when import brief

from workbench.analysis.plan.edits import edited
from workbench.case.plan import Monitored, Plan, Watched
from workbench.case.state import CaseState
from workbench.engine.attending import LiveMonitor

STATES = {
    "tripped": ("✘", "error"),
    "near": ("▲", "warning"),
    "holding": ("✔", "success"),
    "no_data": ("?", "warning"),
}
"""Glyph and tone of a trigger's state."""


def monitor_rows(state: CaseState, monitor: LiveMonitor) -> Build:
    """Where the triggers stand while they are watched, and how the last watch ended."""
    made = edited(state.plan, state.plan_edits) if state.plan is not None else None
    watched, tripped, left = monitor.watched, monitor.tripped, monitor.left
    running, problem, unseen = monitor.running, monitor.problem, monitor.unseen

    def build(width: int) -> list[Row]:
        if made is None:
            return said("– there is no plan to watch by yet: a makes one, when every gate has run", width)
        rows = said(problem, width, "error") if problem else []
        if running:
            told = f"◐ watching, {brief(left)} left" if left is not None else "◐ reading what was there before"
            rows += [*said(told, width, "strong"), *_back(made, tripped, width)]
            rows += _triggers(watched, made, width) if watched else _waiting(made, width)
            rows += [row for each in unseen for row in said(f"? not seen: {each}", width, "warning", indent=2)]
        elif state.monitors:
            rows += _ended(state.monitors[-1], made, width)
        elif not problem:
            rows += [*said("– not watched yet: Enter watches the deploy by", width), *_waiting(made, width)]
        return rows

    return build


def about(state: CaseState, monitor: LiveMonitor) -> object:
    """What the rows are made of: the same again means no change."""
    left = int(monitor.left) if monitor.left is not None else None
    live = (monitor.watched, monitor.tripped, left, monitor.running, monitor.problem, monitor.unseen)
    return state.plan, state.plan_edits, state.monitors, live


def _triggers(watched: Sequence[Watched], made: Plan, width: int) -> Iterator[Row]:
    names = {each.id: each.metric for each in made.triggers}
    order = list(STATES)
    for each in sorted(watched, key=lambda each: order.index(each.state)):
        yield from said(
            line(each, names.get(each.trigger, each.trigger)), width, STATES[each.state][1], each.trigger, indent=2
        )


def _waiting(made: Plan, width: int) -> Iterator[Row]:
    """What will be watched: it keeps the room that the figures will take."""
    for each in made.triggers:
        limit = f"{each.comparator} {each.threshold:g} for {brief(each.window)}"
        yield from said(f"○ {each.metric} {limit}, n ≥ {each.minimum}", width, "muted", each.id, indent=2)


def _back(made: Plan, tripped: frozenset[str], width: int) -> Iterator[Row]:
    """The rehearsed way back, once something tripped."""
    if not tripped:
        return
    if made.rollback.status != "rehearsed":
        yield from said(f"no roll-back was rehearsed: {made.rollback.reason}", width, "error")
        return
    yield from said("roll back, rehearsed:", width, "error strong")
    for command in made.rollback.commands:
        yield from said(f"$ {command}", width, "error", indent=2)


def _ended(seen: Monitored, made: Plan, width: int) -> Iterator[Row]:
    yield from said(f"{seen.outcome.replace('_', ' ')}: {seen.reason}", width, "strong")
    yield from _back(made, frozenset(each.trigger for each in seen.watched if each.state == "tripped"), width)
    yield from _triggers(seen.watched, made, width)


def line(each: Watched, name: str) -> str:
    """One trigger in a line: its state, the figure now and before, and what it rests on."""
    value = "" if each.value is None else f"{each.value:.3g}, "
    before = "not measured" if each.before is None else f"{each.before:.3g}"
    return f"{STATES[each.state][0]} {each.state.replace('_', ' ')}  {name}: {value}before {before}, n={each.n}"


def said(text: str, width: int, tone: str = "muted", ref: str = "", indent: int = 0) -> list[Row]:
    """``text`` wrapped; what goes on is indented like its first line, or by ``indent``."""
    first = " " * (len(text) - len(text.lstrip()))
    parts = wrap(text.lstrip(), max(8, width - max(indent, len(first))))
    return [Row(Line((((" " * indent if at else first) + part, tone),)), ref=ref) for at, part in enumerate(parts)]
