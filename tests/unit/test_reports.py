"""Whatever a journal holds, a report says nothing that is not in it: every figure is checked against its event."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.case_values import incidents
from workbench.analysis.ranking import Ranking
from workbench.analysis.record.chronicle import Cited, chronicle
from workbench.analysis.record.phases import phases
from workbench.case.codec import encode
from workbench.case.enums import GateStatus, Trend
from workbench.case.events import Event, new_event
from workbench.case.fold import fold
from workbench.case.logs import Impact, LogError
from workbench.case.model import GateResult
from workbench.case.plan import Plan
from workbench.case.state import CaseState, Report
from workbench.engine.reports import KINDS, document, html, markdown, paper
from workbench.engine.reports.model import Said
from workbench.engine.views import derive

PATIENT = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@PATIENT
@given(incidents(), st.sampled_from(sorted(KINDS)))
def test_every_figure_of_a_report_stands_in_the_event_that_it_cites(events: list[Event], kind: str) -> None:
    state = fold(CaseState(), events)
    made = paper(kind, state, derive(state, Ranking()), events)
    by_id = {event.id: event for event in events}
    for part in made.sections:
        for said in part.lines:
            check(said, by_id)
    json.dumps(document(made), allow_nan=False)
    assert html(made).count("<h2>") == len(made.sections)
    assert sum(1 for line in markdown(made) if line.startswith("## ")) == len(made.sections)


def check(said: Said, events: Mapping[str, Event]) -> None:
    """Each figure equals what stands at its place and is shown as it is; no other digits but of the events' texts."""
    rest = f"{said.mark} {said.text}"
    for figure in said.figures:
        assert agrees(figure, events), figure
        assert figure.shown in rest
        rest = rest.replace(figure.shown, "", 1)
    for text in sorted(texts(said, events), key=len, reverse=True):
        rest = rest.replace(text, "")
    assert not re.search(r"[0-9]", rest), (said, rest)


def agrees(figure: Cited, events: Mapping[str, Event]) -> bool:
    """Whether the value is what its event holds, and the words are that value's."""
    value = stands(events[figure.event], figure.pointer)
    if value in ("inf", "-inf"):
        return figure.value == value and figure.shown == (f"{float(value):.1%}" if "%" in figure.shown else value)
    if figure.since is not None:
        began = stands(events[figure.since[0]], figure.since[1])
        span = datetime.fromisoformat(value) - datetime.fromisoformat(began)
        return figure.value == span.total_seconds() and figure.shown == f"{figure.value:.0f} s"
    if value != figure.value:
        return False
    if isinstance(value, str):
        at = datetime.fromisoformat(value)
        return figure.shown == f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return figure.shown in (str(value), f"{value:g}", f"{value:.1%}")


def stands(event: Event, pointer: tuple[str | int, ...]) -> Any:
    if pointer == ("@at",):
        return encode(event.at)
    value: Any = event.data
    for step in pointer:
        value = value[step]
    return value


def texts(said: Said, events: Mapping[str, Event]) -> set[str]:
    """Every text in the events that a line cites, underscores as spaces too, and its lines of the timeline."""
    found: set[str] = set()
    for name in {*said.events, *(figure.event for figure in said.figures)}:
        event = events[name]
        collect(event.data, found)
        before = [each for each in events.values() if each.seq <= event.seq]
        told = [entry.text for entry in fold(CaseState(), before).timeline if entry.id == event.id]
        found |= {" ".join(text.split()) for text in told} | {event.kind}
    found |= {text.replace("_", " ") for text in found}
    return found | {" ".join(text.split()) for text in found}


def collect(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, Mapping):
        found.update(str(key) for key in value)
        for item in value.values():
            collect(item, found)
    elif isinstance(value, list):
        for item in value:
            collect(item, found)


@pytest.mark.parametrize("wrong", [1, "text"])
def test_a_figure_that_is_not_its_events_is_caught(wrong: object) -> None:
    event = new_event("gate.finished", "ann", {"gate": {"figures": [{"value": 2}]}})
    place = ("gate", "figures", 0, "value")
    assert agrees(Cited("2", 2, event.id, place), {event.id: event})
    assert not agrees(Cited(str(wrong), wrong, event.id, place), {event.id: event})
    with pytest.raises(AssertionError):
        check(Said("there were 7 of them", (event.id,)), {event.id: event})


def story() -> list[Event]:
    error = LogError(
        "e1", "KeyError", "x", Trend.NEW, 7, 0.1, "70 records", first_seen=START, fingerprint="f1", last_seen=START
    )
    report = Report("logs", errors=(error,), impact=Impact(7, 70, 0.1, "70 requests", 3))
    minutes = iter(range(10, 200, 10))

    def told(kind: str, data: dict[str, Any], run: str = "") -> Event:
        return new_event(kind, "ann", data, run, START + timedelta(minutes=next(minutes)))

    events = [
        told("case.opened", {"case": "c", "repo": "/srv/shop"}),
        told("case.question", {"question": "500s <b>now</b> [x](y)"}),
        told("analysis.started", {"analyzer": "logs"}, "r"),
        told("analysis.reported", {"report": encode(report)}, "r"),
        told("analysis.finished", {"check": {"analyzer": "logs", "status": "done", "summary": "read"}}, "r"),
        told("case.mitigated", {"text": "flag off"}),
        told("note.added", {"text": "action: add an alert (ann, Friday)"}),
    ]
    return [Event(e.id, n, e.at, e.actor, e.kind, e.v, e.data, e.run) for n, e in enumerate(events, 1)]


def test_phases_come_from_what_happened_and_are_corrected_by_a_new_entry() -> None:
    events = story()
    found = {phase.name: phase for phase in phases(chronicle(events))}
    assert list(found) == ["impact_start", "detected", "mitigated"]
    assert found["impact_start"].at == START
    assert found["detected"].at == START + timedelta(minutes=20)
    earlier = START - timedelta(minutes=5)
    event = new_event("case.phase", "bob", {"phase": "impact_start", "at": encode(earlier), "reason": "cache"})
    corrected = {phase.name: phase for phase in phases(chronicle([*events, event]))}
    assert corrected["impact_start"].at == earlier
    assert corrected["impact_start"].corrected
    assert events[3].data["report"]["errors"][0]["first_seen"] == encode(START), "nothing is edited away"


def test_one_green_gate_validates_nothing_and_all_of_them_do() -> None:
    def told(kind: str, data: dict[str, Any], minute: int) -> Event:
        made = new_event(kind, "ann", data, at=START + timedelta(minutes=minute))
        return Event(made.id, minute, made.at, made.actor, kind, made.v, data, "")

    gate = encode(GateResult("suite", "suite", GateStatus.PASS, "all pass", "t", examined=3))
    green = told("gate.finished", {"gate": gate}, 1)
    assert "validated" not in {phase.name for phase in phases(chronicle([green]))}
    whole = told("plan.made", {"plan": encode(Plan("t", "b", "ready"))}, 2)
    (phase,) = phases(chronicle([green, whole]))
    assert (phase.name, phase.at) == ("validated", green.at)
    later = told("gate.finished", {"gate": gate | {"tree": "t2"}}, 3)
    (phase,) = phases(chronicle([green, whole, later]))
    assert phase.at == green.at, "of the tree that was judged as a whole"


def test_a_postmortem_has_figures_factors_and_action_items_and_html_escapes_what_came_from_outside() -> None:
    events = story()
    state = fold(CaseState(), events)
    made = paper("postmortem", state, derive(state, Ranking()), events)
    text = "\n".join(markdown(made))
    assert "7 of 70 requests failed, 10.0%" in text
    assert "impact start: 2026-03-01 12:00:00 UTC" in text
    assert "mitigated: 2026-03-01 13:00:00 UTC, 3600 s after impact start" in text
    assert "action: add an alert (ann, Friday)" in text.split("## Action items")[1].split("##")[0]
    assert "\\<b\\>now" in text
    assert "[x\\](y)" in text
    page = html(made)
    assert "&lt;b&gt;now" in page
    assert "<b>" not in page
    assert not re.search(r"<script|src=|href=", page)
