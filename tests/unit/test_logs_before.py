"""Against the time before: what is new is found, and nothing is claimed where nothing changed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.onset import START, judge, line_of, read
from tests.bench.onset_harder import make_log
from workbench.analysis.logs.before.change import is_change, rise
from workbench.analysis.logs.before.exposure import clock_exposure, record_exposure
from workbench.analysis.logs.before.trend import DAY, trend, window
from workbench.analysis.logs.before.trend import judge as judge_counts
from workbench.case.enums import Trend


def test_a_planted_error_comes_first_and_quiet_logs_stay_quiet() -> None:
    assert judge(6) == (6, 6, 0)


def test_a_level_that_is_logged_for_an_hour_is_no_traffic() -> None:
    log, onset = make_log("levels", 1, planted=True)
    said = read(log)
    assert "ledger entry" in said.errors[0].message
    assert said.onset is not None
    assert abs(said.onset.at.timestamp() - onset) <= 60


def test_where_nothing_can_be_claimed_what_began_late_comes_first() -> None:
    chance = random.Random(2)
    events = [(chance.uniform(0, 7200), "INFO", "page served") for _ in range(2000)]
    events += [(chance.uniform(0, 7200), "ERROR", "payment {} declined") for _ in range(30)]
    events += [(6000 + n * 200.0, "ERROR", "ledger is closed") for n in range(3)]
    said = read("".join(line_of(START + at, level, text, chance) for at, level, text in sorted(events)).encode())
    assert said.onset is None
    assert [error.message for error in said.errors] == ["ledger is closed", "payment <*> declined"]
    assert [error.trend for error in said.errors] == [Trend.UNKNOWN, Trend.AS_ALWAYS], "it is not folded away"
    assert "too seldom to tell whether it is new" in said.errors[0].why


def poisson(rate: float, start: float, end: float, chance: random.Random) -> list[float]:
    """Times of a steady process."""
    times = []
    at = start + chance.expovariate(rate)
    while at < end:
        times.append(at)
        at += chance.expovariate(rate)
    return times


def test_a_rate_that_rises_is_found_with_its_factor() -> None:
    chance = random.Random(3)
    times = poisson(0.01, 0, 20_000, chance) + poisson(0.08, 20_000, 30_000, chance)
    point = rise(times, [clock_exposure(0, 30_000)])
    assert point is not None
    assert is_change(point, 20)
    assert point.start <= 20_000 + 60
    assert abs(point.at - 20_000) < 300
    assert point.factor == pytest.approx(8, rel=0.4)


def test_steady_rates_are_no_change_whatever_is_looked_at() -> None:
    chance = random.Random(5)
    found = [rise(poisson(0.02, 0, 20_000, chance), [clock_exposure(0, 20_000)]) for _ in range(200)]
    assert not any(point is not None and is_change(point, 200) for point in found)


def test_one_burst_is_no_change() -> None:
    burst = [10_000 + n * 0.01 for n in range(200)]
    point = rise(burst, [clock_exposure(0, 20_000)])
    assert point is None or not is_change(point, 1)


def test_errors_that_follow_the_traffic_are_no_change() -> None:
    chance = random.Random(7)
    quiet, busy = poisson(0.01, 0, 10_000, chance), poisson(0.1, 10_000, 20_000, chance)
    records = [(n * 1000.0, n * 1000.0 + 1000, 100 if n < 10 else 1000) for n in range(20)]
    by_records = record_exposure(records)
    assert by_records is not None
    point = rise([*quiet, *busy], [clock_exposure(0, 20_000), by_records])
    assert point is None or not is_change(point, 1)


def test_trends_have_names() -> None:
    assert judge_counts(0, 12, 100, 100, 0)[0] is Trend.NEW
    assert judge_counts(10, 100, 100, 100, 10)[:2] == (Trend.RISEN, 10.0)
    assert judge_counts(100, 10, 100, 100, 100)[0] is Trend.FALLEN
    assert judge_counts(100, 0, 100, 100, 100)[0] is Trend.GONE
    assert judge_counts(50, 55, 100, 100, 50)[0] is Trend.AS_ALWAYS


def test_the_same_hours_of_yesterday_are_compared_where_the_log_reaches() -> None:
    nightly = [day * DAY + 7200 + n for day in range(3) for n in range(50)]
    last = 2 * DAY + 9000
    place = window(2 * DAY + 7000, 0, last)
    assert place.before == ((DAY + 7000, DAY + 9000),)
    assert trend(nightly, place)[0] is Trend.AS_ALWAYS
    assert trend([at for at in nightly if at > 2 * DAY], place)[0] is Trend.NEW


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1000, allow_nan=False), max_size=200))
def test_any_times_give_an_interval_that_holds_the_change(times: list[float]) -> None:
    point = rise(sorted(times), [clock_exposure(0, 1000)])
    if point is not None:
        assert 0 <= point.start <= point.at <= 1000
        assert point.at <= point.end or point.end in times
        assert point.before + point.after == len(times)
