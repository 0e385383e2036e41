"""Logs that hold no time before the error: nothing is said to have always been there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.test_logs_unhandled import digest_of, record
from workbench.analysis.logs.digest.settings import Lens
from workbench.case.enums import Trend

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def lines(seconds: int, step: int) -> str:
    """A log of so many seconds that fails all along."""
    return "".join(
        f"2026-05-12 12:{at // 60:02d}:{at % 60:02d},000 ERROR shop.cart: no price for item {at}\n"
        for at in range(0, seconds, step)
    )


def test_of_a_traceback_alone_in_a_file_nobody_knows_whether_it_is_new() -> None:
    (error,) = digest_of(lines(1, 1)).errors
    assert error.trend is Trend.UNKNOWN
    assert "the logs cover less than 60 s" in error.why


def test_why_events_are_one_error_is_said() -> None:
    text = "".join(record(at, "Internal Server Error: /cart", "KeyError") for at in range(0, 600, 20))
    text += lines(600, 20)
    text += "".join(f'2026-05-12 14:10:{at:02d},000 INFO web: "GET /pay HTTP/1.1" 502 9\n' for at in range(3))
    assert {error.type: error.why.partition("; the logs")[0] for error in digest_of(text).errors} == {
        "KeyError": "same exception type KeyError; the deepest frame of the project is keyerror in app/shop/cart.py",
        "ERROR": "no traceback; same message once its values are left out",
        "HTTP 502": "same status and endpoint; all of it came late, too seldom to tell whether it is new",
    }


def test_what_fails_all_through_the_last_seconds_of_a_log_was_not_always_there() -> None:
    assert [error.trend for error in digest_of(lines(50, 2)).errors] == [Trend.UNKNOWN]
    assert [error.trend for error in digest_of(lines(1200, 20)).errors] == [Trend.AS_ALWAYS]


@pytest.mark.parametrize(("minute", "trend"), [(-5, Trend.UNKNOWN), (0, Trend.UNKNOWN), (10, Trend.AS_ALWAYS)])
def test_a_time_that_is_asked_for_before_the_logs_begin_leaves_nothing_to_compare(minute: int, trend: Trend) -> None:
    since = NOON.timestamp() + 60 * minute
    (error,) = digest_of(lines(1200, 20), Lens(since=since)).errors
    assert error.trend is trend
    assert ("begin after the time that is looked at" in error.why) == (trend is Trend.UNKNOWN)
