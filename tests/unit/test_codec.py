"""Every value type of a case survives the way through JSON."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.case_values import VALUE_TYPES, values
from workbench.case.code import Finding
from workbench.case.codec import decode, encode
from workbench.case.enums import Severity
from workbench.case.logs import LogError, Onset
from workbench.case.state import CaseState
from workbench.case.work import Figure


def through_json(value: object) -> object:
    return json.loads(json.dumps(encode(value), allow_nan=False))


@pytest.mark.parametrize("cls", VALUE_TYPES, ids=lambda cls: cls.__name__)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_decoded_is_what_was_encoded(cls: type, data: st.DataObject) -> None:
    value = data.draw(values(cls))
    again = decode(cls, through_json(value))
    assert again == value
    assert through_json(again) == through_json(value)


def test_an_older_event_lacks_fields_and_a_newer_one_has_more() -> None:
    data = {"name": "p99", "value": 0.2, "colour": "red"}
    assert decode(Figure, data) == Figure("p99", 0.2)


def test_numbers_that_json_has_no_word_for_come_back() -> None:
    for number in (math.inf, -math.inf):
        assert decode(Figure, through_json(Figure("x", number))).value == number
    assert math.isnan(decode(Figure, through_json(Figure("x", math.nan))).value or 0.0)


def test_times_are_written_in_utc() -> None:
    local = datetime(2024, 5, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert encode(local) == "2024-05-01T10:00:00Z"
    onset = Onset(local, local, local)
    assert decode(Onset, through_json(onset)) == onset
    assert decode(Onset, through_json(onset)).at.tzinfo == UTC


@pytest.mark.parametrize(
    ("cls", "data"),
    [
        (Finding, []),
        (Finding, {"id": "x"}),
        (Onset, {"at": "2024-05-01T10:00:00", "start": "2024-05-01T10:00:00Z", "end": "2024-05-01T10:00:00Z"}),
        (LogError, {"trend": "sideways"}),
        (CaseState, {"pins": 4}),
    ],
)
def test_rubbish_is_refused(cls: type, data: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode(cls, data)


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="no JSON form for object"):
        encode(object())
    with pytest.raises(TypeError, match="no JSON form for bytes"):
        encode({"data": b"x"})
    assert encode(Severity.ERROR) == "error"
