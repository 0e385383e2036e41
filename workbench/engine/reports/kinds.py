"""The reports: timeline, postmortem, handover, brief, pull request. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from workbench.analysis.record.chronicle import Cited, chronicle
from workbench.analysis.record.phases import phases
from workbench.case.enums import CauseStatus
from workbench.case.events import Event
from workbench.case.state import CaseState, Comment, Entry
from workbench.engine.reports import parts
from workbench.engine.reports.model import Paper, Said, Section, Source, line, section, words
from workbench.engine.reports.plan import plan
from workbench.engine.views import Views

ACTION = "action:"
"""What a note begins with that asks for something to be done after the incident."""

Writer = Callable[[Source], Iterator[Section]]


def paper(kind: str, state: CaseState, views: Views, events: Iterable[Event]) -> Paper:
    """The report of that kind. Raises KeyError for a kind that there is not."""
    told = chronicle(events)
    source = Source(state, views, told, phases(told))
    title = line(state.question) or "nothing was asked yet"
    head = {"timeline": "Timeline: ", "postmortem": "Postmortem: ", "handover": "Handover: ", "plan": "Plan: "}.get(
        kind, ""
    )
    return Paper(kind, state.id, f"{head}{title}", tuple(KINDS[kind](source)), state.masked)


def timeline(source: Source) -> Iterator[Section]:
    """Everything that happened, in order, with who and when."""
    yield section("What happened", _entries(source, source.state.timeline))


def postmortem(source: Source) -> Iterator[Section]:
    """A blameless postmortem: what was broken, what contributed, what was done, what is left to do."""
    state = source.state
    yield section("Case", _case(source))
    yield section("Impact", parts.impact(source))
    yield section("Errors", parts.errors(source))
    yield section("Phases", parts.phases(source))
    yield section("Contributing factors", _causes(source, CauseStatus.SUPPORTED))
    yield section("Also considered", _causes(source, CauseStatus.PROPOSED, CauseStatus.INCONCLUSIVE))
    yield section("Ruled out", _causes(source, CauseStatus.REFUTED))
    yield section("What stopped it", _entries(source, _of(state, "case.mitigated")))
    yield section("What was done", _patches(source))
    yield section("Proof", parts.proofs(source))
    yield section("Validation", parts.gates(source))
    yield section("After the deploy", _monitors(source))
    yield section("Action items", _entries(source, [each for each in state.timeline if _is_action(each)]))
    yield section("Not checked", parts.not_checked(source))
    yield section("Timeline", _entries(source, state.timeline))


def handover(source: Source) -> Iterator[Section]:
    """Conditions, actions, needs: what the next person on call has to know."""
    state, views = source.state, source.views
    yield section("Conditions", [*_case(source), *parts.impact(source), *parts.errors(source), *_leading(source)])
    yield section("Actions", _entries(source, [each for each in state.timeline if _by_people(each)][-parts.LATEST :]))
    left = [Said(f"next: {line(views.next_step.text)}")] if not views.left else []
    waiting = [Said("some problems are not judged yet")] if views.left else []
    open_items = _entries(source, [each for each in state.timeline if _is_action(each)])
    yield section("Needs", [*left, *waiting, *open_items, *parts.not_checked(source)])


def comments(source: Source) -> Iterator[Section]:
    """What people wrote at lines and elsewhere, by place."""
    placed = sorted(source.state.comments, key=lambda each: (not each.path, each.path, each.line))
    if not placed:
        yield section("Comments", ())
    for path in dict.fromkeys(each.path for each in placed):
        here = [each for each in placed if each.path == path]
        yield section(line(path) or "The case", (_comment(each) for each in here))


def _comment(each: Comment) -> Said:
    place = f"line {each.line}: " if each.line else ""
    figures = (Cited(str(each.line), each.line, each.id, ("line",)),) if each.line else ()
    return Said(f"{place}{line(each.text)} ({line(each.by)})", (each.id,), figures)


def brief(source: Source) -> Iterator[Section]:
    """For someone who joins late: question, causes and their state, red or green, gates, the last ten events."""
    yield section("Question", _case(source))
    yield section("Errors", parts.errors(source))
    yield section("Causes", _leading(source))
    yield section("Red or green", _state_of_tests(source))
    yield section("Gates", parts.gates(source))
    yield section("Last events", _entries(source, source.state.timeline[-parts.LATEST :]))


def pull_request(source: Source) -> Iterator[Section]:
    """The text of a pull request: cause, evidence, proof, gates, what was not checked."""
    supported = [each for each in source.views.causes if each.status is CauseStatus.SUPPORTED]
    chosen = supported or list(source.views.causes[:1])
    yield section("Cause", (said for each in chosen for said in parts.cause(source, each)))
    yield section("Proof", parts.proofs(source))
    yield section("Gates", parts.gates(source))
    yield section("Comments", (_placed(each) for each in source.state.comments))
    if source.state.plan is not None:
        yield from plan(source)
    yield section("Not checked", parts.not_checked(source))


def _placed(each: Comment) -> Said:
    said = _comment(each)
    return replace(said, text=f"{line(each.path)}, {said.text}") if each.path else said


KINDS: Mapping[str, Writer] = {
    "timeline": timeline,
    "postmortem": postmortem,
    "handover": handover,
    "comments": comments,
    "brief": brief,
    "pr": pull_request,
    "plan": plan,
}
"""Name of a report to what writes it."""


def _case(source: Source) -> Iterator[Said]:
    state = source.state
    opened = next((each.id for each in source.told.events.values() if each.kind == "case.opened"), "")
    asked = next((each.id for each in reversed(source.told.events.values()) if each.kind == "case.question"), "")
    if asked:
        yield Said(f"asked: {line(state.question)}", (asked,))
    if opened:
        yield Said(f"{state.repo} at {state.base or 'no commit'}", (opened, *_facts(source)))
    if state.deployed:
        yield Said(f"deployed: {state.deployed}", _facts(source))


def _facts(source: Source) -> tuple[str, ...]:
    return tuple(each.id for each in source.told.events.values() if each.kind in ("case.facts", "case.question"))


def _causes(source: Source, *statuses: CauseStatus) -> Iterator[Said]:
    for each in source.views.causes:
        if each.status in statuses:
            yield from parts.cause(source, each)


def _leading(source: Source) -> list[Said]:
    return [said for each in source.views.causes[:3] for said in parts.cause(source, each)]


def _patches(source: Source) -> Iterator[Said]:
    for record in source.state.patches.values():
        told = source.told.events_of("patch", record.id)
        yield Said(f"{line(record.title)}{' (undone)' if record.undone else ''}", told)


def _state_of_tests(source: Source) -> Iterator[Said]:
    yield from parts.proofs(source)
    runs = [each for each in source.told.events.values() if each.kind == "test.finished"]
    if source.state.test_runs and runs:
        last = source.state.test_runs[-1]
        stale = " (of an earlier tree)" if source.state.tree and last.tree != source.state.tree else ""
        yield Said(f"last test run: {words(last.status.value)}{stale}", (runs[-1].id,))


def _monitors(source: Source) -> Iterator[Said]:
    ends = [each for each in source.told.events.values() if each.kind == "monitor.finished"]
    for event in ends:
        told = event.data.get("monitor")
        if isinstance(told, dict) and "outcome" in told:
            yield Said(line(str(told.get("reason", ""))), (event.id,), mark=words(str(told["outcome"])))


def _entries(source: Source, entries: Sequence[Entry]) -> list[Said]:
    return [parts.entry(source, each) for each in entries]


def _of(state: CaseState, kind: str) -> list[Entry]:
    return [each for each in state.timeline if each.kind == kind]


def _is_action(each: Entry) -> bool:
    return each.kind in ("note.added", "comment.added") and ACTION in each.text.lower()


def _by_people(each: Entry) -> bool:
    return not each.actor.startswith("workbench/")
