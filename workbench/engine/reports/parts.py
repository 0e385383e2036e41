"""The lines that several reports share. Each figure in them names the event and the place it stands in. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.record.chronicle import Cited
from workbench.analysis.record.phases import PHASES, Phase
from workbench.analysis.verdict import judge, judge_record, worst_first
from workbench.case.codec import encode
from workbench.case.enums import CheckStatus
from workbench.case.model import GateResult, Hypothesis, LogError, Proof
from workbench.case.state import Entry
from workbench.engine.reports.model import Said, Source, line, when, words

LATEST = 10
"""Entries of the timeline in a brief, and errors in a list."""


def impact(source: Source) -> Iterator[Said]:
    """Since when, how many requests, how many users; what nothing measured is said to be so."""
    onset, found = source.views.onset, source.views.impact
    if onset is not None:
        figures = [
            *source.cited("onset", "", ("at",), onset.at, when(onset.at)),
            *source.cited("onset", "", ("start",), onset.start, when(onset.start)),
            *source.cited("onset", "", ("end",), onset.end, when(onset.end)),
        ]
        if len(figures) == 3:
            yield Said(
                f"errors began {when(onset.at)} (between {when(onset.start)} and {when(onset.end)})",
                figures=tuple(figures),
            )
    counts = [] if found is None else [*source.cited("impact", "", ("failed",), found.failed, str(found.failed))]
    if found is not None and found.failed is not None and found.requests and counts:
        counts += source.cited("impact", "", ("requests",), found.requests, str(found.requests))
        share = "" if found.share is None else f"{found.share:.1%}"
        counts += source.cited("impact", "", ("share",), found.share, share) if share else ()
        text = f"{found.failed} of {found.requests} requests failed{f', {share}' if share else ''}"
        yield Said(text, figures=tuple(counts))
    else:
        yield Said("share of requests: not measured")
    if found is not None and found.users is not None:
        yield Said(
            f"{found.users} users are named by the errors",
            figures=source.cited("impact", "", ("users",), found.users, str(found.users)),
        )
    else:
        yield Said("users: not measured")


def errors(source: Source) -> Iterator[Said]:
    """The errors, the new first; of those that people regrouped only what was recorded of each is counted."""
    for error in source.views.errors[:LATEST]:
        yield _error(source, error)


def _error(source: Source, error: LogError) -> Said:
    name = error.fingerprint or error.id
    figures = list(source.cited("error", name, ("count",), error.count, str(error.count)))
    counted = ""
    if figures:
        share = source.cited("error", name, ("share",), error.share, f"{error.share:.1%}")
        figures += share
        counted = f", {error.count}" + (f" ({error.share:.1%} of {error.of})" if share else "")
    elif error.why:
        counted = f", {line(error.why)}"
    place = ""
    if error.place and (cited := _at_line(source, name, error)):
        place, figures = f" at {error.place.path}:{error.place.line}", [*figures, cited]
    events = source.told.events_of("error", name)
    return Said(f"{words(error.trend.value)}: {line(error.type)}{place}{counted}", events, tuple(figures))


def _at_line(source: Source, name: str, error: LogError) -> Cited | None:
    assert error.place is not None
    at = error.frames.index(error.place)
    return source.told.cite("error", name, ("frames", at, "line"), error.place.line, str(error.place.line))


def phases(source: Source) -> Iterator[Said]:
    """When each phase was reached, and how long after the first one; those that were not say so."""
    found = {phase.name: phase for phase in source.phases}
    first = source.phases[0] if source.phases else None
    for name in PHASES:
        phase = found.get(name)
        if phase is None:
            yield Said(f"{words(name)}: not recorded")
        else:
            yield _phase(phase, first)


def _phase(phase: Phase, first: Phase | None) -> Said:
    shown = when(phase.at)
    figures = [Cited(shown, encode(phase.at), phase.event, phase.pointer)]
    after = ""
    if first is not None and first is not phase:
        seconds = (phase.at - first.at).total_seconds()
        figures.append(Cited(f"{seconds:.0f} s", seconds, phase.event, phase.pointer, (first.event, first.pointer)))
        after = f", {seconds:.0f} s after {words(first.name)}"
    corrected = ", corrected" if phase.corrected else ""
    return Said(f"{words(phase.name)}: {shown}{after} ({line(phase.why)}{corrected})", (phase.event,), tuple(figures))


def cause(source: Source, each: Hypothesis) -> Iterator[Said]:
    """A cause with what speaks for and against it."""
    events = source.told.events_of("cause", each.id)
    kind = words(each.cause_class.value)
    place = ""
    figures: tuple[Cited, ...] = ()
    if each.path and each.line:
        figures = source.cited("cause", each.id, ("line",), each.line, str(each.line))
        place = f" at {each.path}:{each.line}" if figures else f" at {each.path}"
    yield Said(f"{place.strip()} ({kind}, {each.status.value})".strip(), events, figures, mark=line(each.statement))
    yield from (Said(f"for: {line(item.text)}", events, depth=1) for item in each.supporting)
    yield from (Said(f"against: {line(item.text)}", events, depth=1) for item in each.against)


def proofs(source: Source) -> Iterator[Said]:
    """Every proof with its steps; stale when files changed since."""
    for proof in source.state.proofs.values():
        yield from _proof(source, proof)


def _proof(source: Source, proof: Proof) -> Iterator[Said]:
    events = source.told.events_of("proof", proof.id)
    stale = " (of an earlier tree)" if source.state.tree and proof.head != source.state.tree else ""
    yield Said(f"{', '.join(proof.tests)}{stale}".strip(), events, mark=words(proof.status.value))
    for step in proof.steps:
        yield Said(f"{words(step.name)}: {words(step.outcome)}, {line(step.reason)}", events, depth=1)


def latest_tree(results: list[GateResult]) -> str:
    """The tree that was judged last; empty where nothing was."""
    return max(results, key=lambda each: each.at.timestamp() if each.at else 0.0).tree if results else ""


def gates(source: Source) -> Iterator[Said]:
    """The verdict and what every gate said, with its figures against their thresholds."""
    results = list(source.state.gates.values())
    if not results:
        return
    tree = latest_tree(results)
    judged = judge_record(results, tree, source.state.plan)
    known = tuple(event for each in results if (event := source.told.event_of("gate", each.id)))
    partly = "" if judged.verdict is judge(results, tree).verdict else ": not every gate was run on this tree"
    yield Said(f"is what the gates below say together{partly}", known, mark=words(judged.verdict.value))
    for result in worst_first(results, tree):
        events = source.told.events_of("gate", result.id)
        yield Said(f"{result.id}: {words(result.status.value)}, {line(result.reason)}", events)
        yield from _figures(source, result)


def _figures(source: Source, result: GateResult) -> Iterator[Said]:
    for at, figure in enumerate(result.figures):
        if figure.value is None:
            continue
        shown = f"{figure.value:g}"
        cited = list(source.cited("gate", result.id, ("figures", at, "value"), figure.value, shown))
        if not cited:
            continue
        text = f"{figure.name}: {shown} {figure.unit}".rstrip()
        for name, label in (("threshold", "at most"), ("baseline", "base"), ("n", "n")):
            value = getattr(figure, name)
            found = () if value is None else source.cited("gate", result.id, ("figures", at, name), value, f"{value:g}")
            if found:
                text += f", {label} {value:g}"
                cited += found
        yield Said(text, figures=tuple(cited), depth=1)


def not_checked(source: Source) -> Iterator[Said]:
    """What no analyzer and no gate said anything of."""
    for check in source.views.checks:
        if check.status is not CheckStatus.DONE:
            told = source.told.events_of("check", check.analyzer)
            yield Said(f"{check.analyzer}: {line(check.summary) or words(check.status)}", told)
    for facts in source.views.sources:
        told = source.told.events_of("source", facts.name)
        yield from (Said(f"{facts.name}: {line(text)}", told) for text in facts.denied)
    results = list(source.state.gates.values())
    if not results:
        yield Said("no gate was run")
        return
    for result in worst_first(results, latest_tree(results)):
        said = f"{result.id} {words(result.status.value)}: {line(result.reason)}"
        if result.status.value in ("skipped", "not_run", "inconclusive", "error", "waived"):
            yield Said(said, source.told.events_of("gate", result.id))


def entry(source: Source, each: Entry) -> Said:
    """One entry, starred and corrected where people did so; what it said stays readable."""
    star = "★" if each.id in source.state.stars else ""
    corrected = source.state.corrections.get(each.id, "")
    more = f" (corrected later: {line(corrected)})" if corrected else ""
    shown = when(each.at)
    text = f"{shown} {line(each.actor)}: {line(each.text)}{more}"
    run = source.told.events_of("run", each.ref) if each.kind == "analysis.finished" else ()
    events = tuple(dict.fromkeys((each.id, *run)))
    return Said(text, events, (Cited(shown, encode(each.at), each.id, ("@at",)),), mark=star)
