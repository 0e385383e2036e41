"""What is taken over from alerts, tickets, error reports, traces and text, and where each fact came from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.intake.read import IntakeError, read_intake
from workbench.case.codec import decode, encode
from workbench.case.intake import Intake

DATA = Path(__file__).parent.parent / "data" / "intake"


def read(name: str) -> Intake:
    """A sample document, read."""
    return read_intake((DATA / name).read_bytes(), name)


def facts(intake: Intake) -> dict[str, tuple[str, str]]:
    """The first value and its origin, by name."""
    return {item.name: (item.value, item.origin) for item in reversed(intake.taken)}


def test_an_alert_gives_question_window_service_release_and_says_where_each_stands() -> None:
    told = facts(read("alertmanager.json"))
    assert told["question"] == ("5xx above 5 % on shop-api", "commonAnnotations.summary")
    assert told["detail"] == ("31 % of requests fail with 500", "alerts[1].annotations.description")
    assert told["since"] == ("2026-05-12T14:02:11.739266Z", "alerts[1].startsAt")
    assert told["service"] == ("shop-api", "commonLabels.job")
    assert told["release"] == ("1.4.0", "alerts[1].labels.version")
    assert told["endpoint"] == ("/orders", "alerts[1].labels.handler")
    assert told["metric"][0].startswith("sum(rate(http_requests_total")
    assert told["alerts"][0] == "1"


def test_pagerduty_of_all_three_kinds() -> None:
    told = facts(read("pagerduty_v3.json"))
    assert told["question"] == ("POST /orders answers 500", "event.data.title")
    assert told["since"] == ("2026-05-12T14:02:40Z", "event.data.created_at")
    assert told["service"] == ("shop-api", "event.data.service.summary")
    assert told["severity"] == ("P1", "event.data.priority.summary")
    second = {"messages": [{"event": "incident.trigger", "incident": {"title": "slow", "service": {"name": "api"}}}]}
    assert facts(read_intake(json.dumps(second).encode(), "v2"))["service"][0] == "api"
    sent = {
        "event_action": "trigger",
        "payload": {"summary": "disk full", "source": "db-1", "custom_details": {"release": "2"}},
    }
    told = facts(read_intake(json.dumps(sent).encode(), "events"))
    assert (told["question"][0], told["service"][0], told["release"][0]) == ("disk full", "db-1", "2")


def test_an_issue_gives_its_words_its_traceback_and_what_people_wrote_out() -> None:
    issue = read("github_issue.json")
    told = facts(issue)
    assert told["since"] == ("2026-05-12T14:02:11Z", "body, line 1")
    assert (told["users"][0], told["service"][0], told["release"][0]) == ("340", "shop-api", "1.4.0")
    assert [(error.type, error.place and error.place.function) for error in issue.errors] == [("KeyError", "total")]


def test_a_sentry_event_gives_frames_of_the_application_release_users_and_breadcrumbs() -> None:
    event = read("sentry_event.json")
    told = facts(event)
    (error,) = event.errors
    assert (error.type, error.message, error.cause) == ("KeyError", "'B-17'", "LookupError: no such article")
    assert [(frame.function, frame.mapped) for frame in error.frames] == [
        ("inner", False),
        ("order", True),
        ("total", True),
    ]
    assert told["question"][0] == "KeyError: 'B-17'"
    assert (told["release"], told["users"]) == (("shop@1.4.0", "release"), ("1", "user"))
    assert (told["service"], told["logger"]) == (("shop", "release"), ("django.request", "logger"))
    crumbs = [item.value for item in event.taken if item.name == "breadcrumb"]
    assert crumbs[1] == "14:02:13 httplib url=https://stock.example.org/B-17 method=GET status_code=404"


def test_a_sentry_event_of_the_api_in_a_webhook_reads_the_same() -> None:
    event = json.loads((DATA / "sentry_event.json").read_text())
    frames = event["exception"]["values"][1]["stacktrace"]["frames"]
    camel = [
        {"filename": f["filename"], "lineNo": f["lineno"], "function": f["function"], "inApp": f["in_app"]}
        for f in frames
    ]
    data = {"values": [{"type": "KeyError", "value": "'B-17'", "stacktrace": {"frames": camel}}]}
    api = {"eventID": "1", "entries": [{"type": "exception", "data": data}], "release": {"version": "shop@1.4.0"}}
    wrapped = {"action": "created", "data": {"event": api, "issue": {"userCount": 12}}}
    read_again = read_intake(json.dumps(wrapped).encode(), "hook")
    assert read_again.errors[0].frames[2].line == 5
    assert (read_again.value("release"), read_again.value("users")) == ("shop@1.4.0", "12")


def test_a_trace_gives_observed_calls_slow_spans_and_what_is_asked_again_and_again() -> None:
    trace = read("otlp.json")
    told = facts(trace)
    assert told["question"][0] == (
        "GET /orders takes 2.31 s; 1.89 s of it in SELECT name FROM customer WHERE id = ?, 41 times"
    )
    assert (told["service"][0], told["release"][0], told["users"][0]) == ("shop-api", "1.4.0", "1")
    first = trace.spans[0]
    assert (first.most, first.count, first.caller and first.caller.line) == (41, 41, 7)
    edges = {(edge.source, edge.target): edge.observed for edge in trace.edges}
    assert edges == {("service:shop-api", "db:postgresql shop"): 41, ("service:shop-api", "service:rates"): 1}
    assert [(error.type, error.place and error.place.path) for error in trace.errors] == [
        ("ValueError", "/srv/shop/shop/rates.py")
    ]


def test_jaeger_and_an_otlp_file_with_an_object_on_each_line() -> None:
    trace = read("jaeger.json")
    assert [(edge.source, edge.target) for edge in trace.edges] == [("service:shop-api", "service:stock")]
    assert trace.value("question") == "GET /orders takes 0.90 s; 0.83 s of it in GET /stock"
    assert next(span.errors for span in trace.spans if span.service == "stock") == 1
    groups = json.loads((DATA / "otlp.json").read_text())["resourceSpans"]
    lines = "\n".join(json.dumps({"resourceSpans": [group]}) for group in groups)
    assert read_intake(lines.encode(), "lines").edges == read("otlp.json").edges


def test_plain_text_is_the_question() -> None:
    told = facts(read("plain.txt"))
    assert told["question"][0].startswith("Orders fail with 500")
    assert told["since"] == ("2026-05-12T14:02:11Z", "the text, line 1")
    assert (told["users"], told["service"], told["release"][0]) == (
        ("340", "the text, line 1"),
        ("shop-api", "the text, line 2"),
        "1.4.0",
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", "no text"),
        (b'{"alerts": [', "begins like JSON and is none"),
        (b'{"hello": "world"}', "no kind of document that is known"),
        (b'{"resourceSpans": []}', "holds no span"),
        (b'{"alerts": []}', "says nothing of what is wrong"),
        (b'{"exception": 5, "platform": "python"}', "not as its kind should be"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, why: str) -> None:
    with pytest.raises(IntakeError, match=why):
        read_intake(data, "page.json")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: (
            st.lists(each)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "alerts",
                        "labels",
                        "event",
                        "data",
                        "exception",
                        "values",
                        "platform",
                        "spans",
                        "title",
                        "body",
                        "payload",
                        "resourceSpans",
                        "startsAt",
                    ]
                ),
                each,
            )
        ),
        max_leaves=30,
    )
)
def test_no_document_breaks_the_reader(value: object) -> None:
    try:
        found = read_intake(json.dumps(value).encode(), "any")
    except IntakeError:
        return
    assert decode(Intake, encode(found)) == found
