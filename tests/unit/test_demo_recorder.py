"""What records the demo's log: a clock that skips, a plan, tokens that the project accepts."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.demo.recorder.clock import SkippingClock
from workbench.demo.recorder.plan import BUSY, DEPLOY, DEPLOY_GAP, END, ONSET, QUIET, STEADY, TARGETS, plan, wanted
from workbench.demo.recorder.signing import sign

BEGIN = datetime(2026, 11, 12, 13, 0, tzinfo=UTC)


@settings(max_examples=15)
@given(st.lists(st.floats(0, 5000), max_size=4))
def test_the_clock_never_goes_back(skips: list[float]) -> None:
    clock = SkippingClock(BEGIN)
    shown = []
    for skip in skips:
        shown.append(clock.map(datetime.fromtimestamp(time.time(), UTC)))
        clock.skip_to(skip)
        assert clock.now() >= skip - 0.01
    shown.append(clock.map(datetime.fromtimestamp(time.time(), UTC)))
    assert shown == sorted(shown)
    assert shown[0] - BEGIN < timedelta(minutes=1)


def test_what_was_logged_before_a_skip_is_shown_before_it() -> None:
    clock = SkippingClock(BEGIN)
    logged = datetime.fromtimestamp(time.time(), UTC)
    clock.skip_to(3000)
    assert clock.map(logged) - BEGIN < timedelta(minutes=1)
    assert clock.map(datetime.fromtimestamp(time.time(), UTC)) - BEGIN >= timedelta(seconds=3000)


def test_the_plan_is_the_same_for_the_same_seed() -> None:
    assert plan(1) == plan(1) != plan(2)


@pytest.mark.parametrize("seed", range(5))
def test_traffic_doubles_at_the_onset_and_never_meets_the_deploy(seed: int) -> None:
    arrivals = plan(seed)
    assert arrivals == sorted(arrivals)
    assert not [arrival for arrival in arrivals if DEPLOY <= arrival.at < DEPLOY + DEPLOY_GAP]
    pages = [arrival.at for arrival in arrivals if arrival.what == "me"]
    before = sum(at < ONSET for at in pages) / ONSET
    after = sum(at >= ONSET for at in pages) / (END - ONSET)
    assert after / before == pytest.approx(BUSY / QUIET, rel=0.3)


def test_what_was_always_there_comes_as_often_before_as_after() -> None:
    counts = Counter(arrival.what for arrival in plan(412))
    assert counts["health"] == pytest.approx(END / STEADY["health"], abs=2)
    assert counts["wrong_key"] == pytest.approx(END / STEADY["wrong_key"], abs=1)


def test_errors_begin_at_the_onset_and_reach_their_target() -> None:
    for kind, target in TARGETS.items():
        assert wanted(kind, ONSET) == 0
        assert 0 < wanted(kind, ONSET + 60) < wanted(kind, END - 300) < target == wanted(kind, END)


def test_pyjwt_accepts_what_the_recorder_signs() -> None:
    jwt = pytest.importorskip("jwt", reason="the extra `demo` is not installed")
    key = "a key that is long enough to sign with it"
    raw = sign({"sub": "8801"}, key, kid="northwind")
    assert jwt.decode(raw, key, algorithms=["HS256"]) == {"sub": "8801"}
    assert jwt.get_unverified_header(raw)["kid"] == "northwind"
    with pytest.raises(jwt.InvalidSignatureError, match="Signature verification failed"):
        jwt.decode(raw, key + "x", algorithms=["HS256"])
